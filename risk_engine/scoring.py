"""Scoring: columns of facts in, columns of figures, grades and their drivers out; one customer or a million alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit, grading
from risk_engine.credit import Floats, Places
from risk_engine.exchange import Conversion
from risk_engine.grading import Grade, Grades
from risk_engine.scoring_policy import Scoring

# what made the figures; a change of method is a change of this name
MODEL = "rating-1"

Texts = NDArray[np.object_]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Ratings:
    """Each agency's newest letter, a column a thing; ``owner`` is the customer's place."""

    owner: Places
    ids: Places
    agencies: Texts
    scales: Texts
    letters: Texts
    as_of: Dates


@dataclass(frozen=True, slots=True)
class Facilities:
    """Credit lines and loans, in their own currencies; NaN, None and NaT are missing."""

    owner: Places
    names: Texts
    kinds: Texts
    currencies: Texts
    limits: Floats
    outstanding: Floats
    ccf: Floats
    lgd: Floats
    seniorities: Texts
    days_past_due: Floats
    as_of: Dates


@dataclass(frozen=True, slots=True)
class Troubles:
    """Open breaches (``badness`` is the colour) or open threats (the level), each with its number and date."""

    owner: Places
    numbers: Places
    badness: Floats
    values: Floats
    as_of: Dates


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a scoring looks at; ``customers`` are sorted ids, and every ``owner`` a place among them."""

    customers: Texts
    ratings: Ratings
    facilities: Facilities
    breaches: Troubles
    threats: Troubles
    rates: Mapping[str, Conversion]


@dataclass(frozen=True, slots=True)
class Driver:
    """One reason for a grade, for every customer: the grade it asks for (0 where it has none), its figure, date and source."""

    name: str
    grades: Grades
    values: Floats
    as_of: Dates
    references: Texts


@dataclass(frozen=True, slots=True)
class Scores:
    """Every customer's figures in ``currency``; NaN is not computable, and ``missing`` names why, a line each."""

    customers: Texts
    currency: str
    grades: Grades
    pd: Floats
    lgd: Floats
    ead: Floats
    expected_loss: Floats
    rating_ids: Places
    missing: Texts
    drivers: tuple[Driver, ...]


def score(policy: Scoring, facts: Facts) -> Scores:
    """Score every customer at once: the same figures for one alone as among a million, whatever the order of the facts.

    PD from the letter that counts, EAD and EL facility by facility in the reporting currency, LGD weighted by exposure,
    and the grade as the worst of what its drivers ask for. A missing input makes what needs it not computable.
    """
    count, found = len(facts.customers), facts.ratings
    raw = _pd_by_letter(policy, found)
    internal = (found.scales == "internal") | (found.agencies == "internal")
    counting = credit.counting_rating(found.owner, raw, internal, count, internal_first=policy.internal_first, several=policy.several)
    pd = credit.floored(_at(raw, counting, np.nan), policy.pd_floor)
    lgd, ead, loss = _amounts(policy, facts, pd)
    drivers = (_rated(policy, found, counting, pd), *_others(policy, facts), _not_rated(policy, counting))
    worst: Grades = np.max([driver.grades for driver in drivers], axis=0).astype(np.int8)
    return Scores(
        customers=facts.customers,
        currency=policy.currency,
        # a driver that is low is known to be low; without one at all the rating is missing, and that is a driver too
        grades=worst,
        pd=pd,
        lgd=lgd,
        ead=ead,
        expected_loss=loss,
        rating_ids=_at(found.ids, counting, 0),
        missing=_missing(policy, facts, raw),
        drivers=drivers,
    )


# --- figures -------------------------------------------------------------------------------------------------------------


def _pd_by_letter(policy: Scoring, found: Ratings) -> Floats:
    """PD of each rating by the master scale of its agency and scale; NaN for a letter that is on none."""
    if not len(found.letters):
        return np.empty(0)
    keys = found.agencies + "\t" + found.scales + "\t" + found.letters
    different, place = np.unique(keys, return_inverse=True)
    table = policy.pd_by_letter
    return np.array([table.get(_letter_key(key), np.nan) for key in different], dtype=np.float64)[place]


def _letter_key(key: str) -> tuple[str, str, str]:
    agency, scale, letter = key.split("\t")
    # some type a real minus
    return agency.casefold(), scale, letter.strip().upper().replace("−", "-")


def _amounts(policy: Scoring, facts: Facts, pd: Floats) -> tuple[Floats, Floats, Floats]:
    """LGD, EAD and EL of each customer; NaN without facilities, EAD and EL also without a rate, EL also without a PD."""
    lent, count = facts.facilities, len(facts.customers)
    ccf = np.where(np.isnan(lent.ccf), _taken(lent.kinds, policy.ccf, policy.ccf["other"]), lent.ccf)
    lgd = np.where(np.isnan(lent.lgd), _taken(lent.seniorities, policy.lgd.model_dump(), policy.lgd.unknown), lent.lgd)
    factor = _taken(lent.currencies, {currency: way.factor for currency, way in facts.rates.items()}, np.nan)
    ead = credit.exposure_at_default(lent.limits, lent.outstanding, ccf) * factor
    loss = credit.expected_loss(pd[lent.owner], lgd, ead)
    none = np.bincount(lent.owner, minlength=count) == 0
    whole, lost = credit.total(lent.owner, ead, count), credit.total(lent.owner, loss, count)
    return credit.weighted(lent.owner, lgd, ead, count), np.where(none, np.nan, whole), np.where(none, np.nan, lost)


