"""A customer's indicators, as they stand on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import numpy as np

from risk_engine.indicators.monitoring import Colour, colours, threshold_crossed
from risk_engine.policy.policy import Kri, Policy
from storage.customers.customers import Customer, Observed


@dataclass(frozen=True, slots=True)
class IndicatorState:
    """One indicator of one customer: its colour, the newest reading, whether that is old, and the one before."""

    kri: Kri
    colour: Colour
    newest: Observed
    previous: Observed | None
    threshold: float | None
    stale: bool
    # oldest first, the newest included
    readings: Sequence[Observed]


def concerns(kri: Kri, customer: Customer) -> bool:
    """Whether the policy watches this indicator for this customer."""
    return (kri.customer is None or kri.customer == customer.id) and (kri.sector is None or kri.sector == customer.sector)


def standings(policy: Policy, customer: Customer, observed: Iterable[Observed], *, today: date) -> list[IndicatorState]:
    """Every watched indicator that has a reading, the worst first."""
    series = {indicator: one_a_day(found) for indicator, found in groupby(observed, key=lambda reading: reading.indicator)}
    found = [_standing(kri, series[kri.indicator], today) for kri in policy.kri if concerns(kri, customer) and series.get(kri.indicator)]
    return sorted(found, key=lambda standing: (-standing.colour, standing.kri.name))


def one_a_day(observed: Iterable[Observed]) -> list[Observed]:
    """The readings with a value, one a date: of two sources on one day the later known counts."""
    return list({reading.as_of: reading for reading in observed if reading.value is not None}.values())


def _standing(kri: Kri, readings: list[Observed], today: date) -> IndicatorState:
    values = np.array([[reading.value for reading in readings]], dtype=np.float64)
    days = np.array([[reading.as_of.toordinal() for reading in readings]], dtype=np.float64)
    colour = Colour(int(colours(kri, values, days)[0, -1]))
    newest = readings[-1]
    assert newest.value is not None, "readings without a value were left out"
    return IndicatorState(
        kri=kri,
        colour=colour,
        newest=newest,
        previous=readings[-2] if len(readings) > 1 else None,
        threshold=threshold_crossed(kri, newest.value, colour),
        stale=is_stale(kri, newest.as_of, today),
        readings=readings,
    )


def is_stale(kri: Kri, as_of: date, today: date) -> bool:
    """Older than the indicator's frequency and grace allow."""
    return as_of + timedelta(days=kri.stale_after_days) < today
