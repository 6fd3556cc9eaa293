"""Kinds of files: their columns with readers, and the key of a fact."""

from __future__ import annotations

from collections.abc import Mapping

from storage.data.files import cells, figures
from storage.data.files.cells import Cell
from storage.data.files.fields import (
    CURRENCY,
    ID,
    KIND_NAMES,
    NAME,
    NOTE,
    Field,
    FileKind,
    KindName,
    choice,
    customer,
    identifier,
    money,
    number,
    past,
    pattern,
    signed_money,
    text,
    whole,
    yes_or_no,
)
from storage.data.files.lending_kinds import COLLATERAL, COLLATERAL_KINDS, GUARANTEES, INCIDENTS, INSTALMENTS, PAYMENTS, PROJECTIONS
from storage.data.files.refusals import BadCell

__all__ = ["COLLATERAL_KINDS", "KINDS", "KIND_NAMES", "Field", "FileKind", "KindName"]

CUSTOMER_KINDS = ("manufacturer", "listed manufacturer", "other", "project")
FACILITY_KINDS = ("term_loan", "revolver", "project_loan", "guarantee", "letter_of_credit", "acceptance", "bond", "other")
SENIORITIES = ("senior", "subordinated")
SOURCES = ("customer", "market", "competitor", "relationship")
SCALES = ("global", "domestic", "internal")
PHASES = ("construction", "operation")
BASES = ("consolidated", "parent")
EVENTS = ("default", "stage3", "bankruptcy", "cure")
INTERNAL = "internal"


def _ends_after_it_starts(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    start, maturity = row.get("start"), row.get("maturity")
    # both are ISO text, which sorts by date
    if isinstance(start, str) and isinstance(maturity, str) and maturity < start:
        return "maturity", BadCell("not_before", earliest=start)
    return None


def _between_two_currencies(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    return ("base", BadCell("other_currency", currency=row["currency"])) if row["currency"] == row["base"] else None


CUSTOMERS = FileKind(
    "customers",
    (
        Field("id", identifier, "customer_id", needed=True, filled=True),
        Field("name", text(NAME), needed=True, filled=True),
        *(Field(name, text(NAME)) for name in ("group", "sector", "country", "department", "manager")),
        Field("kind", choice(*CUSTOMER_KINDS)),
        Field("rating", text(ID)),
        Field("rating_date", past),
        Field("currency", CURRENCY),
        Field("aliases", lambda _formats: cells.several(NOTE)),
        Field("since", past),
        Field("commodity_share", number(0, 1), numeric=True),
        yes_or_no("watch_list"),
    ),
    key=("customer_id",),
)
FACILITIES = FileKind(
    "facilities",
    (
        Field("id", identifier, "facility", needed=True, filled=True),
        customer(),
        Field("kind", choice(*FACILITY_KINDS), needed=True, filled=True),
        Field("currency", CURRENCY, needed=True, filled=True),
        money("limit", needed=True),
        money("outstanding", needed=True),
        Field("start", cells.day),
        Field("maturity", cells.day),
        Field("rate", number(-1, 1), numeric=True),
        Field("rate_kind", text(NAME)),
        Field("ccf", number(0, 1), numeric=True),
        Field("lgd", number(0, 1), numeric=True),
        money("collateral"),
        Field("collateral_kind", choice(*COLLATERAL_KINDS)),
        Field("seniority", choice(*SENIORITIES)),
        Field("days_past_due", whole(0, 36_500)),
        Field("as_of", past),
        Field("origination_rating", text(ID)),
        yes_or_no("forborne"),
        Field("restructured", whole(0, 9)),
        Field("phase", choice(*PHASES)),
        Field("eir", number(-1, 1), numeric=True),
    ),
    key=("facility",),
    check=_ends_after_it_starts,
)
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
        Field("currency", CURRENCY),
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
)
OBSERVATIONS = FileKind(
    "observations",
    (
        customer(),
        Field("indicator", pattern(r"[a-z][a-z0-9_.]{0,59}", "indicator"), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("value", figures.number, needed=True, numeric=True),
        Field("source", choice(*SOURCES), filled=True, default="customer"),
        Field("unit", text(ID)),
        Field("note", text(NOTE)),
    ),
    key=("customer_id", "indicator", "as_of", "source"),
)
RATINGS = FileKind(
    "ratings",
    (
        customer(),
        Field("rating", text(ID), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("agency", text(NAME), filled=True, default=INTERNAL),
        Field("scale", choice(*SCALES)),
        Field("outlook", text(ID)),
    ),
    key=("customer_id", "as_of", "agency", "scale"),
    # the bank's own letters use its own scale, like those of customers.csv
    complete=f"scale = CASE agency WHEN '{INTERNAL}' THEN '{INTERNAL}' ELSE 'global' END WHERE scale IS NULL",
)
RATES = FileKind(
    "rates",
    (
        Field("currency", CURRENCY, needed=True, filled=True),
        Field("base", CURRENCY, needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("rate", lambda formats: figures.number(formats, above=0), needed=True, filled=True, numeric=True),
        Field("source", text(NAME)),
    ),
    key=("currency", "base", "as_of"),
    check=_between_two_currencies,
)
OUTCOMES = FileKind(
    "outcomes",
    (
        customer(),
        Field("event", choice(*EVENTS), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("note", text(NOTE)),
    ),
    key=("customer_id", "event", "as_of"),
)
_LENDING = (INSTALMENTS, PAYMENTS, COLLATERAL, GUARANTEES, PROJECTIONS, INCIDENTS)
_ALL = (CUSTOMERS, FACILITIES, STATEMENTS, OBSERVATIONS, RATINGS, RATES, OUTCOMES, *_LENDING)
KINDS: dict[KindName, FileKind] = {kind.name: kind for kind in _ALL}
