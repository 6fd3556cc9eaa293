"""Operational risk: incidents and defects as points that decay with age, and the grade that they require."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks, credit, grading
from risk_engine.categorical import Coded, Codes
from risk_engine.checks import Impossible
from risk_engine.credit import Floats, Places
from risk_engine.days import ONE_DAY
from risk_engine.grading import Grade, Grades
from risk_engine.operational.operational_policy import OTHER, Incident, Operational

Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

# the points of an old incident end at 0
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Incidents:
    """Each incident's customer, kind (see :func:`codes`), severity 1 to 5, day, and day of resolution (NaT while open)."""

    owner: Places
    kinds: Codes
    severity: NDArray[np.int64]
    as_of: Dates
    resolved: Dates


@dataclass(frozen=True, slots=True)
class Operation:
    """Each customer's score, the number of incidents that count, and the place of the heaviest one (-1 if none).

    ``floors`` is the grade that open incidents require regardless of the score, ``floor_places`` the place of that incident;
    ``grades`` is the worse of the floor and the score's grade. 0 requires nothing: having no incident on record is no sign of low
    risk.
    """

    scores: Floats
    counts: Places
    worst: Places
    floors: Grades
    floor_places: Places
    grades: Grades


def codes(policy: Operational, kinds: Coded) -> Codes:
    """Return the places of these words among the policy's kinds; an unknown or missing word becomes "other"."""
    found = kinds.among(policy.kinds)
    return np.where(found < 0, policy.kinds.index(OTHER), found).astype(np.int32)


def points(policy: Operational, incidents: Incidents, as_of: np.datetime64) -> Floats:
    """Return each incident's points on a day, by kind and severity, in hundredths, decayed with age; 0 before its day.

    NaN where the day from which the incident ages is missing.

    Raises:
        Impossible: a severity outside 1 to 5, or a kind outside the policy's table.
    """
    _checked(policy, incidents)
    age, found = _ages(policy, incidents, as_of), np.array(policy.severity)[incidents.severity - 1]
    for code, kind in enumerate(policy.incident.values()):
        of_kind = incidents.kinds == code
        found[of_kind] *= kind.points * _left(kind, age[of_kind])
    return np.where(incidents.as_of > as_of, 0.0, np.round(found, _DECIMALS))


def operation(policy: Operational, incidents: Incidents, as_of: np.datetime64, count: int) -> Operation:
    """Score every customer: the sum of its incidents' points, exact to the hundredth and not above the cap.

    Args:
        count: the number of customers; ``owner`` is 0 to ``count`` - 1.

    Raises:
        Impossible: see :func:`points`.

    Source: loss-event types of the Basel Committee (BCBS 128, Annex 9) as scored indicators; the points are policy.
    """
    weights = points(policy, incidents, as_of)
    scores = np.minimum(credit.total(incidents.owner, weights, count), policy.cap)
    counting = ~(weights <= 0)
    counts = np.bincount(incidents.owner[counting], minlength=count)
    floors, floor_places = _floors(policy, incidents, as_of, counting, count)
    asked = np.where(counts > 0, grading.graded(scores, policy.bounds), grading.NONE)
    worst = credit.worst_of(incidents.owner, np.where(weights > 0, weights, np.nan), count)
    return Operation(scores, counts, worst, floors, floor_places, np.maximum(asked, floors).astype(np.int8))


def _checked(policy: Operational, incidents: Incidents) -> None:
    severity = checks.column("severity", incidents.severity)
    for name, values, low, high in (("severity", severity, 1, 5), ("kind", incidents.kinds, 0, len(policy.kinds) - 1)):
        wrong = np.flatnonzero((values < low) | (values > high))
        if len(wrong):
            place = int(wrong[0])
            raise Impossible(field=name, value=int(values[place]), accepted=f"{low} to {high}", place=place)


def _open(incidents: Incidents, as_of: np.datetime64) -> Flags:
    """Flag the incidents that were still open on a day."""
    return ~(incidents.resolved <= as_of)


def _ages(policy: Operational, incidents: Incidents, as_of: np.datetime64) -> Floats:
    """Return the days since an event happened, or since a defect was resolved; 0 for an open defect."""
    events = np.array([kind.ages_while_open for kind in policy.incident.values()])[incidents.kinds]
    since = np.where(events, incidents.as_of, incidents.resolved)
    days = np.where(np.isnat(since), np.nan, np.maximum(_days(as_of, since), 0.0))
    return np.where(_open(incidents, as_of) & ~events, 0.0, days)


def _days(later: np.datetime64, earlier: Dates) -> Floats:
    spans: NDArray[np.timedelta64] = np.subtract(later, earlier)
    return spans / ONE_DAY


def _left(kind: Incident, age: Floats) -> Floats:
    """Return the remaining share of the points; 1 up to and on the day before expiry."""
    if kind.expires_days is not None:
        return np.where(np.isnan(age), np.nan, age <= kind.expires_days)
    assert kind.half_life_days is not None, "the policy asks for one of the two"
    halved: Floats = np.exp2(-age / kind.half_life_days)
    return halved


def _floors(policy: Operational, incidents: Incidents, as_of: np.datetime64, counting: Flags, count: int) -> tuple[Grades, Places]:
    """Return the worst grade that a customer's open incidents require, and the first incident that requires it."""
    kinds = policy.incident.values()
    grades = np.array([Grade[kind.floor.upper()] if kind.floor else grading.NONE for kind in kinds], dtype=np.int8)[incidents.kinds]
    least = np.array([kind.floor_from for kind in kinds])[incidents.kinds]
    asks = counting & _open(incidents, as_of) & (incidents.severity >= least) & (grades > grading.NONE)
    places = credit.worst_of(incidents.owner, np.where(asks, grades, np.nan), count)
    return np.append(grades, np.int8(grading.NONE))[places], places
