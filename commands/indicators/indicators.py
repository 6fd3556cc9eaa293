"""A customer's watched indicators, reported or derived, as they stand on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from risk_engine.indicators import derived, series
from risk_engine.indicators.derived import Basis
from risk_engine.indicators.monitoring import Colour, Levels, threshold_crossed
from risk_engine.indicators.series import Points
from risk_engine.indicators.settling import Origin
from risk_engine.policy.policy import Kri, Policy
from storage.customers.customers import Customer
from storage.database import Tx
from storage.indicators import values
from storage.scoring.score_facts.asked import Asked


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an indicator with its date, where it comes from, and the day after which it is stale.

    It is None where the newest statement or ledger gives none, and nobody has reported one.
    """

    value: float | None
    as_of: date
    source: str
    good_until: date


@dataclass(frozen=True, slots=True)
class IndicatorState:
    """One indicator of one customer: its colour, the value that counts, whether that is old, and the one before.

    ``previous`` is None without a value before, and where that is of another kind, so that their difference would be no change.
    """

    kri: Kri
    colour: Colour
    newest: Value
    previous: Value | None
    threshold: float | None
    stale: bool
    # those that could be computed and are of the newest one's kind, oldest first, and the colour after each
    readings: Sequence[Value]
    colours: Sequence[Colour]
    # the number of values of the other kind, which would draw jumps that never happened
    left_out: int = 0


def concerns(kri: Kri, customer: Customer) -> bool:
    """Return True if the policy watches this indicator for this customer."""
    return (kri.customer is None or kri.customer == customer.id) and (kri.sector is None or kri.sector == customer.sector)


def watches(kri: Kri, customer: Customer, reported: bool) -> bool:
    """Return True if a customer's value is judged: a reported one always, a derived one of the kinds of customers that owe it.

    A manufacturer's debt service cover, say, can be computed, but says little while its short-term loans are rolled over.
    """
    owed = not kri.expected_of or customer.kind is None or customer.kind in kri.expected_of
    return concerns(kri, customer) and (reported or owed)


def standings(tx: Tx, policy: Policy, customer: Customer, *, today: date, at: datetime | None = None) -> list[IndicatorState]:
    """Return every watched indicator that has or had a value, the worst first; ``at`` is the moment whose knowledge counts."""
    watched = [kri for kri in policy.kri if concerns(kri, customer)]
    found = values.settled(tx, policy, {kri.indicator for kri in watched}, Asked.of([customer.id]), as_of=today, at=at)
    told = {name: bool(series.anything_reported(points, 1)[0]) for name, points in found.items()}
    judged = [kri for kri in watched if watches(kri, customer, told[kri.indicator])]
    known = [kri for kri in judged if not np.isnan(found[kri.indicator].values).all()]
    shades = series.colours_of(known, [found[kri.indicator] for kri in known])
    states = [_state(kri, found[kri.indicator], colours, today) for kri, colours in zip(known, shades, strict=True)]
    return sorted(states, key=lambda state: (-state.colour, state.kri.name))


def _state(kri: Kri, points: Points, colours: Levels, today: date) -> IndicatorState:
    shades = [Colour(shade) for shade in colours.tolist()]
    told = _values(kri, points)
    newest, seen = told[-1], [place for place, one in enumerate(told) if one.value is not None]
    before = [place for place in seen if place < len(told) - 1]
    drawn = [place for place in seen if _alike(kri, points, place)]
    colour = shades[-1] if newest.value is not None else Colour.NONE
    return IndicatorState(
        kri=kri,
        colour=colour,
        newest=newest,
        previous=told[before[-1]] if before and _alike(kri, points, before[-1]) else None,
        threshold=threshold_crossed(kri, newest.value, colour) if newest.value is not None else None,
        stale=newest.good_until < today,
        readings=[told[place] for place in drawn],
        colours=[shades[place] for place in drawn],
        left_out=len(seen) - len(drawn),
    )


def _alike(kri: Kri, points: Points, place: int) -> bool:
    """Return True if a value may be compared with the newest one: a report about the ledger is not the ledger's own count."""
    reported = points.origins == Origin.REPORTED
    return derived.basis(kri.indicator) is not Basis.LEDGER or bool(reported[place] == reported[-1])


def _values(kri: Kri, points: Points) -> list[Value]:
    days, good = points.days.tolist(), series.stale_after(kri, points).tolist()
    rows = zip(points.values.tolist(), days, points.sources.texts().tolist(), good, strict=True)
    return [Value(None if np.isnan(value) else value, day, source, day + timedelta(days=lasts)) for value, day, source, lasts in rows]
