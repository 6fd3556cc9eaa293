"""The ledger over time: each customer's facilities combined after every load; the last load as in the score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import func, or_, select, type_coerce

from risk_engine.arrears import loan_arrears
from risk_engine.credit import Places
from risk_engine.facts.facts import Dates, Floats
from risk_engine.indicators import ledger
from risk_engine.indicators.ledger import Entries, Ledger
from risk_engine.policy.policy import Policy
from storage.customers.currencies import rates
from storage.database import Tx
from storage.queries.columns import amounts, dates, day, floats, scaled
from storage.queries.prepared import prepared
from storage.schema import FacilityVersionRow
from storage.scoring.score_facts import agreed
from storage.scoring.score_facts.asked import Asked, whose
from storage.scoring.score_facts.owned import coded


@dataclass(frozen=True, slots=True)
class _Versions:
    """Every version of every facility, by facility; ``until`` is NaT for a current one."""

    names: np.ndarray
    entries: Entries
    overdue: Floats
    as_of: Dates
    known: Dates
    until: Dates


@dataclass(frozen=True, slots=True)
class _Lent:
    """The current versions, with the fields from which arrears are counted."""

    owner: Places
    outstanding: Floats
    days_past_due: Floats
    overdue: Floats
    dated: Dates


def read(tx: Tx, policy: Policy, asked: Asked, as_of: date, at: datetime | None, *, since: date, arrears: bool) -> tuple[Places, Ledger]:
    """Return each load's customer and its combined ledger; a customer's newest load comes last.

    Loads before ``since`` are left out, but for the one that held then.
    Arrears of earlier loads are the ledger's own; those of the last one also those of schedule and payments, as in a score.
    """
    found = _versions(tx, asked, since, as_of, at)
    holds = np.isnat(found.until)
    if arrears and holds.any():
        found = _with_schedules(tx, policy, asked, as_of, at, found, holds)
    owner, came, load, rows = _loads(found)
    entries = replace(_at(found.entries, rows), owner=load)
    factors = _factors(tx, policy, found.entries, as_of, at)
    told = ledger.together(entries, factors, len(owner), longest_days=policy.data.facility_days)
    # the load that takes a customer's last facility away leaves none to be dated by
    days = np.where(np.isnat(told.as_of), _day_of(came, as_of), told.as_of)
    kept = np.flatnonzero(days <= np.datetime64(as_of))
    kept = kept[_not_taken_back(owner[kept], days[kept])]
    return owner[kept], replace(told, as_of=days, booked=np.where(np.isnat(told.booked), days, told.booked)).at(kept)


_CALENDAR = 1 << 22


def _not_taken_back(owner: Places, days: Dates) -> np.ndarray:
    """Flag the loads that no later load of an earlier day has replaced: the last load is the one that a score sees."""
    number = owner * _CALENDAR + days.astype(np.int64) + _CALENDAR // 2
    # later owners have higher numbers, so that the lowest from here on is the owner's own
    return number <= np.minimum.accumulate(number[::-1])[::-1]


@prepared
def _held(tx: Tx, *, since: Any, at: Any, **who: Any) -> Any:
    table = FacilityVersionRow
    amount = (scaled(table.limit), scaled(table.outstanding))
    columns = (table.facility, table.currency, table.kind, *amount, scaled(table.overdue), table.days_past_due, day(tx, table.as_of))
    query = select(table.customer_id, *columns, _moment(tx, table.known_at), _moment(tx, table.superseded_at))
    held = or_(table.superseded_at.is_(None), table.superseded_at >= since)
    query = query.where(*whose(tx, table.customer_id, **who), held, *([] if at is None else [table.known_at <= at]))
    return query.order_by(table.facility, table.id)


def _versions(tx: Tx, asked: Asked, since: date, as_of: date, at: datetime | None) -> _Versions:
    owner, found = asked.ask(tx, _held, since=datetime.combine(since, time(), UTC), at=at)
    names, currencies, kinds, limits, drawn, overdue, late, days, known_at, superseded_at = found
    days_as_of, known, ended = dates(days), _moments(known_at), _moments(superseded_at)
    if at is not None:
        ended = np.where(ended > np.datetime64(at.replace(tzinfo=None), "us"), np.datetime64("NaT", "us"), ended)
    dated = np.where(np.isnat(days_as_of), _day_of(known, as_of), days_as_of)
    entries = Entries(owner, dated, dated, floats(late), amounts(drawn), amounts(limits), coded(currencies), coded(kinds))
    # of what held on the first day nobody asks since when
    return _Versions(names, entries, amounts(overdue), days_as_of, np.maximum(known, np.datetime64(since, "us")), ended)


def _day_of(moments: Dates, as_of: date) -> Dates:
    """Return the days of loads that name none; west of Greenwich an evening's load is of the next day by UTC, which has not come."""
    days: Dates = np.minimum(moments.astype("datetime64[D]"), np.datetime64(as_of))
    return days


