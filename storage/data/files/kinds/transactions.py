"""Transactions of accounts, condensed by month while they are loaded; and the monthly figures themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from risk_engine.conduct.account_month import CHARGED, RETURNED
from risk_engine.indicators.derived import Basis
from storage.data.files import figures
from storage.data.files.cells import Cell
from storage.data.files.fields import (
    ID,
    Field,
    FileKind,
    choice,
    currency,
    customer,
    facility,
    identifier,
    money,
    past_day,
    signed_money,
    text,
    whole,
)
from storage.data.files.refusals import BadCell
from storage.data.files.targets import Target
from storage.schema import AccountMonthVersionRow

DIRECTIONS = ("credit", "debit")
MOVEMENT_KINDS = ("transfer", "cash", "card", "loan_payment", "fee", "interest", CHARGED, RETURNED, "other")
KEY = ("account", "month")
# the columns of a month, in the order in which they are staged
CONDENSED = (
    *KEY, "customer_id", "facility", "currency", "opening", "lowest", "mean", "closing", "inflow", "outflow",
    "overdraft_days", "returned", "charged", "movements", "gaps", "first", "last", "until",
)  # fmt: skip
_COUNT = whole(0, 1_000_000_000)


def _signed(name: str) -> Field:
    """Return an amount of either sign that must be there."""
    return Field(name, lambda formats: figures.money(formats, signed=True), needed=True, filled=True, scales=True, show=figures.shown_money)


def _fits_its_direction(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    amount = row["amount"]
    return ("amount", BadCell("credit")) if row["direction"] == "credit" and isinstance(amount, int) and amount < 0 else None


def _is_a_month(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    month, until = str(row["month"]), str(row["until"])
    if not month.endswith("-01"):
        return "month", BadCell("first_of_month")
    return ("until", BadCell("in_month", month=month[:7])) if until[:7] != month[:7] else None


def _targets(_columns: Mapping[str, str], absent: frozenset[str]) -> Iterator[Target]:
    """Yield the table of months; a facility or currency that the file does not name stays."""
    columns = {name: f'"{name}"' for name in CONDENSED}
    yield Target("transactions", AccountMonthVersionRow, KEY, columns, absent & {"facility", "currency"})


TRANSACTIONS = FileKind(
    "transactions",
    (
        Field("account", identifier, needed=True, filled=True),
        past_day("date", needed=True),
        _signed("amount"),
        _signed("balance"),
        # found by the account where the file does not say
        Field("customer", identifier, "customer_id", refers="customer"),
        Field("direction", choice(*DIRECTIONS)),
        Field("currency", currency),
        facility(),
        Field("kind", choice(*MOVEMENT_KINDS)),
        Field("reference", text(ID), filled=True, default=""),
    ),
    key=("account", "reference"),
    check=_fits_its_direction,
    table=AccountMonthVersionRow,
    place=13,
    touches=Basis.CONDUCT,
    targets=_targets,
    kept_as="account_months",
)
ACCOUNT_MONTHS = FileKind(
    "account_months",
    (
        Field("account", identifier, needed=True, filled=True),
        past_day("month", needed=True),
        customer(),
        facility(),
        Field("currency", currency),
        signed_money("opening"),
        _signed("lowest"),
        _signed("mean"),
        _signed("closing"),
        money("inflow", needed=True),
        money("outflow", needed=True),
        Field("overdraft_days", whole(0, 31)),
        *(Field(name, _COUNT) for name in ("returned", "charged", "movements", "gaps")),
        past_day("first"),
        past_day("last"),
        past_day("until", needed=True),
    ),
    key=KEY,
    check=_is_a_month,
    table=AccountMonthVersionRow,
    place=14,
    touches=Basis.CONDUCT,
)
KINDS = (TRANSACTIONS, ACCOUNT_MONTHS)
