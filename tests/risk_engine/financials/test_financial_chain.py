"""From statements to condition, ratios and trend for 200,000 customers, chunk by chunk, in little memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import numpy as np

from risk_engine.categorical import Coded
from risk_engine.facts import statements
from risk_engine.facts.statements import NAMES, Statements
from risk_engine.financials import accounts, altman, failure, financial, ratios, trend
from risk_engine.financials.financial_policy import Financial, Zones
from risk_engine.financials.ratios import RATIOS

CUSTOMERS, CHUNK = 200_000, 20_000
MEGABYTES = 80
POLICY = Financial(
    z=Zones(distress=1.81, safe=2.99),
    z_prime=Zones(distress=1.23, safe=2.90),
    z_double_prime=Zones(distress=1.10, safe=2.60),
    z_double_prime_em=Zones(distress=4.35, safe=5.85),
    price_index=640.0,
)


def made(count: int, seed: int) -> tuple[Statements, Statements, Statements, np.ndarray, np.ndarray]:
    """The newest, the annual and last year's statements, months and kinds; one figure in fifty is missing."""
    rng = np.random.default_rng(seed)

    def part() -> Statements:
        figures = {name: np.rint(rng.lognormal(10, 1, count)) for name in NAMES}
        for values in figures.values():
            values[rng.random(count) < 0.02] = np.nan
        return Statements.of(figures)

    return part(), part(), part(), rng.choice([3, 6, 9, 12], count).astype(np.float64), rng.integers(-1, 4, count).astype(np.int8)


def chain(latest, annual, before, months, kinds) -> dict[str, np.ndarray]:
    """Every figure of every customer."""
    count = latest.count
    ends = np.where(months < 12, np.datetime64("2025-12-31") + np.rint(months * 30.4).astype("timedelta64[D]"), np.datetime64("2026-12-31"))
    dated = (ends, np.full(count, "2025-12-31", dtype="datetime64[D]"), ends - np.timedelta64(365, "D"))
    rows = {name: np.concatenate([part[name] for part in (latest, annual, before)]) for name in NAMES}
    filed = accounts.Filed(
        np.tile(np.arange(count), 3),
        np.arange(1, 3 * count + 1),
        np.concatenate(dated),
        np.concatenate([months, np.full(count, 12), months]).astype(np.int64),
        np.ones(3 * count, dtype=bool),
        np.zeros(3 * count, dtype=bool),
        Coded(np.zeros(3 * count, dtype=np.int32), ("EUR",)),
        rows,
    )
    twelve = accounts.accounts(filed, count).now
    found = financial.condition(POLICY, kinds, twelve)
    figures = {name: ratio.of(twelve) for name, ratio in RATIOS.items()}
    figures |= {"model": found.model, "reason": found.reason, "score": found.score, "zone": found.zone}
    figures |= {f"{name} standing": ratios.standing(name, twelve) for name in ratios.BURDENS}
    figures |= {name: part.of(twelve) for name, part in altman.PARTS.items()}
    size = {"net_income_before": annual["net_income"], "usd_rate": np.array([0.14]), "price_index": np.array([POLICY.price_index])}
    figures["ohlson"] = financial.SCORES["ohlson"].of({**twelve, **size})
    figures["ohlson_probability"] = failure.ohlson_probability(figures["ohlson"])
    figures["zmijewski"] = financial.SCORES["zmijewski"].of(twelve)
    figures["gap"] = statements.imbalance(twelve, 0.01).gap
    series = trend.trend([RATIOS["current_ratio"].of(one) for one in (before, annual, latest, twelve)])
    return figures | {"slope": series.slope, "crossing": trend.crossing(series, 1.0, "low")}


def test_two_hundred_thousand_customers_need_the_memory_of_one_chunk():
    tracemalloc.start()
    try:
        zones: Counter[int] = Counter()
        for chunk in range(CUSTOMERS // CHUNK):
            zones.update(chain(*made(CHUNK, chunk))["zone"].tolist())
        _left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert zones.total() == CUSTOMERS
    assert set(zones) == set(financial.Zone)
    assert peak < MEGABYTES * 2**20


def test_a_chunk_is_the_customers_in_it_bit_for_bit():
    def taken(facts, places):
        return [Statements.of({name: one[name][places] for name in NAMES}) if isinstance(one, Statements) else one[places] for one in facts]

    facts = made(1001, 1)
    whole = chain(*facts)

    for places in (slice(0, 1), slice(1, 4), slice(4, 500), slice(500, 1001)):
        part = chain(*taken(facts, places))
        assert all(part[name].tobytes() == whole[name][places].tobytes() for name in whole)
