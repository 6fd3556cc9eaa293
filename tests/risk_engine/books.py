"""Small books by hand: every table empty but for what a test puts there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from risk_engine.categorical import Coded
from risk_engine.days import NO_DATE
from risk_engine.exchange import Conversion
from risk_engine.facts.facts import (
    Accounts,
    Collateral,
    CreditEvents,
    Customers,
    Defaults,
    Facilities,
    Facts,
    Guarantees,
    Incidents,
    Instalments,
    Judgements,
    Payments,
    Projections,
    Ratings,
    Readings,
    Troubles,
)
from risk_engine.facts.statements import NAMES
from risk_engine.financials.accounts import Filed, accounts

NAN = np.nan
AS_OF = np.datetime64("2026-09-30")
FACILITY = {
    "kind": "term_loan", "currency": "EUR", "limit": 1000.0, "outstanding": 600.0, "ccf": NAN, "lgd": NAN, "seniority": "senior",
    "days_past_due": 0.0, "maturity": "2029-09-30", "rate": 0.05, "rate_kind": "fixed", "eir": NAN, "origination": None,
    "forborne": NAN, "restructured": NAN, "phase": None, "as_of": "2026-09-30", "overdue": NAN, "non_accrual": NAN, "provision": NAN,
    "best_estimate_loss": NAN, "restructured_on": None, "restructuring_loss": NAN,
}  # fmt: skip


def places(values: Sequence[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def floats(values: Sequence[float]) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def texts(values: Sequence[Any]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def days(values: Sequence[Any]) -> np.ndarray:
    return np.array([NO_DATE if value is None else value for value in values], dtype="datetime64[D]")


def coded(values: Sequence[str | None]) -> Coded:
    return Coded.of(texts(values))


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]


def customers(count: int, kinds: Sequence[str | None] = (), **more: Any) -> Customers:
    usual = {
        "watch_list": np.full(count, NAN),
        "commodity_share": np.full(count, NAN),
        "override": np.zeros(count, dtype=np.int8),
        "override_ids": np.zeros(count, dtype=np.int64),
    }
    return Customers(
        ids=texts([f"C{n:03}" for n in range(count)]),
        kinds=coded([*kinds, *[None] * (count - len(kinds))]),
        sectors=coded([None] * count),
        currencies=coded([None] * count),
        reached=np.full(count, -1, dtype=np.int64),
        reached_by=np.full(count, None, dtype=object),
        guaranteed=np.zeros(count, dtype=bool),
        **(usual | more),
    )


def credit_events(rows: Sequence[Sequence[Any]]) -> CreditEvents:
    """Each as (owner, event, day, day of the next cure or None); numbered from 1."""
    owner, events, dated, cured = columns(rows, 4)
    return CreditEvents(places(owner), places(range(1, len(rows) + 1)), coded(events), days(dated), days(cured))


def judgements(rows: Sequence[Sequence[Any]]) -> Judgements:
    """Each as (owner, kind, first day, last day or None); numbered from 1."""
    owner, kinds, since, until = columns(rows, 4)
    return Judgements(places(owner), places(range(1, len(rows) + 1)), coded(kinds), days(since), days(until))


def defaults(rows: Sequence[Sequence[Any]]) -> Defaults:
    """Each as (owner, first day, reasons so far, reasons that hold, clean since or None, cured or None); numbered from 1."""
    owner, since, entered, reasons, ended, cured = columns(rows, 6)
    everything = np.full(len(rows), -1, dtype=np.int64)
    number = places(range(1, len(rows) + 1))
    return Defaults(places(owner), everything, number, days(since), places(entered), places(reasons), days(ended), days(cured))


def ratings(rows: Sequence[Sequence[Any]]) -> Ratings:
    """Each as (owner, agency, scale, letter), and its day if that is not the last of June; numbered from 1."""
    owner, agencies, scales, letters, dated = columns([(*row, "2026-06-30")[:5] for row in rows], 5)
    return Ratings(places(owner), places(range(1, len(rows) + 1)), coded(agencies), coded(scales), coded(letters), days(dated))


def facilities(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Facilities:
    """Each as (owner, what differs from the usual term loan); called F0, F1, … in their order."""
    full = [FACILITY | dict(row) for _owner, row in rows]

    def column(name: str) -> list[Any]:
        return [row[name] for row in full]

    return Facilities(
        owner=places([owner for owner, _row in rows]),
        ids=places(range(1, len(rows) + 1)),
        names=texts([f"F{n}" for n in range(len(rows))]),
        kinds=coded(column("kind")),
        currencies=coded(column("currency")),
        limits=floats(column("limit")),
        outstanding=floats(column("outstanding")),
        ccf=floats(column("ccf")),
        lgd=floats(column("lgd")),
        seniorities=coded(column("seniority")),
        days_past_due=floats(column("days_past_due")),
        as_of=days(column("as_of")),
        dated=days(column("as_of")),
        maturity=days(column("maturity")),
        rate=floats(column("rate")),
        rate_kinds=coded(column("rate_kind")),
        eir=floats(column("eir")),
        origination=coded(column("origination")),
        forborne=floats(column("forborne")),
        restructured=floats(column("restructured")),
        phases=coded(column("phase")),
        overdue=floats(column("overdue")),
        non_accrual=floats(column("non_accrual")),
        provision=floats(column("provision")),
        best_estimate_loss=floats(column("best_estimate_loss")),
        restructured_on=days(column("restructured_on")),
        restructuring_loss=floats(column("restructuring_loss")),
    )


def troubles(rows: Sequence[Sequence[Any]]) -> Troubles:
    """Each as (owner, number, badness)."""
    owner, numbers, badness = columns(rows, 3)
    return Troubles(places(owner), places(numbers), floats(badness), floats(badness), days(["2026-09-30"] * len(rows)))


def incidents(rows: Sequence[Sequence[Any]]) -> Incidents:
    """Each as (owner, kind, severity, since, until)."""
    owner, kinds, severity, since, until = columns(rows, 5)
    return Incidents(places(owner), places(range(1, len(rows) + 1)), coded(kinds), places(severity), days(since), days(until))


def collateral(rows: Sequence[Sequence[Any]]) -> Collateral:
    """Each as (owner, facility's place or -1, kind, currency, value, valued); of first rank, insured and registered."""
    owner, facility, kinds, currencies, values, valued = columns(rows, 6)
    count = len(rows)
    return Collateral(
        places(owner),
        places(facility),
        places(range(1, count + 1)),
        coded(kinds),
        coded(currencies),
        floats(values),
        days(valued),
        np.ones(count, dtype=np.int64),
        np.full(count, NAN),
        np.ones(count),
        np.ones(count),
    )


def instalments(rows: Sequence[Sequence[Any]]) -> Instalments:
    """Each as (owner, facility's place, due, principal, interest)."""
    owner, facility, due, principal, interest = columns(rows, 5)
    return Instalments(places(owner), places(facility), days(due), floats(principal), floats(interest))


def payments(rows: Sequence[Sequence[Any]]) -> Payments:
    """Each as (owner, facility's place, paid, amount)."""
    owner, facility, paid, amount = columns(rows, 4)
    return Payments(places(owner), places(facility), days(paid), days(paid), floats(amount))


def projections(rows: Sequence[Sequence[Any]], projected: str = "2026-06-30") -> Projections:
    """Each as (owner, period end, currency, CFADS, debt service), and its months if they are stated; made on the last of June."""
    owner, ends, currencies, cash, service, months = columns([(*row, NAN)[:6] for row in rows], 6)
    made, numbered = days([projected] * len(rows)), places(range(1, len(rows) + 1))
    return Projections(places(owner), numbered, made, floats(months), days(ends), coded(currencies), floats(cash), floats(service))


def statements(count: int, rows: Sequence[tuple[int, Mapping[str, float]]], ends: str = "2025-12-31", *, audited: bool = False) -> Accounts:
    """Each as (owner, a year's amounts)."""
    amounts = {name: floats([row.get(name, NAN) for _owner, row in rows]) for name in NAMES}
    number = len(rows)
    filed = Filed(
        places([owner for owner, _row in rows]),
        places(range(1, number + 1)),
        days([ends] * number),
        np.full(number, 12, dtype=np.int64),
        np.ones(number, dtype=bool),
        np.full(number, audited),
        coded(["EUR"] * number),
        amounts,
    )
    return accounts(filed, count)


def readings(count: int, found: Mapping[str, Sequence[tuple[int, float]]], as_of: str = "2026-09-30") -> dict[str, Readings]:
    """Of each indicator rows of (owner, value)."""
    made = {}
    for name, rows in found.items():
        values, ids = np.full(count, NAN), np.zeros(count, dtype=np.int64)
        for number, (owner, value) in enumerate(rows, start=1):
            values[owner], ids[owner] = value, number
        made[name] = Readings(values, ids, np.where(ids > 0, np.datetime64(as_of), NO_DATE))
    return made


def book(count: int = 1, *, rates: Mapping[str, float] | None = None, **tables: Any) -> Facts:
    """The facts of so many customers; euros are worth 1, other currencies what ``rates`` say."""
    usual: dict[str, Any] = {
        "customers": customers(count),
        "ratings": ratings([]),
        "facilities": facilities([]),
        "collateral": collateral([]),
        "instalments": instalments([]),
        "payments": payments([]),
        "projections": projections([]),
        "incidents": incidents([]),
        "guarantees": Guarantees(places([]), places([])),
        "accounts": statements(count, []),
        "readings": {},
        "breaches": troubles([]),
        "threats": troubles([]),
    }
    worth = {"EUR": Conversion(1.0)} | {currency: Conversion(factor) for currency, factor in (rates or {}).items()}
    return Facts(as_of=AS_OF, rates=worth, **(usual | tables))
