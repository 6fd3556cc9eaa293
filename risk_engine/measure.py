"""A measure: a named figure, what it is made of, and how; so that a missing one can say which input it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Unit = Literal["ratio", "percent", "days", "amount", "score", "number"]
Better = Literal["high", "low", ""]


@dataclass(frozen=True, slots=True)
class Measure:
    """``compute`` takes the inputs' columns in their order and gives a column of the same length; NaN is not computable.

    ``better`` says which side is good, empty where neither is; ``source`` is the definition's.
    """

    name: str
    unit: Unit
    inputs: tuple[str, ...]
    compute: Callable[..., Floats]
    better: Better = ""
    source: str = ""

    def of(self, columns: Mapping[str, Floats]) -> Floats:
        """The measure of every customer."""
        return self.compute(*(columns[name] for name in self.inputs))

    def lacks(self, columns: Mapping[str, Floats], place: int) -> tuple[str, ...]:
        """The inputs that are missing at one place, in the order of the formula."""
        return tuple(name for name in self.inputs if np.isnan(columns[name][place]))


def table(measures: Iterable[Measure]) -> dict[str, Measure]:
    """Measures by name.

    Raises:
        ValueError: two are called the same.
    """
    found: dict[str, Measure] = {}
    for one in measures:
        if one.name in found:
            raise ValueError(f"two measures are called {one.name}")
        found[one.name] = one
    return found


def divided(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, not computable where the bottom is not above 0: a ratio to nothing, or to a loss, says nothing."""
    # a quotient by NaN is NaN and says nothing more; to leave out places while dividing takes several times as long
    found: Floats = top / np.where(bottom > 0, bottom, np.nan)
    return found


def reached(figures: Floats, bounds: Sequence[float]) -> NDArray[np.int8]:
    """How many of the rising bounds each figure has reached; a figure on a bound has, a missing one has reached none.

    Args:
        bounds: fewer than a hundred.
    """
    # of a handful of bounds each compared with a whole column is several times as fast as a search for every figure
    found = np.zeros(len(figures), dtype=np.int8)
    for bound in bounds:
        found += figures >= bound
    return found
