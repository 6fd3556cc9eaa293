"""Kinds of files about agreements and their course: schedules, payments, collateral, projections, incidents."""

from __future__ import annotations

from collections.abc import Mapping

from storage.data.files.cells import Cell
from storage.data.files.fields import (
    CURRENCY,
    ID,
    NOTE,
    Field,
    FileKind,
    choice,
    customer,
    day,
    facility,
    identifier,
    money,
    past,
    past_day,
    pattern,
    signed_money,
    text,
    whole,
    yes_or_no,
)
from storage.data.files.refusals import BadCell

COLLATERAL_KINDS = ("cash", "receivables", "real_estate", "equipment", "shares", "guarantee", "other")


def _for_another(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    if row["guarantor"] == row["customer_id"]:
        return "guarantor", BadCell("other_customer", customer=row["customer_id"])
    if row["amount"] is not None and row["currency"] is None:
        return "amount", BadCell("with_currency")
    return None


def _resolved_after_it_happened(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    happened, resolved = row["as_of"], row["resolved"]
    # both are ISO text, which sorts by date
    if isinstance(happened, str) and isinstance(resolved, str) and resolved < happened:
        return "resolved", BadCell("not_before", earliest=happened)
    return None


INSTALMENTS = FileKind(
    "instalments",
    (facility(needed=True), day("due", needed=True), money("principal", needed=True), money("interest", needed=True)),
    key=("facility", "due"),
)
PAYMENTS = FileKind(
    "payments",
    (
        facility(needed=True),
        past_day("paid", needed=True),
        money("amount", needed=True),
        past_day("booked"),
        Field("reference", text(ID), filled=True, default=""),
    ),
    key=("facility", "paid", "reference"),
    complete="booked = paid WHERE booked IS NULL",
)
COLLATERAL = FileKind(
    "collateral",
    (
        Field("id", identifier, "collateral", needed=True, filled=True),
        customer(),
        Field("kind", choice(*COLLATERAL_KINDS), needed=True, filled=True),
        Field("currency", CURRENCY, needed=True, filled=True),
        money("value", needed=True),
        past_day("valued"),
        Field("lien", whole(1, 9), filled=True, default=1),
        money("prior"),
        facility(),
        yes_or_no("insured"),
        yes_or_no("registered"),
    ),
    key=("collateral",),
)
GUARANTEES = FileKind(
    "guarantees",
    (
        Field("id", identifier, "guarantee", needed=True, filled=True),
        customer("guarantor", "guarantor"),
        customer(),
        facility(),
        Field("currency", CURRENCY),
        money("amount"),
        day("until"),
    ),
    key=("guarantee",),
    check=_for_another,
)
PROJECTIONS = FileKind(
    "projections",
    (
        customer(),
        past_day("projected", needed=True),
        day("period_end", needed=True),
        Field("currency", CURRENCY),
        signed_money("cfads"),
        money("debt_service"),
        signed_money("revenue"),
        signed_money("ebitda"),
    ),
    key=("customer_id", "projected", "period_end"),
)
INCIDENTS = FileKind(
    "incidents",
    (
        customer(),
        Field("kind", pattern(r"[a-z][a-z_]{0,59}", "word"), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("severity", whole(1, 5), filled=True, default=3),
        past_day("resolved"),
        # empty, never missing: it is part of the key of an incident
        Field("facility", identifier, filled=True, default="", refers="facility"),
        Field("note", text(NOTE)),
    ),
    key=("customer_id", "kind", "as_of", "facility"),
    check=_resolved_after_it_happened,
)