def _taken(keys: Texts, table: Mapping[str, float], otherwise: float) -> Floats:
    """What the table has for each key."""
    different, place = np.unique(keys.astype(str), return_inverse=True)
    return np.array([table.get(str(key), otherwise) for key in different], dtype=np.float64)[place]


# --- drivers -------------------------------------------------------------------------------------------------------------


def _rated(policy: Scoring, found: Ratings, counting: Places, pd: Floats) -> Driver:
    numbers = _referred(found.ids, counting, "")
    return Driver("pd", grading.graded(pd, policy.grades.pd), pd, _at(found.as_of, counting, np.datetime64("NaT")), numbers)


def _others(policy: Scoring, facts: Facts) -> tuple[Driver, Driver, Driver]:
    lent, count = facts.facilities, len(facts.customers)
    late = credit.worst_of(lent.owner, lent.days_past_due, count)
    days = _at(lent.days_past_due, late, np.nan)
    grades = grading.graded(days, policy.grades.days_past_due)
    overdue = Driver("days_past_due", grades, days, _at(lent.as_of, late, np.datetime64("NaT")), _at(lent.names, late, None))
    colours = ("low", policy.grades.amber_breach, policy.grades.red_breach)
    return (
        overdue,
        _trouble("breach", facts.breaches, colours, "B-", count),
        _trouble("threat", facts.threats, policy.grades.threat, "R-", count),
    )


def _trouble(name: str, found: Troubles, grades: tuple[str, ...], letter: str, count: int) -> Driver:
    worst = credit.worst_of(found.owner, found.badness, count)
    asked = grading.looked_up(_at(found.badness, worst, -1.0).astype(np.int64), grades)
    dates = _at(found.as_of, worst, np.datetime64("NaT"))
    return Driver(name, asked, _at(found.values, worst, np.nan), dates, _referred(found.numbers, worst, letter))


def _not_rated(policy: Scoring, counting: Places) -> Driver:
    count = len(counting)
    grades = np.where(counting < 0, Grade[policy.grades.not_rated.upper()], grading.NONE).astype(np.int8)
    nothing = np.full(count, None, dtype=object)
    return Driver("not_rated", grades, np.full(count, np.nan), np.full(count, "NaT", dtype="datetime64[D]"), nothing)


def _at(values: NDArray[Any], places: Places, otherwise: Any) -> NDArray[Any]:
    """The values at these places; ``otherwise`` at -1."""
    return np.append(values, np.array([otherwise], dtype=values.dtype))[places]


def _referred(numbers: Places, places: Places, letter: str) -> Texts:
    """``R-17`` for the number at each place; None at -1."""
    texts = np.char.add(letter, numbers.astype(np.str_)).astype(object)
    return _at(texts, places, None)


# --- what is missing -----------------------------------------------------------------------------------------------------


def _missing(policy: Scoring, facts: Facts, raw: Floats) -> Texts:
    """For each customer a line for each thing that is not known, as ``rate:USD``; empty where everything is."""
    lent, found, count = facts.facilities, facts.ratings, len(facts.customers)
    lines = np.full(count, "", dtype=object)
    unmapped = np.isnan(raw)
    _add(lines, np.flatnonzero(np.bincount(found.owner, minlength=count) == 0), "rating")
    _name(lines, found.owner[unmapped], "letter:" + found.letters[unmapped] + " (" + found.agencies[unmapped] + ")")
    none = np.bincount(lent.owner, minlength=count) == 0
    _add(lines, np.flatnonzero(none), "facilities")
    unknown = np.isin(lent.currencies.astype(str), list(facts.rates), invert=True)
    _name(lines, lent.owner[unknown], "rate:" + lent.currencies[unknown])
    told = np.bincount(lent.owner, ~np.isnan(lent.days_past_due), count) > 0
    _add(lines, np.flatnonzero(~none & ~told), "days_past_due")
    silent = np.isnan(lent.lgd) & (lent.seniorities == None)  # noqa: E711 a column of objects
    _add(lines, np.unique(lent.owner[silent]), "seniority")
    return lines


def _name(lines: Texts, owner: Places, words: Texts) -> None:
    """Add each owner's different words, in order; the loop goes over the words of one owner, not over the owners."""
    if not len(owner):
        return
    different, place = np.unique(words.astype(str), return_inverse=True)
    pairs = np.unique(owner * len(different) + place)
    owners, word = np.divmod(pairs, len(different))
    first = np.searchsorted(owners, owners)
    rank = np.arange(len(owners)) - first
    for turn in range(int(rank.max()) + 1):
        _add(lines, owners[rank == turn], different[word[rank == turn]].astype(object))


def _add(lines: Texts, owners: Places, words: Any) -> None:
    before = lines[owners]
    lines[owners] = before + np.where(before == "", "", "\n").astype(object) + words
