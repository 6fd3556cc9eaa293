"""The policy of migration: published transition tables in percent, with a column for withdrawn ratings."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Word = Annotated[str, Field(min_length=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Scale = Literal["global", "domestic", "internal"]


class MigrationTable(Part):
    """One year's transitions in percent: a row per rating, a column per state (the last is default), then "not rated".

    ``serves`` are the (agency, scale) pairs whose letters use the table.
    """

    serves: Annotated[tuple[tuple[Word, Scale], ...], Field(min_length=1)]
    states: Annotated[tuple[Word, ...], Field(min_length=2)]
    percent: tuple[tuple[Percent, ...], ...]

    @cached_property
    def figures(self) -> NDArray[np.float64]:
        return np.array(self.percent, dtype=np.float64)

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if len(set(self.states)) != len(self.states):
            raise ValueError("a state is named twice")
        if len(self.percent) != len(self.states) - 1 or any(len(row) != len(self.states) + 1 for row in self.percent):
            raise ValueError("percent needs a row for each state but default, and a column for each state and for not rated")
        return self


class Migration(Part):
    """The migration tables, and the rules for reading them.

    ``tolerance``: percentage points by which a printed row may miss 100. ``rest``: the handling of a row's remaining gap: spread
    over all its figures in proportion ("spread"), or added to the default column ("default").
    ``years``: the length of the PD curves; beyond it the last year's conditional PD repeats.
    """

    tolerance: Annotated[float, Field(gt=0, le=1)]
    rest: Literal["spread", "default"]
    years: Annotated[int, Field(ge=1, le=60)]
    table: Annotated[tuple[MigrationTable, ...], Field(min_length=1)]

    @cached_property
    def table_by_scale(self) -> dict[tuple[str, str], MigrationTable]:
        """Return the table by (agency in lower case, scale)."""
        return {(agency.casefold(), scale): table for table in self.table for agency, scale in table.serves}

    @model_validator(mode="after")
    def _one_table_each(self) -> Self:
        served = [(agency.casefold(), scale) for table in self.table for agency, scale in table.serves]
        if doubled := {pair for pair in served if served.count(pair) > 1}:
            raise ValueError(f"two tables serve {sorted(doubled)}")
        return self

    @model_validator(mode="after")
    def _rows_are_whole(self) -> Self:
        for table in self.table:
            for state, row in zip(table.states, table.figures, strict=False):
                # a sum of decimals may miss its bound by a rounding error
                if round(abs(float(row.sum()) - 100.0), 9) > self.tolerance:
                    raise ValueError(f"the row of {state} adds up to {row.sum():.4f}, not to 100")
                if row[-1] >= 100.0:
                    raise ValueError(f"nobody rated {state} is still rated a year later")
        return self
