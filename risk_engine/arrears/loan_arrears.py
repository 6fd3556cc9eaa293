"""Loans' arrears on a day: days past due and overdue amounts, from the ledger, and from the schedule against payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from risk_engine.arrears import arrears, payment_holiday, settlement
from risk_engine.arrears.arrears import Arrears, Facilities, Instalments, Payments
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts import facts
from risk_engine.facts.facts import Dates, Floats, Places
from risk_engine.policy.policy import Policy

Flags = NDArray[np.bool_]
_NO_HOLIDAYS = payment_holiday.Holidays(np.empty(0, dtype=np.int64), *(np.empty(0, dtype="datetime64[D]"),) * 2)


class Entries(Protocol):
    """Facilities as the ledger has them, by owner; ``dated`` is the ledger's day, ``overdue`` the amount (NaN: not given)."""

    @property
    def owner(self) -> Places: ...
    @property
    def outstanding(self) -> Floats: ...
    @property
    def days_past_due(self) -> Floats: ...
    @property
    def overdue(self) -> Floats: ...
    @property
    def dated(self) -> Dates: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of overdue amounts, one a row: the facility, the day, and the change in hundredths of the facility's currency."""

    facility: Places
    day: Dates
    hundredths: Places


@dataclass(frozen=True, slots=True)
class LoanArrears:
    """The arrears of every facility, amounts in its currency; NaN is not known.

    ``dated``: the day of the figures; the day asked for where a schedule proves them. ``stale``: the ledger's figure is too old to
    count today, and no schedule proves another. ``changes`` add up to the overdue amounts.
    """

    days: Floats
    overdue: Floats
    dated: Dates
    stale: Flags
    changes: Changes

    @property
    def today(self) -> Floats:
        """Return the days past due as they count today: NaN where they are not known, or stale."""
        return np.where(self.stale, np.nan, self.days)


