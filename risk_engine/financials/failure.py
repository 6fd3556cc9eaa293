"""Probability of failure from a statement, by Ohlson and Zmijewski; fitted to their samples, so signals and not PDs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from risk_engine import checks, normal
from risk_engine.checks import Floats
from risk_engine.measure import Measure, divided


def zmijewski(
    net_income: Floats, total_assets: Floats, total_liabilities: Floats, current_assets: Floats, current_liabilities: Floats
) -> Floats:
    """Return Zmijewski's score; higher is worse, and N(score) is a probability of failure (:func:`zmijewski_probability`).

    Source: Zmijewski, Journal of Accounting Research 22 (1984), 59–82, with liquidity's sign as in the house's standard.
    """
    returned, owed = divided(net_income, total_assets), divided(total_liabilities, total_assets)
    return -4.336 - 4.513 * returned + 5.679 * owed + 0.004 * divided(current_assets, current_liabilities)


def zmijewski_probability(score: Floats) -> Floats:
    """Return N(score), a share 0 to 1; the sample has more failures than the market, so it is not a PD.

    Source: Zmijewski (1984), a probit.
    """
    return normal.cumulative(score)


def ohlson(
    total_assets: Floats,
    total_liabilities: Floats,
    current_assets: Floats,
    current_liabilities: Floats,
    net_income: Floats,
    net_income_before: Floats,
    depreciation: Floats,
    usd_rate: ArrayLike,
    price_index: ArrayLike,
) -> Floats:
    """Return Ohlson's O; higher is worse, and its logit is a one-year probability of failure (:func:`ohlson_probability`).

    The size term is the logarithm of the assets in dollars over the price index, so amounts in other currencies must be converted.
    Funds from operations are net income + depreciation, as in the statements of 1980.

    Args:
        net_income_before: net income of the previous twelve months.
        usd_rate: dollars for one unit of the statement's amounts (of a statement in thousands, for a thousand).
        price_index: price level of the gross national product, 1968 = 100.

    Raises:
        Impossible: a rate or an index is not above 0.

    Source: Ohlson, Journal of Accounting Research 18 (1980), 109–131, model 1.
    """
    # the term for losses needs the incomes of both years
    losses = np.where(np.isnan(net_income + net_income_before), np.nan, (net_income < 0) & (net_income_before < 0))
    negative = np.where(np.isnan(total_assets + total_liabilities), np.nan, total_liabilities > total_assets)
    return (
        -1.32
        - 0.407 * _size(total_assets, usd_rate, price_index)
        + 6.03 * divided(total_liabilities, total_assets)
        - 1.43 * divided(current_assets - current_liabilities, total_assets)
        + 0.0757 * divided(current_liabilities, current_assets)
        - 1.72 * negative
        - 2.37 * divided(net_income, total_assets)
        - 1.83 * divided(net_income + depreciation, total_liabilities)
        + 0.285 * losses
        - 0.521 * _income_change(net_income, net_income_before)
    )


def ohlson_probability(score: Floats) -> Floats:
    """Return e^O / (1 + e^O), a share 0 to 1; NaN stays NaN.

    Source: Ohlson (1980), a logit.
    """
    from scipy.special import expit

    found: Floats = expit(score)
    return found


def _size(total_assets: Floats, usd_rate: ArrayLike, price_index: ArrayLike) -> Floats:
    """Return ln(assets in dollars / price index)."""
    real = total_assets * checks.positive("usd_rate", usd_rate) / checks.positive("price_index", price_index)
    sizes: Floats = np.log(real, out=np.full(real.shape, np.nan), where=real > 0)
    return sizes


def _income_change(now: Floats, before: Floats) -> Floats:
    """Return (now − before) / (|now| + |before|), −1 to 1; 0 where both are 0, as nothing has changed."""
    both = np.abs(now) + np.abs(before)
    return np.where(both == 0, 0.0, divided(now - before, both))


# besides the statement's columns, Ohlson's score needs net_income_before, usd_rate and price_index
_OHLSON = (
    "total_assets",
    "total_liabilities",
    "current_assets",
    "current_liabilities",
    "net_income",
    "net_income_before",
    "depreciation",
    "usd_rate",
    "price_index",
)
_ZMIJEWSKI = ("net_income", "total_assets", "total_liabilities", "current_assets", "current_liabilities")
SCORES = (
    Measure("ohlson", "score", _OHLSON, ohlson, "low", "Ohlson (1980)"),
    Measure("zmijewski", "score", _ZMIJEWSKI, zmijewski, "low", "Zmijewski (1984)"),
)
