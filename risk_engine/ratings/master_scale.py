"""Master scales: letters and house grades to PDs and back, and the notches between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.categorical import Coded
from risk_engine.checks import Impossible
from risk_engine.credit import Floats
from risk_engine.policy.scoring_policy import MasterScale

Places = NDArray[np.int32]

NONE = -1


@dataclass(frozen=True, slots=True)
class Ladder:
    """A master scale from best to worst: its letters, their one-year PDs, and the notch of each, from 0."""

    letters: tuple[str, ...]
    pd: Floats
    notch: Floats


@dataclass(frozen=True, slots=True)
class Fits:
    """The range of letters that fit a PD, as places on the ladder from ``best`` to ``worst``; -1 for none."""

    best: Places
    worst: Places


def canonical(letter: str) -> str:
    """Return a letter as in the tables: upper case, without surrounding blanks, and with a hyphen for a minus sign."""
    return letter.strip().upper().replace("−", "-")


def ladder(table: MasterScale) -> Ladder:
    """Return the table's letters in order; letters with one PD above 0 share a notch.

    S&P publishes one figure for CCC+ to C: they are one bucket, and so are the letters of default. A published 0 is not shared, as
    it only means that there has been no default yet.

    Raises:
        Impossible: a PD is below that of a better letter, or a letter occurs twice.
    """
    letters, pd = tuple(canonical(letter) for letter in table.pd), np.array(list(table.pd.values()), dtype=np.float64)
    for place in range(1, len(letters)):
        if letters[place] in letters[:place]:
            raise Impossible(field="letter", value=letters[place], accepted="each letter once", place=place)
        if pd[place] < pd[place - 1]:
            raise Impossible(field="pd", value=float(pd[place]), accepted=f"{pd[place - 1]} or more", place=place)
    steps = (np.diff(pd) > 0) | (pd[1:] == 0)
    return Ladder(letters, pd, np.concatenate([[0.0], np.cumsum(steps, dtype=np.float64)]))


def ladders(tables: Iterable[MasterScale]) -> dict[tuple[str, str], Ladder]:
    """Return the ladder by (agency in lower case, scale): AA differs between agencies and between scales.

    Raises:
        Impossible: two tables serve one agency and scale.
    """
    found: dict[tuple[str, str], Ladder] = {}
    for table in tables:
        made = ladder(table)
        for agency in table.agencies:
            key = agency.casefold(), table.scale
            if key in found:
                raise Impossible(field="master_scale", value=key, accepted="one table for each agency and scale")
            found[key] = made
    return found


def places(scale: Ladder, letters: Coded) -> Places:
    """Return each letter's place on the ladder; -1 if it is missing or not on the ladder."""
    return Coded(letters.codes, tuple(canonical(name) for name in letters.names)).among(scale.letters)


def pd_at(scale: Ladder, at: Places) -> Floats:
    """Return the one-year PD of the letter at each place; NaN at -1."""
    return np.append(scale.pd, np.nan)[at]


def fitting(scale: Ladder, pd: ArrayLike, *, floor: float) -> Fits:
    """Return the letters whose interval contains each PD; neighbours meet at the geometric mean of their PDs.

    PDs below the floor count as the floor, the letters' as well: a floored PD does not tell the letters below the floor
    apart. A PD on a border gets the worse of the two. Default is an event and no estimate: only a PD of 1 fits its letters.

    Args:
        pd: shares; NaN fits none.
        floor: above 0, because there is no geometric mean with 0.

    Raises:
        Impossible: a PD outside 0 to 1, or a floor that is not above 0 and below 1.
    """
    if not 0 < floor < 1:
        raise Impossible(field="floor", value=floor, accepted="above 0 and below 1")
    wanted = np.maximum(checks.share("pd", pd), floor)
    steps, first = np.unique(np.maximum(scale.pd, floor), return_index=True)
    last = np.append(first[1:], len(scale.pd)) - 1
    band = np.searchsorted(_borders(steps), wanted, side="right")
    known = ~np.isnan(wanted) & (band < len(steps))
    band = np.where(known, band, 0)
    return Fits(np.where(known, first[band], NONE).astype(np.int32), np.where(known, last[band], NONE).astype(np.int32))


def _borders(steps: Floats) -> Floats:
    """Return the PD at which each next step begins; 1 for default, even if the ladder has no letters for it."""
    alive = steps[steps < 1.0]
    return np.append(np.sqrt(alive[:-1] * alive[1:]), 1.0)


def notches(scale: Ladder, before: Places, after: Places) -> Floats:
    """Return the notches lost from one letter to the other, negative for a gain; NaN where one is on no ladder."""
    notch = np.append(scale.notch, np.nan)
    fall: Floats = notch[after] - notch[before]
    return fall
