"""The policy's [reads]: how finely it is written down who was shown which customer, and how many one may take along."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part


class Reads(Part):
    """When a second look is part of the first, how many customers an entry names, and how many a person takes along in files.

    Attributes:
        again_after_minutes: the same person, command and customers within these many minutes are one entry.
        named: an answer about more customers names the first of them, and counts all.
        exported_a_day: customers in the files that a person has been sent within 24 hours; more take a second person's approval.
    """

    again_after_minutes: Annotated[int, Field(ge=0, le=120)]
    named: Annotated[int, Field(ge=10, le=500)]
    exported_a_day: Annotated[int, Field(ge=1, le=100_000)]
