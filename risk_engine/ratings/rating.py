"""Ratings: the applicable letter of each customer, with its PD, notch and PD curve from the master scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.categorical import Coded
from risk_engine.facts import ageing
from risk_engine.facts.facts import Facilities, Floats, Places, Ratings
from risk_engine.policy.scoring_policy import Scoring
from risk_engine.ratings import applicable, master_scale, migration, pd_terms, term_structure
from risk_engine.ratings.master_scale import Ladder
from risk_engine.ratings.migration_policy import Migration
from risk_engine.ratings.pd_terms import PdTerms

Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Marks:
    """The distinct letters of a book by agency and scale: PD, notch and curve of each; NaN on no master scale.

    ``codes`` finds a mark by the codes of agency, scale and letter; the last entry of each column means none.
    """

    shape: tuple[int, int, int]
    letters: tuple[str, ...]
    pd: Floats
    notch: Floats
    curves: Floats
    internal: NDArray[np.bool_]
    terms: PdTerms

    def codes(self, agencies: Coded, scales: Coded, letters: Coded) -> Codes:
        """Return the mark of each rating; -1 where a part is missing."""
        _agencies, scale_count, letter_count = self.shape
        found = (agencies.codes * scale_count + scales.codes) * letter_count + letters.codes
        missing = (agencies.codes < 0) | (scales.codes < 0) | (letters.codes < 0)
        return np.where(missing, -1, found).astype(np.int32)


def marks(scoring: Scoring, tables: Migration, agencies: Coded, scales: Coded, letters: tuple[str, ...]) -> Marks:
    """Look up every combination of these agencies, scales and letters once for the whole book."""
    shape = (len(agencies.names), len(scales.names), len(letters))
    ladders = master_scale.ladders(scoring.master_scale)
    chains = {table: migration.transitions(table, tables.rest) for table in tables.table}
    count = shape[0] * shape[1] * shape[2]
    pd, notch = np.full(count, np.nan), np.full(count, np.nan)
    curves = np.full((count, tables.years), np.nan)
    for start, key in zip(range(0, count, max(len(letters), 1)), _scales(agencies, scales), strict=False):
        ladder, table = ladders.get(key), tables.table_by_scale.get(key)
        if ladder is None:
            continue
        rows = slice(start, start + len(letters))
        pd[rows], notch[rows] = _looked_up(ladder, letters)
        if table is not None:
            # curves serve the losses of IFRS 9, which know no regulatory floor
            curves[rows] = term_structure.curves(chains[table], letters, pd[rows], years=tables.years, floor=0.0).conditional
    internal = np.repeat([scale == "internal" or agency == "internal" for agency, scale in _scales(agencies, scales)], len(letters))
    terms = pd_terms.pd_terms(np.append(credit.floored(pd, scoring.pd_floor), np.nan))
    return Marks(shape, letters, pd, notch, curves, internal.astype(bool), terms)


def _scales(agencies: Coded, scales: Coded) -> Iterator[tuple[str, str]]:
    return ((agency.casefold(), scale) for agency in agencies.names for scale in scales.names)


def _looked_up(ladder: Ladder, letters: tuple[str, ...]) -> tuple[Floats, Floats]:
    at = master_scale.places(ladder, Coded(np.arange(len(letters), dtype=np.int32), letters))
    return master_scale.pd_at(ladder, at), np.append(ladder.notch, np.nan)[at]


@dataclass(frozen=True, slots=True)
class Counted:
    """The place of each customer's applicable letter among its ratings, and its mark; -1 without one.

    ``raw`` is each rating's PD on its scale, ``outdated`` flags the ratings that are too old to count.
    """

    place: Places
    mark: Codes
    pd: Floats
    raw: Floats
    outdated: NDArray[np.bool_]


def counted(scoring: Scoring, known: Marks, found: Ratings, count: int, *, oldest: np.datetime64) -> Counted:
    """Return each customer's applicable letter, with its PD not below the floor.

    A letter dated before ``oldest`` is left out before the choice among several. A letter of default is the exception where a
    customer has no newer letter at all: it reports an event, which no lapse of time undoes.
    """
    mark = known.codes(found.agencies, found.scales, found.letters)
    raw = np.append(known.pd, np.nan)[mark]
    internal = np.append(known.internal, False)[mark]
    outdated = ageing.outdated(found.as_of, oldest)
    renewed = np.bincount(found.owner, ~outdated, count) > 0
    outdated &= renewed[found.owner] | ~(raw >= 1.0)
    usable = np.where(outdated, np.nan, raw)
    place = applicable.counting_rating(found.owner, usable, internal, count, internal_first=scoring.internal_first, several=scoring.several)
    pd = credit.floored(np.append(raw, np.nan)[place], scoring.pd_floor)
    return Counted(place, np.append(mark, np.int32(-1))[place], pd, raw, outdated)


@dataclass(frozen=True, slots=True)
class Originated:
    """The notches each facility's debtor has lost since origination, and its PD then; NaN where unknown."""

    notch_drop: Floats
    pd: Floats


def since_origination(known: Marks, now: Counted, lent: Facilities) -> Originated:
    """Compare today's applicable letters with those at origination, which are read on today's scale."""
    mark = now.mark[lent.owner]
    letters = known.letters
    then = lent.origination.among(letters).astype(np.int64)
    scale = mark // max(len(letters), 1)
    before = np.where((mark < 0) | (then < 0), -1, scale * len(letters) + then)
    notch, pd = np.append(known.notch, np.nan), np.append(known.pd, np.nan)
    return Originated(notch[mark] - notch[before], pd[before])
