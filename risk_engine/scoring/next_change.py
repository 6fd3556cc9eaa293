"""Date of next change: the first day on which a score may differ though no fact has changed.

It is never too late, and may be too early: whoever is scored on it without a difference gets the next date. Figures that move with
every day, such as the remaining maturity, make it the next day.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.capital.capital_policy import Maturity
from risk_engine.classification import evidence
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts.facts import Collateral, Dates, Facts, Incidents, Places, Readings
from risk_engine.impairment import amortisation
from risk_engine.impairment.amortisation import Plan
from risk_engine.impairment.staging import Stage, Stages
from risk_engine.loans.loans import Exposures, ends
from risk_engine.operational import operational
from risk_engine.operational.operational_policy import Operational
from risk_engine.policy.policy import Policy
from risk_engine.ratings import downgrades
from risk_engine.security import guaranteed
from risk_engine.security.collateral_policy import KINDS

Flags = NDArray[np.bool_]

_FAR = np.iinfo(np.int64).max
_LONGEST = 365 * amortisation.LONGEST_YEARS


def next_change(policy: Policy, facts: Facts, lent: Exposures, stages: Stages, reasons: NDArray[np.int32]) -> Dates:
    """Return the first day on which the same facts may give each customer another score; NaT where time alone changes nothing.

    What a score takes of other customers is not in this date: guarantors and members of a group have dates of their own.

    Args:
        stages: of the facilities.
        reasons: the masks of the customers' defaults.
    """
    found = _First(facts.as_of, len(facts))
    _of_loans(policy, facts, lent, stages, found)
    _of_guarantees(facts, found)
    _of_defaults(policy, facts, reasons, found)
    _of_incidents(policy.operational, facts.incidents, facts.as_of, found)
    _of_valuations(policy, facts.collateral, found)
    _of_projections(policy, facts, found)
    _of_reports(policy, facts, found)
    return found.dates()


class _First:
    """The earliest day after that of the facts that was named for each customer."""

    def __init__(self, as_of: np.datetime64, count: int) -> None:
        self._today, self._days = int(as_of.astype("datetime64[D]").astype(np.int64)), np.full(count, _FAR)

    def on(self, owner: Places, days: Dates) -> None:
        """Name a day for each of these owners; days that have come, and missing ones, count for nothing."""
        numbers = days.astype("datetime64[D]").astype(np.int64)
        later = ~np.isnat(days) & (numbers > self._today)
        np.minimum.at(self._days, owner[later], numbers[later])

    def after(self, owner: Places, days: Dates, longest: int) -> None:
        """Name the day on which something is older than so many days."""
        self.on(owner, days + (longest + 1) * ONE_DAY)

    def tomorrow(self, owner: Places) -> None:
        """Name the next day for these owners."""
        self._days[owner] = self._today + 1

    def dates(self) -> Dates:
        never = self._days == _FAR
        return np.where(never, NO_DATE, np.where(never, 0, self._days).astype("datetime64[D]"))


def _of_loans(policy: Policy, facts: Facts, lent: Exposures, stages: Stages, found: _First) -> None:
    """Note the next change of remaining lives, schedules and ledgers.

    A schedule moves arrears, amounts due and averages with every day. A loan without one moves with every day until its maturity:
    in its effective maturity, its lifetime loss, or in what falls due within the year.
    """
    rows = facts.facilities
    end = ends(facts.as_of, rows)
    runs = end > facts.as_of
    turns = _starts_to_move(policy.capital.irb.maturity, end)
    rests = runs & (lent.plans == Plan.BULLET) & (stages == Stage.ONE) & (turns > facts.as_of)
    found.tomorrow(rows.owner[runs & ~rests])
    found.on(rows.owner[rests], turns[rests])
    found.tomorrow(facts.instalments.owner)
    # an end that is a placeholder today is none in a hundred years
    found.on(rows.owner, rows.maturity - (_LONGEST - 1) * ONE_DAY)
    found.on(facts.payments.owner, facts.payments.paid)
    found.after(rows.owner, rows.dated, policy.data.facility_days)
    # the day on which it was heard of, by UTC, may be the next one
    found.tomorrow(rows.owner[np.isnat(rows.as_of) & (rows.dated >= facts.as_of)])


def _starts_to_move(rules: Maturity, end: Dates) -> Dates:
    """Return a day up to which a loan lasts longer than the effective maturity can be: by years of 366 days it is never too late."""
    day: Dates = end - (int(np.ceil(max(rules.longest, 1.0) * 366)) + 1) * ONE_DAY
    return day


def _of_guarantees(facts: Facts, found: _First) -> None:
    """Note tomorrow for guarantees that end, whose part of the loan's life and recoveries in a year move with every day."""
    rows = facts.covers
    if rows is None:
        return
    last = guaranteed.ends(rows, facts.as_of)
    found.tomorrow(rows.owner[last >= facts.as_of])
    # an end that is a placeholder today is none in a hundred years
    found.on(rows.owner, rows.until - (_LONGEST - 1) * ONE_DAY)


