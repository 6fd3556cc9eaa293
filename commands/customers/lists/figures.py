"""Bounds of figures as filters of the book: their values for the query, and their words for headings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from commands.customers.lists.shape import ListArgs
from commands.kit.contract import Refused, Request
from commands.kit.i18n import Text, _
from commands.kit.input import bounds
from commands.kit.input.bounds import Bounds, Unit
from commands.kit.wording import words
from storage.customers import currencies
from storage.customers.customer_list import Between
from storage.database import Tx

# the figures of the book that can be bounded: their unit and their name in a heading
FIGURES: dict[str, tuple[Unit, Text]] = {
    "exposure": (Unit.AMOUNT, _("exposure")),
    "el": (Unit.AMOUNT, _("expected loss")),
    "pd": (Unit.PERCENT, _("PD")),
    "dpd": (Unit.DAYS, _("days past due")),
}


def wanted(args: ListArgs, request: Request, tx: Tx) -> dict[str, Between]:
    """Return the bounds of a list by the names of its filters, with amounts in the reporting currency.

    Raises:
        Refused: no usable rate for the currency of a bound.
    """
    names = {"exposure": "exposure", "el": "expected_loss", "pd": "pd", "dpd": "days_past_due"}
    typed = {name: value for name in names if (value := getattr(args, name)) is not None}
    return {names[name]: _between(name, value, request, tx) for name, value in typed.items()}


def _between(name: str, typed: str, request: Request, tx: Tx) -> Between:
    found = _read(name, typed)
    factor = _factor(name, found, request, tx)
    least, most = (None if end is None else end * factor for end in (found.least, found.most))
    return Between(least, most, above=found.above, below=found.below)


def _read(name: str, typed: str) -> Bounds:
    found = bounds.parse(typed, FIGURES[name][0])
    assert found is not None, "the arguments have been checked"
    return found


def _factor(name: str, found: Bounds, request: Request, tx: Tx) -> Decimal:
    """Return the rate of a bound's currency into the reporting currency, which is that of a bound without one."""
    policy = request.policy.scoring
    if found.currency in (None, policy.currency):
        return Decimal(1)
    assert found.currency is not None, "only amounts have a currency"
    rates = currencies.rates(tx, [found.currency], policy.currency, as_of=request.day_of_figures, max_age_days=policy.rate_max_age_days)
    if found.currency not in rates:
        sentence = _("There is no usable rate of {currency}: give the amount in {reporting}.")
        raise Refused(sentence.format(currency=found.currency, reporting=policy.currency), field=name)
    return Decimal(repr(rates[found.currency].factor))


def phrase(name: str, typed: str, currency: str) -> str:
    """Return ``exposure above EUR 50 m`` for the bounds of a figure; ``currency`` is that of amounts without one."""
    unit, figure = FIGURES[name]
    found = _read(name, typed)

    def said(value: Decimal) -> str:
        if unit is Unit.AMOUNT:
            return words.money(value, found.currency or currency)
        return words.share(float(value)) if unit is Unit.PERCENT else words.count(int(value))

    facts: dict[str, Any] = {"figure": figure}
    if found.least is not None and found.most is not None:
        return str(_("{figure} {least} to {most}").format(least=said(found.least), most=said(found.most), **facts))
    if found.least is not None:
        sentence = _("{figure} above {value}") if found.above else _("{figure} from {value}")
        return str(sentence.format(value=said(found.least), **facts))
    assert found.most is not None, "bounds have an end"
    sentence = _("{figure} below {value}") if found.below else _("{figure} up to {value}")
    return str(sentence.format(value=said(found.most), **facts))
