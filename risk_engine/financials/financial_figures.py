"""Financial figures: the scores that are made of a customer's ratios."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from risk_engine.credit import Floats
from risk_engine.facts.facts import Facts
from risk_engine.financials import altman, failure, financial
from risk_engine.policy.policy import Policy


def scores(policy: Policy, facts: Facts, parts: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return every customer's Altman scores with the zone, from these parts, and Ohlson's and Zmijewski's, from its accounts."""
    x1, x2, x3, x4, x4_market, x5 = (parts[name] for name in ("x1", "x2", "x3", "x4", "x4_market", "x5"))
    found = {
        "z": altman.z(x1, x2, x3, x4_market, x5),
        "z_prime": altman.z_prime(x1, x2, x3, x4, x5),
        "z_double_prime": altman.z_double_prime(x1, x2, x3, x4),
    }
    kinds = facts.customers.kinds.among(financial.KINDS).astype(np.int8)
    model, _reason = financial.chosen(kinds, facts.accounts.now["market_equity"])
    by_model = {financial.Model.Z: "z", financial.Model.Z_PRIME: "z_prime", financial.Model.Z_DOUBLE_PRIME: "z_double_prime"}
    score, zone = np.full(len(model), np.nan), np.full(len(model), np.nan)
    for one, name in by_model.items():
        score = np.where(model == one, found[name], score)
        zones = financial.zones(found[name], getattr(policy.financial, name))
        zone = np.where((model == one) & (zones > 0), zones.astype(np.float64), zone)
    return found | {"altman_model": model.astype(np.float64), "altman_score": score, "altman_zone": zone} | _failure(policy, facts)


def _failure(policy: Policy, facts: Facts) -> dict[str, Floats]:
    """Return Ohlson's and Zmijewski's scores and probabilities; Ohlson's uses dollars, converted at a dated rate."""
    now, before = facts.accounts.now, facts.accounts.before
    dollars = facts.rates["USD"].factor if "USD" in facts.rates else np.nan
    rate = facts.accounts.currencies.figures({name: way.factor / dollars for name, way in facts.rates.items()}, np.nan)
    ohlson = failure.ohlson(
        now["total_assets"],
        now["total_liabilities"],
        now["current_assets"],
        now["current_liabilities"],
        now["net_income"],
        before["net_income"],
        now["depreciation"],
        rate,
        policy.financial.price_index,
    )
    names = ("net_income", "total_assets", "total_liabilities", "current_assets", "current_liabilities")
    zmijewski = failure.zmijewski(*(now[name] for name in names))
    return {
        "ohlson": ohlson,
        "ohlson_probability": failure.ohlson_probability(ohlson),
        "zmijewski": zmijewski,
        "zmijewski_probability": failure.zmijewski_probability(zmijewski),
    }