def _of_defaults(policy: Policy, facts: Facts, reasons: NDArray[np.int32], found: _First) -> None:
    """Note tomorrow for a default and its probation, which are judged anew every day; otherwise the dates of the evidence."""
    found.tomorrow(np.flatnonzero(reasons > 0))
    found.tomorrow(facts.defaults.owner)
    found.after(facts.judgements.owner, facts.judgements.until, 0)
    found.on(facts.judgements.owner, facts.judgements.since)
    rows = facts.facilities
    found.on(rows.owner, evidence.later(rows.restructured_on, policy.default.observation_months))


def _of_incidents(policy: Operational, rows: Incidents, as_of: np.datetime64, found: _First) -> None:
    """Note tomorrow for points that decay every day, and the day on which others end."""
    kinds = list(policy.incident.values())
    of = operational.Incidents(rows.owner, operational.codes(policy, rows.kinds), rows.severity, rows.as_of, rows.resolved)
    left = ~(operational.points(policy, of, as_of) <= 0)
    found.on(rows.owner, rows.resolved)
    since = np.where(np.array([kind.ages_while_open for kind in kinds])[of.kinds], rows.as_of, rows.resolved)
    for code, kind in enumerate(kinds):
        which = of.kinds == code
        if kind.expires_days is not None:
            found.after(rows.owner[which], since[which], kind.expires_days)
        else:
            found.tomorrow(rows.owner[which & left & ~np.isnat(since)])


def _of_valuations(policy: Policy, rows: Collateral, found: _First) -> None:
    found.on(rows.owner, rows.valued)
    kinds = rows.kinds.among(KINDS)
    for longest in (policy.collateral.valid_days[kinds], policy.collateral.longest_days[kinds]):
        ends_ = np.isfinite(longest)
        found.on(rows.owner[ends_], rows.valued[ends_] + (longest[ends_].astype(np.int64) + 1) * ONE_DAY)


def _of_projections(policy: Policy, facts: Facts, found: _First) -> None:
    """Note tomorrow for projections, whose running period counts by the days that are left."""
    rows = facts.projections
    recent = rows.projected >= facts.as_of - policy.data.projection_days * ONE_DAY
    found.tomorrow(rows.owner[recent & (rows.period_end > facts.as_of)])


def _of_reports(policy: Policy, facts: Facts, found: _First) -> None:
    """Note the days on which letters, accounts, readings and conduct grow too old."""
    everybody = np.arange(len(facts))
    found.after(facts.ratings.owner, facts.ratings.as_of, policy.data.rating_days)
    # a fall from a letter counts until the months since it was replaced are over; months of unequal length end up to three days later
    over = evidence.later(downgrades.replaced(facts), policy.default.downgrade_months)
    for more in range(4):
        found.on(facts.former.owner, over + more * ONE_DAY)
    for days in (facts.accounts.as_of, facts.accounts.flows_as_of):
        found.after(everybody, days, policy.data.statement_days)
    age = policy.scoring.reading_max_age_days
    found.after(facts.account_months.owner, facts.account_months.until, age)
    for reading in _readings(facts):
        found.after(everybody, reading.as_of, age)


def _readings(facts: Facts) -> list[Readings]:
    # an indicator that nobody reports has no dates
    tables = (*facts.readings.values(), *facts.moves.values())
    return [one for one in tables if not np.isnat(one.as_of).all()]
