"""Financial condition: the applicable Altman model of each customer, the reason for it, and the zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Floats
from risk_engine.financials import altman, failure
from risk_engine.financials.financial_policy import Financial, Zones
from risk_engine.measure import table

Codes = NDArray[np.int8]

# a kind's code is its place; any other code is an unknown kind
KINDS = ("manufacturer", "listed manufacturer", "other", "project")
MANUFACTURER, LISTED_MANUFACTURER, OTHER, PROJECT = range(4)


class Model(IntEnum):
    """The Altman model that applies to a customer."""

    NONE = 0
    Z = 1
    Z_PRIME = 2
    Z_DOUBLE_PRIME = 3


class Reason(IntEnum):
    """The reason for the model: the customer's kind, or one of these exceptions."""

    OF_ITS_KIND = 0
    NO_MARKET_EQUITY = 1
    UNKNOWN_KIND = 2
    PROJECT = 3


class Zone(IntEnum):
    """The zone of a score; ``NONE`` is not computable, which is never safe."""

    NONE = 0
    DISTRESS = 1
    GREY = 2
    SAFE = 3


SCORES = table((*altman.SCORES, *failure.SCORES))
MEASURES = {Model.Z: SCORES["z"], Model.Z_PRIME: SCORES["z_prime"], Model.Z_DOUBLE_PRIME: SCORES["z_double_prime"]}


@dataclass(frozen=True, slots=True)
class Condition:
    """Each customer's :class:`Model`, its :class:`Reason`, the score (NaN not computable) and the :class:`Zone`."""

    model: Codes
    reason: Codes
    score: Floats
    zone: Codes

    def lacks(self, columns: Mapping[str, Floats], place: int) -> tuple[str, ...]:
        """Return the figures that a customer's model needs and lacks; none for a project."""
        measure = MEASURES.get(Model(int(self.model[place])))
        return measure.lacks(columns, place) if measure else ()


def condition(policy: Financial, kinds: Codes, columns: Mapping[str, Floats]) -> Condition:
    """Apply the model of each customer's kind: Z' to manufacturers, Z to listed ones, Z'' to others, none to projects.

    A project company is judged by its debt service cover, a listed manufacturer without a known market value by Z', and a firm of
    unknown kind by Z'', which fits any industry.

    Args:
        kinds: places in :data:`KINDS`; any other code is an unknown kind.
        columns: a statement of twelve months, by name.
    """
    model, reason = chosen(kinds, columns["market_equity"])
    score, zone = np.full(len(model), np.nan), np.zeros(len(model), dtype=np.int8)
    bounds = {Model.Z: policy.z, Model.Z_PRIME: policy.z_prime, Model.Z_DOUBLE_PRIME: policy.z_double_prime}
    for one, measure in MEASURES.items():
        found = np.where(model == one, measure.of(columns), np.nan)
        score = np.where(model == one, found, score)
        zone = np.maximum(zone, zones(found, bounds[one]))
    return Condition(model, reason, score, zone)


def chosen(kinds: Codes, market_equity: Floats) -> tuple[Codes, Codes]:
    """Return the :class:`Model` of each customer, and the :class:`Reason` for it."""
    private = (kinds == LISTED_MANUFACTURER) & np.isnan(market_equity)
    cases = [kinds == MANUFACTURER, private, kinds == LISTED_MANUFACTURER, kinds == OTHER, kinds == PROJECT]
    models = [Model.Z_PRIME, Model.Z_PRIME, Model.Z, Model.Z_DOUBLE_PRIME, Model.NONE]
    reasons = [Reason.OF_ITS_KIND, Reason.NO_MARKET_EQUITY, Reason.OF_ITS_KIND, Reason.OF_ITS_KIND, Reason.PROJECT]
    model = np.select(cases, models, Model.Z_DOUBLE_PRIME).astype(np.int8)
    return model, np.select(cases, reasons, Reason.UNKNOWN_KIND).astype(np.int8)


def zones(scores: Floats, bounds: Zones) -> Codes:
    """Return the :class:`Zone` of each score: distress below the lower bound, safe above the upper, grey between and on them."""
    reached = Zone.DISTRESS + (scores >= bounds.distress).astype(np.int8) + (scores > bounds.safe)
    return np.where(np.isnan(scores), Zone.NONE, reached).astype(np.int8)
