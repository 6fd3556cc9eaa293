"""Ratings in the sample book: the bank's own for almost everybody, two invented agencies' for some."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from storage.data.sample_book.accounts.periods import turns
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.world import World

COLUMNS = ("customer", "rating", "as_of", "agency", "scale", "outlook")
# both agencies are invented
GLOBAL_AGENCY, DOMESTIC_AGENCY = "Meridian Ratings", "澜衡资信"
LETTERS = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
    *("BB+", "BB", "BB-", "B+", "B", "B-", "CCC"),
)
_DOMESTIC = ("AAA", "AAA", "AAA", "AAA", "AAA", "AA+", "AA+", "AA+", "AA", "AA", "AA", "AA-", "AA-", "A+", "A", "A-", "BBB")
_REVIEW = 364
# notches below good times a year ago and now, and the present outlook
_FALLEN = {
    "slide": (2, 6, "negative"),
    "slip": (0, 4, "negative"),
    "late": (0, 5, "negative"),
    "recovery": (7, 2, "positive"),
    "contagion parent": (1, 6, "negative"),
    "contagion": (0, 3, "negative"),
    "shock": (0, 3, "negative"),
    "mismatch": (1, 4, "negative"),
    "competitor": (0, 3, "negative"),
    "restated": (0, 2, "stable"),
}


def rows(world: World, each: Borrower) -> Iterator[list[object]]:
    """Yield this borrower's ratings, oldest first within an agency."""
    if each.rating:
        yield from ([each.id, letter, day, "internal", "internal", outlook] for letter, day, outlook in _internal(world, each))
        yield from _agencies(world, each)


def _internal(world: World, each: Borrower) -> Iterator[tuple[str, date, str]]:
    """Yield the yearly reviews on the borrower's own day; in trouble another one with the newest quarter."""
    fallen = _FALLEN.get(each.story)
    if each.story == "stale":
        yield each.rating, world.quarters[-5], "stable"
    elif fallen is None:
        yield from ((lower(each.rating, moved), day, "stable") for day, moved in _reviews(world, each, "internal"))
    else:
        before, now, outlook = fallen
        yield lower(each.rating, before), world.quarters[-5], "stable"
        if any(back == 0 for back, _day in world.reported_quarters(each)):
            yield lower(each.rating, now), world.quarters[-1], outlook


def _reviews(world: World, each: Borrower, agency: str) -> Iterator[tuple[date, int]]:
    """Yield the yearly reviews of three years, each with its change in notches."""
    phase = world.chance(each.id, agency, "review").randrange(_REVIEW)
    for day in turns(world.known, every=_REVIEW, phase=phase, days=3 * _REVIEW):
        yield day, world.chance(each.id, agency, day).choice((0, 0, 0, 0, 0, -1, 1))


def _agencies(world: World, each: Borrower) -> Iterator[list[object]]:
    """Yield agencies' ratings from yearly reviews; they reflect trouble only in part."""
    fallen = _FALLEN.get(each.story, (0, 0, "stable"))
    own = world.chance(each.id, "agencies")
    rated = (
        (GLOBAL_AGENCY, "global", each.listed or (each.size >= 700 and own.random() < 0.6)),
        (DOMESTIC_AGENCY, "domestic", each.currency == "CNY" and not each.project),
    )
    for agency, scale, has in rated:
        if not has:
            continue
        for day, moved in _reviews(world, each, agency):
            notches = moved + (fallen[1] // 2 if world.known - day < timedelta(days=180) and day > world.quarters[-4] else 0)
            letter = lower(each.rating, notches)
            shown = letter if scale == "global" else _DOMESTIC[LETTERS.index(letter)]
            yield [each.id, shown, day, agency, scale, fallen[2] if notches > 1 else "stable"]


def lower(letter: str, notches: int) -> str:
    """Return the letter a number of notches down, at most to the last."""
    return LETTERS[min(max(LETTERS.index(letter) + notches, 0), len(LETTERS) - 1)]
