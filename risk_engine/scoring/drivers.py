"""Drivers: each reason for a grade, with its figure, date and source; the worst of them is the model's grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit, grading
from risk_engine.arrears.loan_arrears import LoanArrears
from risk_engine.classification.default import Default
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Facts, Floats, Places, Texts, Troubles
from risk_engine.grading import Grade, Grades
from risk_engine.indicators.settling import Settled
from risk_engine.operational.operational import Operation
from risk_engine.policy.policy import Policy
from risk_engine.ratings.rating import Counted


@dataclass(frozen=True, slots=True)
class Driver:
    """One reason for a grade, for every customer: the grade it requires (0 for none), its figure, date and source.

    ``references`` are names, or numbers prefixed with ``letter``; None and 0 mean none.
    """

    name: str
    grades: Grades
    values: Floats
    as_of: Dates
    references: Texts | Places
    letter: str = ""

    def at(self, places: Places) -> Driver:
        """Return the driver of the customers at these places."""
        columns = {name: getattr(self, name)[places] for name in ("grades", "values", "as_of", "references")}
        return replace(self, **columns)

    def reference(self, place: int) -> str | None:
        """Return the driver's subject as people write it: ``B-8``, or a facility's name."""
        found = self.references[place]
        return f"{self.letter}{found}" if found else None


@dataclass(frozen=True, slots=True)
class Late:
    """Arrears of every facility, and the days past due of every customer as they count."""

    facilities: LoanArrears
    customers: Settled


def drivers(
    policy: Policy,
    facts: Facts,
    now: Counted,
    who: Default,
    figures: Mapping[str, Floats],
    happened: Operation,
    late: Late,
    by_card: Grades,
) -> tuple[Driver, ...]:
    """Return every driver and the grade that it requires: the minimum grades set by facts, and the scorecard."""
    floors, count = policy.scoring.grades, len(facts)
    pd_grades = grading.graded(now.pd, floors.pd)
    dated = at(facts.ratings.as_of, now.place, NO_DATE)
    rated = Driver("pd", pd_grades, now.pd, dated, at(facts.ratings.ids, now.place, 0))
    nothing = np.full(count, np.nan)
    colours = ("low", floors.amber_breach, floors.red_breach)
    return (
        _defaulted(policy, who),
        rated,
        _past_due(policy, facts, who, late),
        _days_unknown(policy, facts, late),
        _stage(policy, figures["stage"]),
        _trouble("breach", facts.breaches, colours, "B-", count),
        _trouble("threat", facts.threats, floors.threat, "R-", count),
        _incident(facts, happened),
        _guarantor(policy, facts),
        _alone("unknown", np.where(np.isnan(figures["points"]), Grade[policy.scoring.card.nothing_known.upper()], grading.NONE), nothing),
        _alone("scorecard", by_card, figures["points"]),
    )


def graded(found: tuple[Driver, ...]) -> Grades:
    """Return the worst grade that any driver requires."""
    worst: Grades = np.max([driver.grades for driver in found], axis=0).astype(np.int8)
    return worst


def _defaulted(policy: Policy, who: Default) -> Driver:
    """Return the driver of default, since its first day; a debtor of whom some claims are in default counts as well.

    Its reference is the mask of the reasons.
    """
    hit = who.customers | (who.share > 0)
    grades = np.where(hit, Grade[policy.scoring.grades.defaulted.upper()], grading.NONE).astype(np.int8)
    return Driver("default", grades, who.share, who.since, who.reasons.astype(np.int64))


def _days_unknown(policy: Policy, facts: Facts, late: Late) -> Driver:
    """Return the driver of drawn facilities whose payment record is missing or out of date."""
    lent = facts.facilities
    unknown = np.isnan(late.facilities.today) & (lent.outstanding > 0)
    hit = (np.bincount(lent.owner, unknown, len(facts)) > 0) & ~late.customers.reported
    grades = np.where(hit, Grade[policy.scoring.grades.days_unknown.upper()], grading.NONE)
    return _alone("days_unknown", grades, np.full(len(hit), np.nan))


def _past_due(policy: Policy, facts: Facts, who: Default, late: Late) -> Driver:
    """Arrears: of the worst facility, or as they were reported where that counts.

    A trifle that is missing for long is no worse than the first days of arrears.
    """
    lent, counts = facts.facilities, late.customers
    worst = credit.worst_of(lent.owner, late.facilities.today, len(facts))
    days = np.where(counts.reported, counts.days, at(late.facilities.dated, worst, NO_DATE))
    names = at(lent.names, worst, None)
    names[counts.reported] = None
    bounds = policy.scoring.grades.days_past_due
    weighty = np.where(who.material | counts.reported, counts.values, np.minimum(counts.values, bounds[0]))
    return Driver("days_past_due", grading.graded(weighty, bounds), counts.values, days, names)


def _stage(policy: Policy, stages: Floats) -> Driver:
    """Return the driver of the stage; stage 1 requires nothing, as it is no sign of low risk."""
    grades = np.array([grading.NONE, *(Grade[name.upper()] for name in policy.scoring.grades.stage)], dtype=np.int8)
    asked = grades[np.where(np.isnan(stages) | (stages < 2), 0, stages).astype(np.int64)]
    return _alone("stage", asked, stages)


def _incident(facts: Facts, happened: Operation) -> Driver:
    """Return the driver of incidents: the floor of an open one, or their score; it names the heaviest incident."""
    place = np.where(happened.floors >= happened.grades, happened.floor_places, happened.worst)
    place = np.where(place < 0, happened.worst, place)
    days = at(facts.incidents.as_of, place, NO_DATE)
    return Driver("incident", happened.grades, happened.scores, days, at(facts.incidents.kinds.texts(), place, None))


def _guarantor(policy: Policy, facts: Facts) -> Driver:
    """Return the driver of a guarantor's default, which takes away the second source of repayment."""
    by = facts.customers.reached
    grades = np.where(by >= 0, Grade[policy.scoring.grades.guarantor_defaulted.upper()], grading.NONE)
    never = np.full(len(by), "NaT", dtype="datetime64[D]")
    return Driver("guarantor", grades.astype(np.int8), np.full(len(by), np.nan), never, facts.customers.reached_by)


def _trouble(name: str, found: Troubles, grades: tuple[str, ...], letter: str, count: int) -> Driver:
    worst = credit.worst_of(found.owner, found.badness, count)
    asked = grading.looked_up(at(found.badness, worst, -1.0).astype(np.int64), grades)
    dates = at(found.as_of, worst, NO_DATE)
    return Driver(name, asked, at(found.values, worst, np.nan), dates, at(found.numbers, worst, 0), letter)


def _alone(name: str, grades: NDArray[Any], values: Floats) -> Driver:
    """Return a driver without a single underlying fact."""
    never = np.full(len(values), "NaT", dtype="datetime64[D]")
    return Driver(name, grades.astype(np.int8), values, never, np.zeros(len(values), dtype=np.int64))


def at(values: NDArray[Any], places: Places, otherwise: Any) -> NDArray[Any]:
    """Return the values at these places; ``otherwise`` at -1."""
    return np.append(values, np.array([otherwise], dtype=values.dtype))[places]
