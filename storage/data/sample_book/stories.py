"""Stories of sample borrowers: stress by period, 0 healthy, 1 just short of amber, 2 amber, 3 red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Story:
    """The last stresses of a story, newest last; earlier periods are healthy.

    Trouble shows in one ratio: debt service cover, or for manufacturers working capital, unless ``service``.
    ``debt`` reaches the balance sheet, ``drawn`` the credit lines (by month), ``late`` are days past due by month.
    ``silent`` quarters are missing at the end. ``before`` was reported first and corrected later, within the last weeks.
    """

    stress: tuple[float, ...] = ()
    debt: tuple[float, ...] = ()
    drawn: tuple[float, ...] = ()
    late: tuple[int, ...] = ()
    silent: int = 0
    service: bool = False
    before: tuple[float, ...] = ()


_SLIDE = Story((0.3, 0.6, 1, 2, 2.4, 3), debt=(0.4, 0.8, 1, 1.2, 2), drawn=(1, 1, 2))
STORIES = {
    "steady": Story(),
    "slide": _SLIDE,
    "slip": Story((0.3, 0.6, 1, 1, 2)),
    "recovery": Story((0.5, 2, 3, 3, 2, 0.6, 0.3)),
    # a false alarm: one bad report long ago
    "dip": Story((2, 0.3, 0, 0)),
    # another: always near the threshold, or with a name like that of a customer in trouble
    "lookalike": Story((1,) * 12),
    # the ratios are fine, the payments are not
    "late": Story(late=(0, 0, 4, 12, 18, 34)),
    # amber, and nothing for three quarters
    "stale": Story((2,), silent=3),
    # an older year looked better than it was, until the audit
    "restated": Story((2, 0.6, 0.6, 0.6), before=(0.6, 0.6, 0.6, 0.6)),
    # one sector moves together; how far depends on the borrower (see SHARES)
    "shock": Story((0, 1, 2.1, 3), service=True),
    # the parent falls, its subsidiaries follow two quarters later
    "contagion parent": Story((0.5, 1, 2, 2.4, 3, 3), debt=(0.6, 1, 1, 2), drawn=(1, 1, 2, 2), service=True),
    "contagion": Story((0.5, 1, 2), drawn=(1, 1), service=True),
    # a competitor undercuts the price first, the cover follows
    "competitor": Story((0.2, 0.5, 1, 1, 2), service=True),
    # income in one currency, debt in another
    "mismatch": Story((0.4, 0.8, 1, 2, 2.4, 3), service=True),
    # every quarter's end looks fine, the months between do not (see dressed)
    "dressing": Story(),
}
# the share of the story that applies to a borrower, by its turn
SHARES = {"shock": (1, 0.7, 0.5, 0.68, 0.75, 0.5), "mismatch": (1, 0.35, 0.7), "competitor": (1, 0.45, 1)}
# the restated quarter, counted back from the newest, and the days since its restatement, by the borrower's turn
CORRECTED_QUARTER = 3
CORRECTED = (timedelta(days=5), timedelta(days=30), timedelta(days=60))


def at(path: Sequence[float], back: int) -> float:
    """Return the stress a number of periods before the newest."""
    return path[-1 - back] if back < len(path) else 0.0


def share(story: str, turn: int) -> float:
    """Return the share of its story that applies to a borrower."""
    shares = SHARES.get(story)
    return shares[turn % len(shares)] if shares else 1.0