def loan_arrears(
    policy: Policy,
    lent: Entries,
    due: facts.Instalments,
    came: facts.Payments,
    as_of: np.datetime64,
    customers: int,
    fed_until: np.datetime64 = NO_DATE,
) -> LoanArrears:
    """Return each facility's arrears: the worse of the ledger's figure, rolled forward by the schedule, and of schedule against payments.

    A schedule proves arrears only while payments are fed, for instalments due before they were last loaded, and if one of the debtor's
    payments is on record. The ledger's figure is rolled forward: its arrears go on until payments since its day have settled them,
    and instalments due since then are added. An amount that is not known is at most the outstanding one.

    Args:
        fed_until: the day on which payments were last loaded; NaT where that is not on record, and then those on record count.

    Source: CRR article 178 (1)(b), (2); IFRS 9 B5.5.37. A facility without outstanding amount owes nothing.
    """
    days = np.where(np.isnan(lent.days_past_due) & (lent.outstanding == 0), 0.0, lent.days_past_due)
    overdue = np.where(days > 0, np.where(np.isnan(lent.overdue), lent.outstanding, lent.overdue), days * 0.0)
    old = ~(as_of - lent.dated <= policy.data.facility_days * ONE_DAY)
    told = LoanArrears(days, overdue, lent.dated, old & ~(lent.outstanding == 0), _ledger_changes(days, overdue, as_of))
    rows = _rows(policy, lent, due, came, as_of, customers, fed_until)
    return told if rows is None else _worse(policy, lent, told, rows, as_of)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Instalments and payments of the facilities that have a schedule which counts."""

    proved: Flags
    due: Instalments
    came: Payments


def _rows(
    policy: Policy,
    lent: Entries,
    due: facts.Instalments,
    came: facts.Payments,
    as_of: np.datetime64,
    customers: int,
    fed_until: np.datetime64,
) -> _Rows | None:
    if not len(due.owner) or not len(came.owner) or as_of - fed_until > policy.default.payments_days * ONE_DAY:
        return None
    first = np.append(0, np.cumsum(np.bincount(lent.owner, minlength=customers)))
    # whether an instalment was paid that fell due since is not known yet
    ours, theirs = (due.facility >= 0) & ~(due.due >= fed_until), came.facility >= 0
    owner, paid_by = (first[due.owner] + due.facility)[ours], (first[came.owner] + came.facility)[theirs]
    count = len(lent.owner)
    heard = np.bincount(came.owner, minlength=customers) > 0
    proved = (np.bincount(owner, minlength=count) > 0) & heard[lent.owner]
    instalments = Instalments(owner, due.due[ours], (due.principal + due.interest)[ours])
    return _Rows(proved, instalments, Payments(paid_by, came.paid[theirs], came.booked[theirs], came.amount[theirs]))


def _worse(policy: Policy, lent: Entries, told: LoanArrears, rows: _Rows, as_of: np.datetime64) -> LoanArrears:
    """Return the worst of the ledger, the ledger rolled forward, and the whole schedule."""
    whole = _counted(policy, lent, rows.due, rows.came, as_of)
    forward, since = _forward(lent, told, rows)
    rolled = _counted(policy, lent, forward, since, as_of)
    use_rolled = np.nan_to_num(rolled.days_past_due, nan=0.0) > np.nan_to_num(whole.days_past_due, nan=-1.0)
    days = np.where(use_rolled, np.nan_to_num(rolled.days_past_due), whole.days_past_due)
    overdue = np.where(use_rolled, np.nan_to_num(rolled.overdue), whole.overdue)
    proved = rows.proved & ~np.isnan(days)
    changes = _together(
        _chosen(told.changes, ~proved),
        _chosen(_schedule_changes(policy, lent, forward, since, as_of), proved & use_rolled),
        _chosen(_schedule_changes(policy, lent, rows.due, rows.came, as_of), proved & ~use_rolled),
    )
    return LoanArrears(
        np.where(proved, days, told.days),
        np.where(proved, overdue, told.overdue),
        np.where(proved, as_of, told.dated),
        told.stale & ~proved,
        changes,
    )


def _forward(lent: Entries, told: LoanArrears, rows: _Rows) -> tuple[Instalments, Payments]:
    """Return the ledger's unpaid amounts, with the instalments due since its day, and the payments since.

    The ledger's arrears are the amount that it states, else the instalments that fell due within its days, the first of them as early
    as the days say, else what it says is owed. A ledger that knows of no arrears adds nothing to the whole schedule, which also has
    what was paid in advance.
    """
    late = rows.proved & (np.nan_to_num(told.days) > 0)
    begin = lent.dated - np.nan_to_num(told.days).astype("timedelta64[D]")
    owner, due = rows.due.owner, rows.due.due
    within = late[owner] & np.isnan(lent.overdue)[owner] & (due >= begin[owner]) & (due < lent.dated[owner])
    after = late[owner] & (due >= lent.dated[owner])
    first = np.full(len(begin), np.datetime64("9999-12-31", "D"))
    np.minimum.at(first, owner[within], due[within])
    alone = np.flatnonzero(late & ~(np.bincount(owner, within, len(begin)) > 0))
    kept = within | after
    days = np.where(within & (due == first[owner]), begin[owner], due)[kept]
    forward = Instalments(
        np.concatenate([alone, owner[kept]]),
        np.concatenate([begin[alone], days]),
        np.concatenate([told.overdue[alone], rows.due.amount[kept]]),
    )
    since = late[rows.came.owner] & (rows.came.paid > lent.dated[rows.came.owner])
    came = rows.came
    return forward, Payments(came.owner[since], came.paid[since], came.booked[since], came.amount[since])


def _counted(policy: Policy, lent: Entries, due: Instalments, came: Payments, as_of: np.datetime64) -> Arrears:
    count = len(lent.owner)
    alone = Facilities(np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, dtype=bool))
    return arrears.arrears(policy.arrears, due, came, _NO_HOLIDAYS, alone, as_of)


def _ledger_changes(days: Floats, overdue: Floats, as_of: np.datetime64) -> Changes:
    """Return one change for each facility in arrears: the whole amount, on the first of its days, all seen on one day."""
    late = np.flatnonzero(days > 0)
    # an amount that is not known may be any
    amounts = np.where(np.isnan(overdue[late]), settlement.MOST, overdue[late])
    return Changes(late, as_of - (days[late] - 1).astype("timedelta64[D]"), settlement.whole(amounts))


def _schedule_changes(policy: Policy, lent: Entries, due: Instalments, came: Payments, as_of: np.datetime64) -> Changes:
    """Return each facility's overdue amount over time, which is never below 0: advance payments settle no other facility."""
    held = payment_holiday.turns(_NO_HOLIDAYS, len(lent.owner))
    plan = settlement.plan(
        due.owner,
        due.due,
        settlement.whole(due.amount),
        len(lent.owner),
        holidays=held,
        moves=policy.arrears.holiday == "move_due",
        grace=policy.arrears.grace_days,
    )
    late, paid = plan.late_from <= as_of, came.paid <= as_of
    facility = np.concatenate([plan.owner[late], came.owner[paid]])
    day = np.concatenate([plan.late_from[late], came.paid[paid]])
    change = np.concatenate([plan.amount[late], -settlement.whole(came.amount[paid])])
    # within a day instalments come first, so that a payment never lowers the sum before the instalment has raised it
    order = np.lexsort((-change, day, facility))
    facility, day = facility[order], day[order]
    owed = np.maximum(settlement.running(facility, change[order]), 0)
    step = np.diff(owed, prepend=0)
    first = np.append(True, facility[1:] != facility[:-1]) if len(facility) else np.empty(0, dtype=bool)
    return Changes(facility, day, np.where(first, owed, step))


def _chosen(changes: Changes, which: Flags) -> Changes:
    kept = which[changes.facility]
    return Changes(changes.facility[kept], changes.day[kept], changes.hundredths[kept])


def _together(*parts: Changes) -> Changes:
    return Changes(
        np.concatenate([part.facility for part in parts]),
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.hundredths for part in parts]),
    )
