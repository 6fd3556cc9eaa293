"""The PD of each customer with its origin, from which losses, stages and capital follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.credit import Floats
from risk_engine.policy.calibration_policy import Calibration
from risk_engine.policy.scoring_policy import Scoring
from risk_engine.ratings import migration, pd_terms, term_structure
from risk_engine.ratings.migration import Transitions
from risk_engine.ratings.migration_policy import Migration
from risk_engine.ratings.pd_terms import PdTerms
from risk_engine.ratings.rating import Codes, Counted, Marks

Origins = NDArray[np.int8]


class PdOrigin(IntEnum):
    """The origin of a customer's PD: none, its letter, its points, or its default."""

    NONE = 0
    LETTER = 1
    POINTS = 2
    DEFAULT = 3


@dataclass(frozen=True, slots=True)
class CustomerPd:
    """Every customer's one-year PD and its origin, with the curve and the terms that belong to it.

    ``values`` are not below the floor; NaN where there is no PD. ``place`` is the customer's row in ``curves`` (conditional PDs by year,
    without a floor) and in ``terms``, -1 without a PD; the last row of the terms is that of no PD.
    """

    values: Floats
    origin: Origins
    place: Codes
    curves: Floats
    terms: PdTerms

    @property
    def default_place(self) -> int:
        """Return the row of a PD of 1, once :func:`in_default` has added it."""
        return len(self.curves) - 1


def by_letter(known: Marks, now: Counted) -> CustomerPd:
    """Return the PD of each customer's applicable letter."""
    origin = np.where(np.isnan(now.pd), PdOrigin.NONE, PdOrigin.LETTER).astype(np.int8)
    return CustomerPd(now.pd, origin, now.mark, known.curves, known.terms)


@dataclass(frozen=True, slots=True)
class PointsLine:
    """The calibration of the scorecard, with the chain that gives a PD by points its later years."""

    calibration: Calibration
    chain: Transitions
    years: int
    floor: float


def points_line(scoring: Scoring, tables: Migration) -> PointsLine:
    """Return the line of the policy; later years follow the bank's own migration table, or the first one if it has none."""
    table = tables.table_by_scale.get(("internal", "internal"), tables.table[0])
    return PointsLine(scoring.calibration, migration.transitions(table, tables.rest), tables.years, scoring.pd_floor)


def pd_at(line: PointsLine, points: Floats) -> Floats:
    """Return the one-year PD at these points, 1 / (1 + e^-(intercept + slope · points)), not below the floor; NaN without points."""
    return credit.floored(_without_floor(line, points), line.floor)


def _without_floor(line: PointsLine, points: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-(line.calibration.intercept + line.calibration.slope * points)))
    return found


def by_points(pd: CustomerPd, line: PointsLine, points: Floats) -> CustomerPd:
    """Return the PDs with that of the points for customers without one."""
    who = np.flatnonzero(np.isnan(pd.values) & ~np.isnan(points))
    if not len(who):
        return pd
    # bands give many customers the same points, and each PD needs its curve once
    distinct, row = np.unique(points[who], return_inverse=True)
    further = term_structure.curves(line.chain, (), _without_floor(line, distinct), years=line.years, floor=0.0).conditional
    floored = pd_at(line, distinct)
    values, origin, place = pd.values.copy(), pd.origin.copy(), pd.place.copy()
    values[who], origin[who], place[who] = floored[row], PdOrigin.POINTS, len(pd.curves) + row
    return CustomerPd(values, origin, place, np.concatenate([pd.curves, further]), pd_terms.with_more(pd.terms, floored))


def in_default(pd: CustomerPd, defaulted: NDArray[np.bool_]) -> CustomerPd:
    """Return the PDs with 1 for customers in default, regardless of letters and points; see ``default_place``."""
    years = pd.curves.shape[1]
    return replace(
        pd,
        values=np.where(defaulted, 1.0, pd.values),
        origin=np.where(defaulted, PdOrigin.DEFAULT, pd.origin).astype(np.int8),
        place=np.where(defaulted, len(pd.curves), pd.place).astype(np.int32),
        curves=np.concatenate([pd.curves, np.ones((1, years))]),
        terms=pd_terms.with_more(pd.terms, np.ones(1)),
    )
