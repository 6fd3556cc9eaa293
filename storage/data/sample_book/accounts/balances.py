"""Balance sheets of sample borrowers at a quarter's end, in whole units of the file."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp

from storage.data.sample_book.accounts.ratios import debt_ratio, healthy
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.chance import years_since_2026
from storage.data.sample_book.rates import IN_EURO
from storage.data.sample_book.world import World

# the word in the file, and the number of currency units that it means
UNITS = {"": 1, "thousands": 1_000, "万元": 10_000, "millions": 1_000_000}
_IN_MILLIONS = {"JPY", "KRW", "HUF"}


def unit(each: Borrower) -> str:
    """Return the unit of this borrower's reports."""
    if each.currency in _IN_MILLIONS:
        return "millions"
    if each.currency == "CNY":
        return "万元"
    return "" if each.size < 120 else "thousands"


def debt(world: World, each: Borrower) -> float:
    """Return this borrower's usual bank debt, in units of its currency."""
    return 0.6 * healthy(world, each, "debt_ratio") * each.size * 1e6 / IN_EURO[each.currency]


def _shape(world: World, each: Borrower, back: int, day: date) -> tuple[int, int]:
    """Return total assets and equity at a quarter's end."""
    growth, wave = world.between(-0.01, 0.06, each.id, "growth"), world.wave(each.id, "size")
    whole = each.size * 1e6 / IN_EURO[each.currency] / UNITS[unit(each)]
    assets = round(whole * exp(growth * years_since_2026(day) + 0.012 * wave(day)))
    return assets, assets - round(assets * debt_ratio(world, each, back, day))


def equity_lost(world: World, each: Borrower, back: int, day: date) -> int:
    """Return the fall in equity since the previous quarter."""
    return _shape(world, each, back + 1, _before(day))[1] - _shape(world, each, back, day)[1]


def _before(day: date) -> date:
    """Return the end of the previous quarter."""
    first = date(day.year, day.month - 2, 1)
    return first - timedelta(days=1)


def balance(world: World, each: Borrower, back: int, day: date, current_ratio: float) -> dict[str, int]:
    """Return the lines of the balance sheet, by column."""
    assets, equity = _shape(world, each, back, day)
    owed, stress = assets - equity, world.stress(each, back)
    soon = round(min(assets * (0.06 if each.project else 0.23 if each.maker else 0.16), 0.8 * owed))
    current = round(soon * current_ratio)
    loans = round(soon * 0.4)
    paid_in = round(each.size * 1e6 / IN_EURO[each.currency] / UNITS[unit(each)] * (1 - healthy(world, each, "debt_ratio")) * 0.45)
    return {
        "total_assets": assets,
        "current_assets": current,
        "cash": round(current * 0.24 / (1 + 0.5 * stress)),
        "receivables": round(current * 0.38),
        "inventory": round(current * (0.3 if each.maker else 0.04)),
        "total_liabilities": owed,
        "current_liabilities": soon,
        "short_term_debt": loans,
        "long_term_debt": round((owed - soon) * 0.85),
        "equity": equity,
        "retained_earnings": equity - paid_in,
    }
