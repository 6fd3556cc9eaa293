"""Maturities: each customer's payments in the coming months, from schedules, or estimated for facilities without one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks, credit
from risk_engine.credit import Floats, Places
from risk_engine.days import ONE_DAY, ONE_MONTH
from risk_engine.impairment import amortisation
from risk_engine.impairment.amortisation import Plans

Flags = NDArray[np.bool_]
Dates = NDArray[np.datetime64]

# a claim past its maturity is still owed, so it lives one more day at least
_DAY = 1.0 / 365.0


@dataclass(frozen=True, slots=True)
class Instalments:
    """Outstanding payments, each of one customer; ``final`` is the last of its facility. Amounts in one currency."""

    owner: Places
    due: Dates
    principal: Floats
    interest: Floats
    final: Flags


@dataclass(frozen=True, slots=True)
class Due:
    """Each customer's payments within the horizon, exact to the hundredth; NaN where a part is unknown.

    ``arrears`` were due on or before the day, ``maturities`` are final payments of principal, ``instalments`` the others.
    """

    arrears: Floats
    instalments: Floats
    maturities: Floats
    interest: Floats

    @property
    def total(self) -> Floats:
        """Return the total."""
        return added(self.arrears, self.instalments, self.maturities, self.interest)


def added(*amounts: Floats) -> Floats:
    """Return the sum of amounts, each rounded to the hundredth first; NaN where one is missing."""
    hundredths = np.zeros(len(amounts[0]))
    for one in amounts:
        hundredths = hundredths + np.rint(one * 100.0)
    return hundredths / 100.0


def horizon(as_of: np.datetime64, months: int) -> np.datetime64:
    """Return the day a number of months later, or the month's last day if there is no such day."""
    day, month = as_of.astype("datetime64[D]"), as_of.astype("datetime64[M]")
    last = (month + (months + 1) * ONE_MONTH).astype("datetime64[D]") - ONE_DAY
    same = (month + months * ONE_MONTH).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    return min(last, same)


def due(instalments: Instalments, as_of: np.datetime64, months: int, count: int) -> Due:
    """Return each customer's payments up to the horizon, and its arrears; 0 without instalments.

    An instalment without a date might be due, and makes its customer's figures not computable.

    Args:
        count: the number of customers; ``owner`` is 0 to ``count`` - 1.

    Raises:
        Impossible: principal or interest below 0.
    """
    principal = checks.not_negative("principal", instalments.principal)
    interest = checks.not_negative("interest", instalments.interest)
    unknown, overdue = np.isnat(instalments.due), instalments.due <= as_of
    coming = (instalments.due > as_of) & (instalments.due <= horizon(as_of, months))

    def summed(amounts: Floats, where: Flags) -> Floats:
        return credit.total(instalments.owner, np.where(unknown, np.nan, np.where(where, amounts, 0.0)), count)

    return Due(
        summed(added(principal, interest), overdue),
        summed(principal, coming & ~instalments.final),
        summed(principal, coming & instalments.final),
        summed(interest, coming),
    )


def estimated(owner: Places, plans: Plans, outstanding: Floats, rate: Floats, maturity: Dates, as_of: np.datetime64, count: int) -> Due:
    """Estimate each customer's payments of the next twelve months on facilities without a schedule, from their plans.

    Interest is one year's on today's balance, or that of the remaining time: an upper limit, as the balance falls. A facility that
    matures within the year, or has matured, is due in full.

    Args:
        plans: see :class:`risk_engine.impairment.amortisation.Plan`; an unknown one makes its customer's principal not computable,
            unless all of it is due anyway.
        rate: annual, NaN where unknown; maturity: NaT where unknown, which makes everything not computable.

    Raises:
        Impossible: an amount or a rate below 0, or a maturity a hundred years away.
    """
    owed, rates = checks.not_negative("outstanding", outstanding), checks.not_negative("rate", rate)
    years = amortisation.remaining_years(as_of, maturity, np.full(len(owed), np.nan), shortest=_DAY)
    due_whole = years <= 1.0
    # the share repaid within the year; a facility due in full has no plan left to follow
    paid_off = 1.0 - amortisation.still_owed(plans, 2, np.maximum(years, 1.0), rates)
    instalments = np.where(due_whole, 0.0, owed * paid_off + 0.0 * years)
    maturities = np.where(due_whole, owed, 0.0 * years)
    interest = owed * rates * np.minimum(years, 1.0)
    parts = (np.zeros(len(owed)), instalments, maturities, interest)
    return Due(*(credit.total(owner, part, count) for part in parts))


def together(first: Due, second: Due) -> Due:
    """Return the sum of both, part by part."""
    return Due(
        added(first.arrears, second.arrears),
        added(first.instalments, second.instalments),
        added(first.maturities, second.maturities),
        added(first.interest, second.interest),
    )
