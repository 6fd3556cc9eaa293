"""Exchange rates of the sample book: one unit in euro, at month-ends of three years and on recent business days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import exp

from storage.data.sample_book.accounts.periods import period_ends
from storage.data.sample_book.chance import years_since_2026
from storage.data.sample_book.world import World

COLUMNS = ("currency", "base", "as_of", "rate", "source")
BASE = "EUR"
# the approximate value of one unit at the beginning of 2026; the paths from there are invented
IN_EURO: dict[str, float] = {
    "EUR": 1.0, "USD": 0.86, "GBP": 1.15, "CHF": 1.07, "NOK": 0.085, "SEK": 0.091, "DKK": 0.134, "CZK": 0.041, "PLN": 0.235,
    "HUF": 0.0026, "RON": 0.197, "TRY": 0.020, "CNY": 0.121, "HKD": 0.110, "JPY": 0.0055, "KRW": 0.00059, "INR": 0.0096,
    "SGD": 0.66, "BRL": 0.158, "MXN": 0.047, "CAD": 0.62, "AUD": 0.57, "ZAR": 0.050,
}  # fmt: skip
# the size of a swing, if not the usual 3 %, and the yearly depreciation
_SWING = {"DKK": 0.001, "TRY": 0.05, "BRL": 0.05, "ZAR": 0.05, "MXN": 0.04}
_USUAL_SWING = 0.03
_LOSS = {"TRY": 0.24, "BRL": 0.03, "ZAR": 0.02}
_MONTHS, _DAYS = 36, 45


def rows(world: World) -> Iterator[list[object]]:
    """Yield the lines of the file, currency by currency, oldest first."""
    days = sorted({*period_ends(world.known - timedelta(days=1), 1, _MONTHS), *_business_days(world.known)})
    for currency in IN_EURO:
        if currency == BASE:
            continue
        path = world.wave("rate", currency)
        for day in days:
            quick = world.between(-0.08, 0.08, "rate", currency, day)
            swing = _SWING.get(currency, _USUAL_SWING) * (path(day) + quick)
            rate = IN_EURO[currency] * exp(swing - _LOSS.get(currency, 0.0) * years_since_2026(day))
            yield [currency, BASE, day, f"{rate:.6g}", "sample fixing"]


def _business_days(known: date) -> list[date]:
    days = [known - timedelta(days=back) for back in range(1, _DAYS)]
    return [day for day in days if day.isoweekday() <= 5]
