"""The policy of default: how long a rebuttal of the presumption of 90 days may last."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part


class DefaultPolicy(Part):
    """The rules of default; a rebuttal lasts at most ``rebuttal_longest_days``, then it needs a new look."""

    rebuttal_longest_days: Annotated[int, Field(ge=1, le=366)]
