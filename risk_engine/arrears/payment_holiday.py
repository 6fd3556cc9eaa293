"""Payment holidays: agreed periods in which days past due stand still, or whose instalments fall due afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Impossible
from risk_engine.credit import Places
from risk_engine.days import ONE_DAY

Dates = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Holidays:
    """Payment holidays, one a row: facility, first and last day."""

    owner: Places
    first: Dates
    last: Dates


@dataclass(frozen=True, slots=True)
class Turns:
    """The holidays by rank: the first of every facility, then the second of every facility; NaT if there is none."""

    first: tuple[Dates, ...]
    last: tuple[Dates, ...]


NONE = Turns((), ())


def turns(holidays: Holidays, count: int) -> Turns:
    """Return every facility's holidays in chronological order.

    Raises:
        Impossible: a holiday without both days, or that ends before it begins, or two of one facility that overlap.
    """
    order = np.lexsort((holidays.first, holidays.owner))
    owner, first, last = holidays.owner[order], holidays.first[order], holidays.last[order]
    _refuse("holiday", last, ~(last >= first), order, "an end that is not before the beginning")
    _refuse("holiday", first, np.append(False, (owner[1:] == owner[:-1]) & (first[1:] <= last[:-1])), order, "after the one before")
    turn = np.arange(len(owner)) - np.searchsorted(owner, owner, side="left")
    firsts, lasts = [], []
    for each in range(int(turn.max(initial=-1)) + 1):
        begins, ends = np.full(count, "NaT", dtype="datetime64[D]"), np.full(count, "NaT", dtype="datetime64[D]")
        begins[owner[turn == each]], ends[owner[turn == each]] = first[turn == each], last[turn == each]
        firsts.append(begins)
        lasts.append(ends)
    return Turns(tuple(firsts), tuple(lasts))


def moved(held: Turns, owner: Places, due: Dates) -> Dates:
    """Return the due date moved by a holiday: the day after the holiday that contains it."""
    for first, last in zip(held.first, held.last, strict=True):
        begins, ends = first[owner], last[owner]
        due = np.where((due >= begins) & (due <= ends), ends + ONE_DAY, due)
    return due


def days_held(held: Turns, owner: Places, after: Dates, until: np.datetime64) -> Places:
    """Count the holiday days after one day and up to another."""
    total = np.zeros(len(owner), dtype=np.int64)
    for first, last in zip(held.first, held.last, strict=True):
        total += _days(np.minimum(last[owner], until) - np.maximum(first[owner] - ONE_DAY, after))
    return total


def reached(held: Turns, owner: Places, due: Dates, days: int) -> Dates:
    """Return the day on which a number of days after the due date have been counted, without holidays."""
    day = due + days * ONE_DAY
    for first, last in zip(held.first, held.last, strict=True):
        begins: Dates = np.maximum(first[owner], due + ONE_DAY)
        day = day + np.where(begins <= day, _days(last[owner] - begins + ONE_DAY), 0) * ONE_DAY
    return day


def _days(spans: NDArray[np.timedelta64]) -> Places:
    """Return the days of each span; 0 for a negative or missing one."""
    found: Places = np.where(np.isnat(spans), 0, np.maximum(spans.astype(np.int64), 0))
    return found


def _refuse(name: str, days: Dates, wrong: NDArray[np.bool_], order: Places, accepted: str) -> None:
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise Impossible(field=name, value=str(days[place]), accepted=accepted, place=int(order[place]))
