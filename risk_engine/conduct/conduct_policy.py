"""The policy of conduct: for how many months back accounts, payments and limits are looked at."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part

Months = Annotated[int, Field(ge=1, le=36)]


class Conduct(Part):
    """The windows of the figures of conduct, in months up to the newest one on record, and the least that they need.

    ``least_months`` of an account's customer and ``least_ledgers`` within the window: with fewer a figure is not computable.
    """

    balance_months: Months
    overdraft_months: Months
    incident_months: Months
    late_months: Months
    limit_months: Months
    least_months: Months
    least_ledgers: Annotated[int, Field(ge=1, le=36)]
