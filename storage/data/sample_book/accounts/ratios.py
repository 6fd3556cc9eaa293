"""Watched ratios of sample borrowers: healthy values, and values under stress against the packaged policy."""

from __future__ import annotations

from datetime import date
from functools import cache

from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.chance import between
from storage.data.sample_book.stories import at
from storage.data.sample_book.world import World

# by indicator: the healthy range, then just short of amber, amber, red
_HEALTHY = {
    "dscr": (1.38, 1.90),
    "interest_coverage": (3.2, 8.5),
    "current_ratio": (1.25, 2.10),
    "debt_ratio": (0.40, 0.68),
    "utilisation": (0.30, 0.68),
}
_LEVELS = {
    "dscr": (1.24, 1.14, 0.96),
    "interest_coverage": (2.1, 1.6, 0.9),
    "current_ratio": (1.04, 0.86, 0.58),
    "debt_ratio": (0.775, 0.86, 0.97),
    "utilisation": (0.83, 0.89, 0.98),
}
_SEASONED = {"Food", "Retail", "Agriculture", "Hospitality", "Textiles"}
# utilisation of window dressers at the quarter's end, and in the months between
_DRESSED, _UNDRESSED = 0.42, 0.83


def under_stress(indicator: str, healthy: float, stress: float) -> float:
    """Return a ratio between its levels: 0 healthy, 1 just short of amber, 2 amber, 3 red."""
    levels = (healthy, *_LEVELS[indicator])
    below = min(int(stress), 2)
    return levels[below] + (levels[below + 1] - levels[below]) * (stress - below)


def quarterly(world: World, each: Borrower, back: int, day: date) -> dict[str, float]:
    """Return this borrower's four ratios at a quarter's end."""
    stress = world.stress(each, back)
    # trouble in one ratio affects the others, short of amber
    felt = dict.fromkeys(("dscr", "interest_coverage", "current_ratio"), min(0.4 * stress, 0.9)) | {world.strained(each): stress}
    ratios = {indicator: _figure(world, each, indicator, day, much) for indicator, much in felt.items()}
    return ratios | {"debt_ratio": debt_ratio(world, each, back, day)}


def debt_ratio(world: World, each: Borrower, back: int, day: date) -> float:
    """Return this borrower's debt ratio at a quarter's end."""
    return _figure(world, each, "debt_ratio", day, at(world.story(each).debt, back))


def drawn(world: World, each: Borrower, back: int, day: date) -> float:
    """Return the drawn share of the limits at a month's end."""
    if each.story == "dressing":
        level = _DRESSED if day.month % 3 == 0 else _UNDRESSED
        return round(level * (1 + world.between(-0.008, 0.008, each.id, "dressed", day)), 4)
    return round(_figure(world, each, "utilisation", day, at(world.story(each).drawn, back)), 4)


def healthy(world: World, each: Borrower, indicator: str) -> float:
    """Return the usual value for this borrower."""
    return _usual(world.seed, each.id, indicator)


@cache
def _usual(seed: int, borrower: str, indicator: str) -> float:
    low, high = _HEALTHY[indicator]
    return between(low, high, seed, borrower, "healthy", indicator)


def _figure(world: World, each: Borrower, indicator: str, day: date, stress: float) -> float:
    """Return a figure near its level; under stress the noise is too small to cross a threshold."""
    season = 0.03 if each.sector in _SEASONED and day.month in {6, 9} and not stress else 0.0
    reach = 0.008 if stress or indicator == "debt_ratio" else 0.03
    noise = world.between(-reach, reach, each.id, indicator, day) - season
    return under_stress(indicator, healthy(world, each, indicator), stress) * (1 + noise)
