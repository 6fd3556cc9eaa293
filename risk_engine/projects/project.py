"""Project finance: cover of debt service by projected cash flow, per period, over the loan's and the project's life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Floats
from risk_engine.financials.ratios import Codes, RatioStatus
from risk_engine.measure import divided
from risk_engine.projects.cover import Ratio, covered

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DebtServiceCover:
    """The DSCR of every period and customer, and each customer's lowest, its period (-1: none), and the mean.

    ``standing`` is the status of the lowest and the mean.
    """

    periods: Ratio
    minimum: Floats
    minimum_period: Places
    average: Floats
    standing: Codes


def dscr(cfads: ArrayLike, debt_service: ArrayLike, life: ArrayLike | None = None) -> DebtServiceCover:
    """Return debt service cover, CFADS / (principal + interest), by period; the lowest and the mean over the loan's life.

    A period in which nothing is due does not count. A period that counts but is not computable or not projected leaves the lowest
    and the mean not computable, as it might be the worst.

    Args:
        cfads, debt_service: shape (periods, customers), or (periods,) for one; the earliest first, in one currency.
        life: the number of periods that count for each customer; all if omitted.

    Raises:
        Impossible: debt service or life below 0.

    Source: E. R. Yescombe, Principles of Project Finance, cover ratios; the house's standard for project finance.
    """
    service = checks.not_negative("debt_service", _by_period("debt_service", debt_service))
    found = covered(_by_period("cfads", cfads), service)
    count, customers = found.values.shape
    lives = np.full(customers, float(count)) if life is None else checks.not_negative("life", life)
    lowest, lowest_period, total, counted = _over_life(found, lives)
    average = np.where(lives <= count, divided(total, counted), np.nan)
    unknown = np.isnan(average)
    idle = (counted == 0) & (lives <= count)
    standing = np.select([~unknown, idle], [RatioStatus.COMPUTED, RatioStatus.NOT_APPLICABLE], RatioStatus.MISSING).astype(np.int8)
    return DebtServiceCover(found, np.where(unknown, np.nan, lowest), np.where(unknown, -1, lowest_period), average, standing)


def _over_life(found: Ratio, lives: Floats) -> tuple[Floats, Places, Floats, Floats]:
    """Return the lowest ratio, its period, the sum and the number of ratios; a missing one makes lowest and sum missing."""
    customers = found.values.shape[1]
    lowest, lowest_period = np.full(customers, np.inf), np.full(customers, -1, dtype=np.int64)
    total, counted = np.zeros(customers), np.zeros(customers)
    for period, ratio in enumerate(found.values):
        counts = (period < lives) & (found.standing[period] != RatioStatus.NOT_APPLICABLE)
        lowest_period[counts & (ratio < lowest)] = period
        lowest = np.where(counts, np.minimum(lowest, ratio), lowest)
        total += np.where(counts, ratio, 0.0)
        counted += counts
    return lowest, lowest_period, total, counted


def present_value(cash: ArrayLike, rate: ArrayLike, life: ArrayLike, times: ArrayLike | None = None) -> Floats:
    """Return the present value of a life's cash flows, each at the end of its period; NaN if one is not projected.

    Args:
        cash: shape (periods, customers), or (periods,) for one; the earliest first.
        rate: the rate of one period, 0.08 for 8 %; of a year, if ``times`` are years.
        life: the number of periods that count; later ones may be absent.
        times: when each flow comes, in the shape of ``cash``; by default at the end of the first period, of the second, and so on.

    Raises:
        Impossible: a rate or a life below 0.
    """
    flows = _by_period("cash", cash)
    rates, lives = checks.not_negative("rate", rate), checks.not_negative("life", life)
    ends = np.arange(1.0, len(flows) + 1)[:, np.newaxis] if times is None else _by_period("times", times)
    value = np.zeros(flows.shape[1])
    for period, (flow, end) in enumerate(zip(flows, np.broadcast_to(ends, flows.shape), strict=True)):
        value = value + np.where(period < lives, flow / (1.0 + rates) ** end, 0.0)
    return np.where(lives <= len(flows), value, np.nan)


def llcr(cfads: ArrayLike, rate: ArrayLike, debt: ArrayLike, loan_life: ArrayLike, times: ArrayLike | None = None) -> Ratio:
    """Return loan life cover, the present value of projected CFADS until maturity / debt; not applicable without debt.

    With level debt service at this rate it equals the DSCR of level cash flows.

    Args:
        cfads: shape (periods, customers), or (periods,) for one; projected, the next period first.
        rate: the rate of the debt, of one period.
        debt: the debt today.
        loan_life: the number of remaining periods of the loan.
        times: when each flow comes, as for :func:`present_value`.

    Raises:
        Impossible: a rate, a life or a debt below 0.

    Source: E. R. Yescombe, Principles of Project Finance, cover ratios; the house's standard for project finance.
    """
    return covered(present_value(cfads, rate, loan_life, times), checks.not_negative("debt", debt))


def plcr(cfads: ArrayLike, rate: ArrayLike, debt: ArrayLike, project_life: ArrayLike, times: ArrayLike | None = None) -> Ratio:
    """Return project life cover, as :func:`llcr` over the project's expected life.

    The excess over the loan's life is the tail that a restructuring could use.
    """
    return llcr(cfads, rate, debt, project_life, times)


def level_debt_service(debt: ArrayLike, rate: ArrayLike, periods: ArrayLike) -> Floats:
    """Return level principal and interest per period: debt · r / (1 − (1 + r)^−n); without interest debt / n.

    Args:
        rate: the rate of one period.
        periods: the number of periods, above 0.

    Raises:
        Impossible: debt or rate below 0, or no period.
    """
    debts, rates = checks.not_negative("debt", debt), checks.not_negative("rate", rate)
    lives = checks.positive("periods", periods)
    repaid = -np.expm1(-np.log1p(rates) * lives)
    level = np.array(np.broadcast_to(debts / lives, np.broadcast(debts, repaid).shape))
    np.divide(debts * rates, repaid, out=level, where=rates != 0)
    return level


def _by_period(name: str, values: ArrayLike) -> Floats:
    found = checks.column(name, values)
    return found[:, np.newaxis] if found.ndim == 1 else found
