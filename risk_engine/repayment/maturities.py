"""Maturities: what each customer has to pay in the coming months, from schedules, or from facilities that have none."""

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

# a claim past its maturity is still owed, for a day at least
_DAY = 1.0 / 365.0


@dataclass(frozen=True, slots=True)
class Instalments:
    """Payments that are still to be made, each of one customer; ``final`` is the last of its facility. Amounts in one currency."""

    owner: Places
    due: Dates
    principal: Floats
    interest: Floats
    final: Flags


@dataclass(frozen=True, slots=True)
class Due:
    """What each customer has to pay within the horizon, in hundredths exactly; NaN where a part of it is not known.

    ``arrears`` were due before or on the day, ``maturities`` are final payments of principal, ``instalments`` the other ones.
    """

    arrears: Floats
    instalments: Floats
    maturities: Floats
    interest: Floats

    @property
    def total(self) -> Floats:
        """All of it."""
        return added(self.arrears, self.instalments, self.maturities, self.interest)


def added(*amounts: Floats) -> Floats:
    """The sum of amounts to the hundredth, each rounded to it first; NaN where one is missing."""
    hundredths = np.zeros(len(amounts[0]))
    for one in amounts:
        hundredths = hundredths + np.rint(one * 100.0)
    return hundredths / 100.0


def horizon(as_of: np.datetime64, months: int) -> np.datetime64:
    """The same day so many months on, or the last of that month where it has no such day."""
    day, month = as_of.astype("datetime64[D]"), as_of.astype("datetime64[M]")
    last = (month + (months + 1) * ONE_MONTH).astype("datetime64[D]") - ONE_DAY
    same = (month + months * ONE_MONTH).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    return min(last, same)


def due(instalments: Instalments, as_of: np.datetime64, months: int, count: int) -> Due:
    """What each customer has to pay by the horizon's last day, and what is overdue; 0 for one without instalments.

    An instalment whose date is missing might be due, and leaves its customer's figures not computable.

    Args:
        count: how many customers; ``owner`` is 0 to ``count`` - 1.

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
    """What each customer has to pay in the next twelve months on facilities that have no schedule, by how they are paid back.

    Interest is a year's on what is owed today, or that of the time left: at most so much, as the balance falls. What
    matures within the year, or has matured, is due whole.

    Args:
        plans: see :class:`risk_engine.impairment.amortisation.Plan`; an unknown one leaves its customer's principal not computable,
            unless all of it is due anyway.
        rate: a year's, NaN where unknown; maturity: NaT where unknown, which leaves all not computable.

    Raises:
        Impossible: an amount or a rate below 0, or a maturity a hundred years away.
    """
    owed, rates = checks.not_negative("outstanding", outstanding), checks.not_negative("rate", rate)
    years = amortisation.remaining_years(as_of, maturity, np.full(len(owed), np.nan), shortest=_DAY)
    due_whole = years <= 1.0
    # the share that is paid off within the year; nothing of a year is left to pay off in what is due whole
    paid_off = 1.0 - amortisation.still_owed(plans, 2, np.maximum(years, 1.0), rates)
    instalments = np.where(due_whole, 0.0, owed * paid_off + 0.0 * years)
    maturities = np.where(due_whole, owed, 0.0 * years)
    interest = owed * rates * np.minimum(years, 1.0)
    parts = (np.zeros(len(owed)), instalments, maturities, interest)
    return Due(*(credit.total(owner, part, count) for part in parts))


def together(first: Due, second: Due) -> Due:
    """What is due on both, part by part."""
    return Due(
        added(first.arrears, second.arrears),
        added(first.instalments, second.instalments),
        added(first.maturities, second.maturities),
        added(first.interest, second.interest),
    )