def _moment(tx: Tx, column: Any) -> Any:
    """Return a moment in UTC without its zone, as NumPy reads it."""
    return func.substr(type_coerce(column, sa.String), 1, 26) if tx.dialect == "sqlite" else func.timezone("UTC", column)


def _moments(column: np.ndarray) -> Dates:
    return column.astype("datetime64[us]")


def _with_schedules(
    tx: Tx, policy: Policy, asked: Asked, as_of: date, at: datetime | None, found: _Versions, holds: np.ndarray
) -> _Versions:
    """Return the versions; current ones with the days past due by schedule and payments where these are worse."""
    rows = found.entries
    lines = agreed.Lines(rows.owner[holds], found.names[holds])
    due = agreed.instalments(tx, asked, lines, at)
    came = agreed.payments(tx, asked, lines, at)
    lent = _Lent(rows.owner[holds], rows.outstanding[holds], rows.days_past_due[holds], found.overdue[holds], rows.dated[holds])
    fed = agreed.fed_until(tx, at)
    late = loan_arrears.loan_arrears(policy, lent, due, came, np.datetime64(as_of), len(asked), fed)
    days, dated = rows.days_past_due.copy(), rows.dated.copy()
    days[holds], dated[holds] = late.days, late.dated
    return replace(found, entries=replace(rows, days_past_due=days, dated=dated))


def _loads(found: _Versions) -> tuple[Places, Dates, Places, Places]:
    """Return the owner and the moment of each load; and for every load at which a version was current, a pair of load and version.

    A load begins where a version of a customer begins or ends: a facility that passes to somebody else is not its old owner's.
    """
    owner, ended = found.entries.owner, ~np.isnat(found.until)
    moments = np.unique(np.concatenate([found.known, found.until[ended]]))
    step = len(moments) + 1
    begins = owner * step + np.searchsorted(moments, found.known)
    # what holds ends after the last moment
    ends = owner * step + np.where(ended, np.searchsorted(moments, found.until), len(moments))
    loads = np.unique(np.concatenate([begins, ends[ended]]))
    first = np.searchsorted(loads, begins)
    counts = np.maximum(np.searchsorted(loads, ends) - first, 0)
    rows = np.repeat(np.arange(len(owner)), counts)
    load = np.repeat(first, counts) + np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    return loads // step, moments[loads % step], load, rows


def _at(entries: Entries, rows: Places) -> Entries:
    return Entries(
        entries.owner[rows],
        entries.dated[rows],
        entries.booked[rows],
        entries.days_past_due[rows],
        entries.outstanding[rows],
        entries.limits[rows],
        entries.currencies[rows],
        entries.kinds[rows],
    )


def _factors(tx: Tx, policy: Policy, entries: Entries, as_of: date, at: datetime | None) -> dict[str, float]:
    """Return the day's exchange rates, if any customer owes in several currencies; else nothing."""
    names, scoring = entries.currencies.names, policy.scoring
    pairs = np.unique(entries.owner * (len(names) + 1) + entries.currencies.codes) // (len(names) + 1)
    if len(np.unique(pairs)) == len(pairs):
        return {}
    ways = rates(tx, set(names), scoring.currency, as_of=as_of, max_age_days=scoring.rate_max_age_days, known_at=at)
    return {name: way.factor for name, way in ways.items()}
