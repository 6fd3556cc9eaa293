"""Market prices in the sample book: shares of listed borrowers, and input costs of sectors."""

from __future__ import annotations

from datetime import date
from math import exp, sqrt

from storage.data.sample_book.accounts.ratios import healthy
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.chance import years_since_2026
from storage.data.sample_book.rates import IN_EURO
from storage.data.sample_book.stories import at
from storage.data.sample_book.world import World

# the sector hit by a shock, with its cost multipliers by month up to the newest
SHOCKED = "Chemicals"
_SHOCK = (1.02, 1.06, 1.15, 1.24, 1.31, 1.36, 1.40, 1.42, 1.41)


def share_price(world: World, each: Borrower, day: date) -> float:
    """Return the price of a share; it falls before the ratios do."""
    drift, path = world.between(-0.04, 0.08, each.id, "drift"), world.wave(each.id, "price")
    back = sum(day < quarter for quarter in world.quarters)
    story = world.story(each)
    fear = 0.22 * max(at(story.stress, max(back - 1, 0)), at(story.debt, back))
    return _usual_price(world, each) * exp(drift * years_since_2026(day) + 0.09 * path(day)) * (1 - fear)


def shares(world: World, each: Borrower) -> int:
    """Return the number of shares: in good times the market value is somewhat above book value."""
    book = each.size * 1e6 / IN_EURO[each.currency] * (1 - healthy(world, each, "debt_ratio"))
    return round(book * world.between(0.9, 1.9, each.id, "shares") / _usual_price(world, each))


def _usual_price(world: World, each: Borrower) -> float:
    # a share costs more units of a small currency, but not in full proportion
    return world.between(8, 90, each.id, "price") / sqrt(IN_EURO[each.currency])


def input_costs(world: World, sector: str, back: int, day: date) -> float:
    """Return a sector's costs of energy and material, 1 at the beginning of 2026; they move together."""
    shock = _SHOCK[-1 - back] if sector == SHOCKED and back < len(_SHOCK) else 1.0
    return shock * exp(0.02 * years_since_2026(day) + 0.03 * world.wave("costs", sector)(day))
