"""The policy's [reads]: how the read log counts repeated looks, and how many customers a person may export."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part


class Reads(Part):
    """The rules of the read log and the daily limit on exports.

    Attributes:
        again_after_minutes: repeated looks by one person with one command at the same customers within these minutes are one entry.
        named: an answer about more customers than this names the first of them and counts all.
        exported_a_day: customers in the files sent to a person within 24 hours; more need a second person's approval.
    """

    again_after_minutes: Annotated[int, Field(ge=0, le=120)]
    named: Annotated[int, Field(ge=10, le=500)]
    exported_a_day: Annotated[int, Field(ge=1, le=100_000)]
