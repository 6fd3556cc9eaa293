"""Checks of single inputs: a share lies in 0 to 1, an amount is finite, columns have one length."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine.refusals import Refusal

Floats = NDArray[np.float64]


class Impossible(Refusal):
    """An impossible figure: ``accepted`` names the possible values, ``place`` its row."""

    field: str
    value: object
    accepted: str
    place: int | None = None


class ReasonMissing(Refusal):
    """The decision needs a reason."""


def column(name: str, values: ArrayLike) -> Floats:
    """Return the values as a contiguous column of floats; a scalar becomes a column of one, NaN is missing.

    Raises:
        Impossible: a value is infinite.
    """
    found: Floats = np.ascontiguousarray(np.atleast_1d(values), dtype=np.float64)
    _refuse(name, found, np.isinf(found), "a finite number")
    return found


def share(name: str, values: ArrayLike) -> Floats:
    """Return a column of shares.

    Raises:
        Impossible: a value lies outside 0 to 1.
    """
    found = column(name, values)
    _refuse(name, found, (found < 0) | (found > 1), "0 to 1")
    return found


def not_negative(name: str, values: ArrayLike) -> Floats:
    """Return a column of figures that cannot be below 0, such as limits, prices and days.

    Raises:
        Impossible: a value is below 0.
    """
    found = column(name, values)
    _refuse(name, found, found < 0, "0 or more")
    return found


def positive(name: str, values: ArrayLike) -> Floats:
    """Return a column of figures that must be above 0, such as price indices and exchange rates.

    Raises:
        Impossible: a value is 0 or below.
    """
    found = column(name, values)
    _refuse(name, found, found <= 0, "above 0")
    return found


def _refuse(name: str, values: Floats, wrong: NDArray[np.bool_], accepted: str) -> None:
    if wrong.any():
        place = int(np.flatnonzero(wrong.ravel())[0])
        raise Impossible(field=name, value=float(values.ravel()[place]), accepted=accepted, place=place)
