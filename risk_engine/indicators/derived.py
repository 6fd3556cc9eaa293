"""Derived indicators: a table of those computed from statements, the bank's own ledger and scores.

An indicator is a :class:`~risk_engine.measure.Measure` over the columns of its basis: add one to its table, and every
screen, alert, KRI and score knows it. Reported indicators are any other name in the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import numpy as np

from risk_engine.conduct.conduct import CONDUCT as CONDUCT
from risk_engine.conduct.conduct import LIMITS as LIMITS
from risk_engine.facts.facts import Floats
from risk_engine.facts.reported_names import called as called
from risk_engine.facts.reported_names import spellings as spellings
from risk_engine.facts.statements import IDENTITIES
from risk_engine.financials import altman
from risk_engine.financials.ratios import RATIOS
from risk_engine.measure import Measure, divided, table


class Basis(StrEnum):
    """The facts from which a derived indicator is computed."""

    STATEMENTS = "statements"
    LEDGER = "ledger"
    PRICES = "prices"
    CONDUCT = "conduct"
    SCORE = "score"


def utilisation(outstanding: Floats, limit: Floats, revolving: Floats, reported: Floats) -> Floats:
    """Return drawn / limit over all facilities of a customer with a revolving one, or of whom it is reported.

    NaN for other customers: a loan that is drawn once and repaid is always near its limit. If somebody reports it all the same, a
    newer ledger counts before an older report.
    """
    return np.where((revolving > 0) | (reported > 0), divided(outstanding, limit), np.nan)


def change(now: Floats, before: Floats) -> Floats:
    """Return (now − before) / before; NaN where the earlier price is missing or not above 0."""
    return divided(now - before, before)


# of a customer's facilities together: the worst days past due (by the ledger, or by schedule and payments), amounts in one currency
LEDGER = table(
    (
        Measure("days_past_due", "days", ("days_past_due",), lambda days: days, "low", "the worst facility"),
        Measure(
            "utilisation",
            "percent",
            ("outstanding", "limit", "revolving", "reported"),
            utilisation,
            "low",
            "drawn / limit over all facilities",
        ),
    )
)
# of a reported price: its name, and the same with ``.before`` for the price of three months before
PRICES = table(
    (
        Measure("share_price_change", "percent", ("share_price", "share_price.before"), change, "high", "three months' change"),
        Measure("input_costs_change", "percent", ("input_costs", "input_costs.before"), change, "low", "three months' change"),
    )
)
STATEMENTS: Mapping[str, Measure] = RATIOS | altman.PARTS

# figures of a score, computed from all facts of a customer
OFFERED = frozenset(
    {
        *("z", "z_prime", "z_double_prime", "altman_score", "ohlson", "ohlson_probability", "zmijewski", "zmijewski_probability"),
        *("pd", "lgd", "ead", "exposure", "expected_loss", "ecl", "rwa", "rwa_standard", "stage", "category", "secured_share"),
        *("inflow_cover", "average_days_late"),
        *("due_12_months", "repayment_cover", "repayment_gap", "repayment_shortfall", "bullet_share"),
        *("llcr", "plcr", "dscr_minimum", "floating_share", "foreign_share", "incident_score", "points", "confidence"),
    }
)
# further figures that a score knows before its card, most of them shown on the customer's screen
BEFORE_CARD = frozenset(
    {
        *("altman_model", "altman_zone", "commodity_share", "defaulted_share", "overdue_amount", "refinancing", "repayment_source"),
        *(f"{name}{changed}" for name in ("dscr", "interest_coverage") for changed in (".", "_change.")),
    }
)


COMPUTED = frozenset({*STATEMENTS, *LEDGER, *PRICES, *CONDUCT, *LIMITS, *OFFERED, *BEFORE_CARD})


def computed(measure: str) -> bool:
    """Return True if a score computes a figure of this name; one of a market move has the move's name after a dot."""
    name, dot, _move = measure.partition(".")
    return name + dot in COMPUTED


def basis(indicator: str) -> Basis | None:
    """Return the facts from which an indicator is derived; None for one that is only reported."""
    name = called(indicator)
    if name in STATEMENTS:
        return Basis.STATEMENTS
    if name in LEDGER or name in LIMITS:
        return Basis.LEDGER
    if name in CONDUCT:
        return Basis.CONDUCT
    if name in PRICES:
        return Basis.PRICES
    return Basis.SCORE if name in OFFERED else None


def prices_needed(indicators: Iterable[str]) -> tuple[str, ...]:
    """Return the reported prices of which these indicators are made."""
    return tuple(dict.fromkeys(PRICES[name].inputs[0] for name in indicators if name in PRICES))


def lines_needed(indicators: Iterable[str]) -> frozenset[str]:
    """Return the statement lines that indicators need, with those from which a missing one can be computed."""
    lines = {line for name in indicators if called(name) in STATEMENTS for line in STATEMENTS[called(name)].inputs}
    implied = {line for identity in IDENTITIES if lines & set(identity) for line in identity}
    return frozenset(lines | implied)
