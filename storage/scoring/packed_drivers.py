"""The drivers of one score packed into one value, as a million customers have several million of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.grading import Grade
from risk_engine.scoring.drivers import Driver

# of one driver: the grade that it requires (0 for none), its date, its figure, and the number of its subject
_CELL = np.dtype([("grade", "u1"), ("as_of", "<i4"), ("value", "<f8"), ("number", "<i8")])
_NO_DAY = np.iinfo(np.int32).min
_EPOCH = date(1970, 1, 1)
# the form of a subject that is named by words
_WORDS = "*"


@dataclass(frozen=True, slots=True)
class Reason:
    """A driver that requires a grade, as it was stored."""

    name: str
    grade: Grade
    value: float | None
    as_of: date | None
    reference: str | None


def names(drivers: Sequence[Driver]) -> str:
    """Return the names of a run's drivers, each with the form of its subject: words, or a number after a letter."""
    return "\n".join(f"{driver.name}\t{_WORDS if _by_words(driver) else driver.letter}" for driver in drivers)


def pack(drivers: Sequence[Driver], places: NDArray[np.int64]) -> list[bytes]:
    """Return the drivers of each of these customers as one value."""
    packed = np.zeros((len(places), len(drivers)), dtype=_CELL)
    for column, driver in enumerate(drivers):
        asks, cells = driver.grades[places] > 0, packed[:, column]
        days, values = driver.as_of[places].astype("datetime64[D]"), driver.values[places]
        cells["grade"] = np.where(asks, driver.grades[places], 0)
        cells["as_of"] = np.where(asks & ~np.isnat(days), days.astype(np.int64), _NO_DAY)
        # one zero and one NaN, as a database without them would store
        cells["value"] = np.where(asks & ~np.isnan(values), values + 0.0, np.nan)
        if not _by_words(driver):
            cells["number"] = np.where(asks, driver.references[places], 0)
    whole, width = packed.tobytes(), len(drivers) * _CELL.itemsize
    return [whole[start : start + width] for start in range(0, len(whole), width)]


def words(drivers: Sequence[Driver], places: NDArray[np.int64]) -> list[str | None]:
    """Return the subjects of each customer's drivers that are named by words, one a line; None without any."""
    columns = [driver.references[places].astype(object) for driver in drivers if _by_words(driver)]
    for column, driver in zip(columns, (driver for driver in drivers if _by_words(driver)), strict=True):
        column[(driver.grades[places] == 0) | (column == None)] = ""  # noqa: E711 a column of objects
    if not columns:
        return [None] * len(places)
    empty = "\n" * (len(columns) - 1)
    # a column at a time: most customers have one such subject or none
    return [None if said == empty else said for said in map("\n".join, zip(*columns, strict=True))]


def unpacked(of_run: str, packed: bytes, told: str | None) -> list[Reason]:
    """Return the drivers that require a grade, in the run's order.

    Args:
        of_run: the names of the run's drivers.
        told: the customer's subjects by words.
    """
    forms = [line.partition("\t") for line in of_run.split("\n")]
    return list(_reasons(forms, np.frombuffer(packed, dtype=_CELL).tolist(), iter((told or "").split("\n"))))


def _reasons(forms: Sequence[tuple[str, str, str]], cells: Sequence[Any], lines: Iterator[str]) -> Iterator[Reason]:
    for (name, _tab, form), (grade, day, value, number) in zip(forms, cells, strict=True):
        by_number = f"{form}{number}" if number else None
        reference = next(lines, None) if form == _WORDS else by_number
        if grade:
            as_of = None if day == _NO_DAY else _EPOCH + timedelta(days=day)
            yield Reason(name, Grade(grade), None if value != value else value, as_of, reference or None)


def _by_words(driver: Driver) -> bool:
    return driver.references.dtype == object
