"""Collateral and guarantees."""

from __future__ import annotations

from collections.abc import Mapping

from storage.data.files.cells import Cell
from storage.data.files.fields import (
    Field,
    FileKind,
    choice,
    currency,
    customer,
    day,
    facility,
    identifier,
    money,
    past_day,
    whole,
    yes_or_no,
)
from storage.data.files.refusals import BadCell
from storage.schema import CollateralVersionRow, GuaranteeVersionRow

COLLATERAL_KINDS = ("cash", "receivables", "real_estate", "equipment", "shares", "guarantee", "other")


def _for_another(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    if row["guarantor"] == row["customer_id"]:
        return "guarantor", BadCell("other_customer", customer=row["customer_id"])
    if row["amount"] is not None and row["currency"] is None:
        return "amount", BadCell("with_currency")
    start, until = row.get("start"), row.get("until")
    # both are ISO text, which sorts by date
    if isinstance(start, str) and isinstance(until, str) and until < start:
        return "until", BadCell("not_before", earliest=start)
    return None


COLLATERAL = FileKind(
    "collateral",
    (
        Field("id", identifier, "collateral", needed=True, filled=True),
        customer(),
        Field("kind", choice(*COLLATERAL_KINDS), needed=True, filled=True),
        Field("currency", currency, needed=True, filled=True),
        money("value", needed=True),
        past_day("valued"),
        Field("lien", whole(1, 9), filled=True, default=1),
        money("prior"),
        facility(),
        yes_or_no("insured"),
        yes_or_no("registered"),
    ),
    key=("collateral",),
    table=CollateralVersionRow,
    place=9,
)
GUARANTEES = FileKind(
    "guarantees",
    (
        Field("id", identifier, "guarantee", needed=True, filled=True),
        customer("guarantor", "guarantor"),
        customer(),
        facility(),
        Field("currency", currency),
        money("amount"),
        day("until"),
        yes_or_no("integral"),
        day("start"),
    ),
    key=("guarantee",),
    check=_for_another,
    table=GuaranteeVersionRow,
    place=10,
)
KINDS = (COLLATERAL, GUARANTEES)
