"""Exchange rates between currencies, from dated quotes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote: on a date one unit of ``currency`` cost ``rate`` units of ``base``; ``id`` names the fact."""

    currency: str
    base: str
    as_of: date
    rate: float
    id: int = 0


@dataclass(frozen=True, slots=True)
class Conversion:
    """The rate of one unit, ``factor``; ``as_of`` is its oldest quote's date, None for the currency itself."""

    factor: float
    as_of: date | None = None
    quotes: tuple[int, ...] = ()


def conversions(quotes: Iterable[Quote], currencies: Collection[str], into: str) -> dict[str, Conversion]:
    """Return the rates of these currencies into another; one without a path is left out, never taken as 1.

    A direct quote comes before an inverted one, and both before a path through a third currency; of several paths of one length the
    one with the newest quotes counts.

    Args:
        quotes: the usable quotes; of several for one pair the newest counts.
    """
    legs = _legs(quotes)
    found = {currency: way for currency in currencies if (way := _way(legs, currency, into))}
    return found | ({into: Conversion(1.0)} if into in currencies else {})


def _legs(quotes: Iterable[Quote]) -> dict[str, dict[str, Conversion]]:
    """Return each currency's quotes against every other, direct or inverted."""
    legs: dict[str, dict[str, Conversion]] = {}
    newest = {(quote.currency, quote.base): quote for quote in sorted(quotes, key=lambda quote: quote.as_of)}
    for quote in newest.values():
        backwards = Conversion(1 / quote.rate, quote.as_of, (quote.id,))
        legs.setdefault(quote.base, {}).setdefault(quote.currency, backwards)
    for quote in newest.values():
        legs.setdefault(quote.currency, {})[quote.base] = Conversion(quote.rate, quote.as_of, (quote.id,))
    return legs


def _way(legs: dict[str, dict[str, Conversion]], currency: str, into: str) -> Conversion | None:
    out = legs.get(currency, {})
    if into in out:
        return out[into]
    through = [_joined(first, legs[middle][into]) for middle, first in sorted(out.items()) if into in legs.get(middle, {})]
    return max(through, key=lambda way: way.as_of or date.min, default=None)


def _joined(first: Conversion, second: Conversion) -> Conversion:
    assert first.as_of is not None, "a leg has a quote"
    assert second.as_of is not None, "a leg has a quote"
    return Conversion(first.factor * second.factor, min(first.as_of, second.as_of), first.quotes + second.quotes)
