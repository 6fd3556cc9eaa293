"""A measure: a named figure with its inputs and formula, so that a missing figure can name the missing input."""

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
    """A measure: ``compute`` maps the inputs' columns, in order, to a column of equal length; NaN is not computable.

    ``better`` is the good side, empty if neither is; ``source`` cites the definition.
    """

    name: str
    unit: Unit
    inputs: tuple[str, ...]
    compute: Callable[..., Floats]
    better: Better = ""
    source: str = ""

    def of(self, columns: Mapping[str, Floats]) -> Floats:
        """Return the measure of every customer."""
        return self.compute(*(columns[name] for name in self.inputs))

    def lacks(self, columns: Mapping[str, Floats], place: int) -> tuple[str, ...]:
        """Return the missing inputs at one place, in the order of the formula."""
        return tuple(name for name in self.inputs if np.isnan(columns[name][place]))


def table(measures: Iterable[Measure]) -> dict[str, Measure]:
    """Return measures by name.

    Raises:
        ValueError: two measures share a name.
    """
    found: dict[str, Measure] = {}
    for one in measures:
        if one.name in found:
            raise ValueError(f"two measures are called {one.name}")
        found[one.name] = one
    return found


def divided(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, not computable where the bottom is 0 or below, as such a ratio has no meaning."""
    # a quotient by NaN is NaN anyway; skipping places while dividing takes several times as long
    found: Floats = top / np.where(bottom > 0, bottom, np.nan)
    return found


def reached(figures: Floats, bounds: Sequence[float]) -> NDArray[np.int8]:
    """Return the number of rising bounds that each figure has reached, the bound itself included; 0 for a missing one.

    Args:
        bounds: the bounds, fewer than a hundred.
    """
    # with a handful of bounds, comparing each with the whole column is several times as fast as a search per figure
    found = np.zeros(len(figures), dtype=np.int8)
    for bound in bounds:
        found += figures >= bound
    return found
