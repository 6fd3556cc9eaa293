"""Financial statements."""

from __future__ import annotations

from risk_engine.indicators.derived import Basis
from storage.data.files import cells
from storage.data.files.fields import (
    NOTE,
    Field,
    FileKind,
    choice,
    currency,
    customer,
    past,
    signed_money,
    text,
    whole,
    yes_or_no,
)
from storage.schema import StatementVersionRow

BASES = ("consolidated", "parent")
# these are not checked against each other: contradictions in a real statement are findings, not refusals
AMOUNTS = (
    "total_assets", "current_assets", "cash", "receivables", "inventory",
    "total_liabilities", "current_liabilities", "short_term_debt", "long_term_debt",
    "equity", "market_equity", "retained_earnings",
    "revenue", "cost_of_sales", "ebitda", "depreciation", "ebit", "interest_expense", "tax", "net_income",
    "operating_cash_flow", "capex", "working_capital_change", "principal_repaid",
)  # fmt: skip
STATEMENTS = FileKind(
    "statements",
    (
        customer(),
        Field("period_end", past, needed=True, filled=True),
        Field("currency", currency),
        Field("unit", cells.unit),
        Field("months", whole(1, 36), filled=True, default=12),
        Field("basis", choice(*BASES), filled=True, default="consolidated"),
        yes_or_no("audited"),
        Field("opinion", text(NOTE)),
        Field("published", past),
        *map(signed_money, AMOUNTS),
    ),
    key=("customer_id", "period_end", "months", "basis"),
    unit="unit",
    table=StatementVersionRow,
    place=2,
    touches=Basis.STATEMENTS,
)
KINDS = (STATEMENTS,)
