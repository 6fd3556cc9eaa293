"""The policy of overrides: the longest term, and the largest improvement on the model's grade."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part


class Overrides(Part):
    """A worse grade than the model's is always allowed; a better one by at most ``better_by`` grades."""

    longest_days: Annotated[int, Field(ge=1, le=366)]
    better_by: Annotated[int, Field(ge=0, le=3)]
