"""Projected cash flows of projects."""

from __future__ import annotations

from risk_engine.projects import periods
from storage.data.files.fields import (
    Field,
    FileKind,
    currency,
    customer,
    day,
    money,
    past_day,
    signed_money,
    whole,
)
from storage.schema import ProjectionVersionRow

PROJECTIONS = FileKind(
    "projections",
    (
        customer(),
        past_day("projected", needed=True),
        day("period_end", needed=True),
        Field("currency", currency),
        signed_money("cfads"),
        money("debt_service"),
        signed_money("revenue"),
        signed_money("ebitda"),
        Field("months", whole(1, periods.LONGEST)),
    ),
    key=("customer_id", "projected", "period_end"),
    table=ProjectionVersionRow,
    place=11,
)
KINDS = (PROJECTIONS,)
