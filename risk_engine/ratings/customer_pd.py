"""The PD of each customer with its origin, from which losses, stages and capital follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.credit import Floats
from risk_engine.ratings import pd_terms
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

    ``values`` are not below the floor; NaN where there is no PD. ``place`` is the customer's row in ``curves`` (conditional PDs by year)
    and in ``terms``, -1 without a PD; the last row of the terms is that of no PD.
    """

    values: Floats
    origin: Origins
    place: Codes
    curves: Floats
    terms: PdTerms


def by_letter(known: Marks, now: Counted) -> CustomerPd:
    """Return the PD of each customer's applicable letter."""
    origin = np.where(np.isnan(now.pd), PdOrigin.NONE, PdOrigin.LETTER).astype(np.int8)
    return CustomerPd(now.pd, origin, now.mark, known.curves, known.terms)


def in_default(pd: CustomerPd, defaulted: NDArray[np.bool_]) -> CustomerPd:
    """Return the PDs with 1 for customers in default, whatever their letters or points."""
    if not defaulted.any():
        return pd
    years = pd.curves.shape[1]
    return replace(
        pd,
        values=np.where(defaulted, 1.0, pd.values),
        origin=np.where(defaulted, PdOrigin.DEFAULT, pd.origin).astype(np.int8),
        place=np.where(defaulted, len(pd.curves), pd.place).astype(np.int32),
        curves=np.concatenate([pd.curves, np.ones((1, years))]),
        terms=pd_terms.with_more(pd.terms, np.ones(1)),
    )
