"""Arrears: days past due, overdue amounts and upcoming instalments, from schedules and payments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks
from risk_engine.arrears import materiality, payment_holiday, settlement
from risk_engine.arrears.arrears_policy import Arrears as Policy
from risk_engine.arrears.payment_holiday import Dates, Holidays, Turns
from risk_engine.arrears.settlement import Plan
from risk_engine.credit import Floats, Places
from risk_engine.days import NO_DATE, ONE_DAY

Flags = NDArray[np.bool_]


class Missing(IntFlag):
    """The inputs that a facility lacks, so that its arrears cannot be computed."""

    SCHEDULE = 1
    DUE_DATE = 2
    INSTALMENT = 4
    PAYMENT = 8
    EXPOSURE = 16
    THRESHOLD = 32


# without an exposure or a threshold only the materiality may be unknown
_NEEDED = Missing.SCHEDULE | Missing.DUE_DATE | Missing.INSTALMENT | Missing.PAYMENT


@dataclass(frozen=True, slots=True)
class Instalments:
    """Instalments, one a row: owner, due date and amount (NaN, NaT: unknown)."""

    owner: Places
    due: Dates
    amount: Floats


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments, one a row: owner, value date, booking date (NaT: the value date) and amount."""

    owner: Places
    paid: Dates
    booked: Dates
    amount: Floats


@dataclass(frozen=True, slots=True)
class Facilities:
    """The other facts of every facility, or of every debtor where the owners are debtors.

    ``exposure``: the total amount owed. ``absolute``: the policy's absolute threshold in the currency of the amounts.
    ``excused``: a technical cause is on record, such as a failure of the payment system.
    """

    exposure: Floats
    absolute: Floats
    excused: Flags


@dataclass(frozen=True, slots=True)
class Arrears:
    """The arrears of every facility; NaN is not computable, and ``missing`` names the missing inputs.

    ``oldest``: the due date of the oldest overdue instalment, NaT where none is. ``material_days``: the number of consecutive days
    on which the overdue amount has been material. ``coming`` and ``coming_amount``: the instalments that are not overdue and
    fall due within the policy's days.
    """

    days_past_due: Floats
    overdue: Floats
    oldest: Dates
    material_days: Floats
    technical: Flags
    coming: Floats
    coming_amount: Floats
    missing: NDArray[np.int8]


def arrears(
    policy: Policy,
    instalments: Instalments,
    payments: Payments,
    holidays: Holidays,
    facilities: Facilities,
    as_of: np.datetime64,
    known_on: np.datetime64 | None = None,
) -> Arrears:
    """Count every facility's arrears at the end of a day; payments settle the oldest instalment first.

    Within the days of grace nothing is overdue; afterwards the days count from the due date. A payment counts from its
    value date: without ``known_on`` a past day is shown as it really was, with it as the booked payments showed it on that day.
    An overdue amount is technical for the policy's days where the cause is on record, or where a payment with an earlier value date
    that was not yet booked covers it. The exposure is today's on all days of ``material_days``.

    Args:
        instalments, payments, holidays: rows in any order; ``owner`` is 0 to the number of facilities - 1; amounts below
            90 trillion in the currency of the owner, counted to the hundredth.

    Raises:
        Impossible: an amount below 0, holidays that overlap or end before they begin.

    Source: CRR article 178 and EBA/GL/2016/07 (days past due, suspension, technical past due); Delegated Regulation
        (EU) 2018/171 (materiality); IFRS 9 B5.5.37.
    """
    count = len(facilities.exposure)
    missing, held = _missing(instalments, payments, facilities, count), payment_holiday.turns(holidays, count)
    counted = payment_holiday.NONE if policy.holiday == "move_due" else held
    plan = _plan(policy, instalments, held, count)
    moves = _valued(payments, as_of)
    seen = moves if known_on is None else _booked(moves, known_on)
    paid, really = _settled(seen, count), _settled(moves, count)
    owed, oldest = plan.overdue(paid, as_of), plan.oldest(paid, as_of)
    days = _days(oldest, as_of, counted)
    excused = facilities.excused | (plan.overdue(really, as_of) == 0)
    coming, coming_amount = plan.coming(paid, as_of, policy.coming_days)
    material = _material(policy, plan, seen, facilities, as_of, counted)
    known = (missing & int(_NEEDED)) == 0
    return Arrears(
        days_past_due=np.where(known, days, np.nan),
        overdue=np.where(known, settlement.amounts(owed), np.nan),
        oldest=np.where(known, oldest, NO_DATE),
        material_days=np.where(known, material, np.nan),
        technical=known & (days > 0) & (days <= policy.technical_days) & excused,
        coming=np.where(known, coming, np.nan),
        coming_amount=np.where(known, settlement.amounts(coming_amount), np.nan),
        missing=missing,
    )


def _missing(instalments: Instalments, payments: Payments, facilities: Facilities, count: int) -> NDArray[np.int8]:
    checks.not_negative("instalment", instalments.amount)
    checks.not_negative("payment", payments.amount)
    checks.not_negative("exposure", facilities.exposure)
    checks.not_negative("absolute", facilities.absolute)
    found = np.where(np.bincount(instalments.owner, minlength=count) == 0, int(Missing.SCHEDULE), 0)
    found[instalments.owner[np.isnat(instalments.due)]] |= int(Missing.DUE_DATE)
    found[instalments.owner[np.isnan(instalments.amount)]] |= int(Missing.INSTALMENT)
    found[payments.owner[np.isnan(payments.amount) | np.isnat(payments.paid)]] |= int(Missing.PAYMENT)
    found[np.isnan(facilities.exposure)] |= int(Missing.EXPOSURE)
    found[np.isnan(facilities.absolute)] |= int(Missing.THRESHOLD)
    return found.astype(np.int8)


def _plan(policy: Policy, instalments: Instalments, held: Turns, count: int) -> Plan:
    amounts, moves = settlement.whole(instalments.amount), policy.holiday == "move_due"
    return settlement.plan(instalments.owner, instalments.due, amounts, count, holidays=held, moves=moves, grace=policy.grace_days)


def _valued(payments: Payments, as_of: np.datetime64) -> Payments:
    """Return the payments with a value date up to a day; a payment without a value date does not count."""
    return _chosen(payments, payments.paid <= as_of)


def _booked(payments: Payments, known_on: np.datetime64) -> Payments:
    """Return the payments that were booked by a day."""
    return _chosen(payments, np.where(np.isnat(payments.booked), payments.paid, payments.booked) <= known_on)


def _chosen(payments: Payments, which: Flags) -> Payments:
    return Payments(payments.owner[which], payments.paid[which], payments.booked[which], payments.amount[which])


def _settled(payments: Payments, count: int) -> Places:
    return settlement.sums(payments.owner, settlement.whole(payments.amount), count)


def _days(oldest: Dates, as_of: np.datetime64, counted: Turns) -> Places:
    """Return the days since the due date of the oldest overdue instalment, without holidays; 0 if nothing is overdue."""
    return materiality.days_on_end(oldest + ONE_DAY, as_of, counted)


def _material(policy: Policy, plan: Plan, seen: Payments, facilities: Facilities, as_of: np.datetime64, counted: Turns) -> Floats:
    """Return the consecutive days each overdue amount has been material; NaN where a missing input decides."""
    late = plan.late_from <= as_of
    owner, day = np.concatenate([plan.owner[late], seen.owner]), np.concatenate([plan.late_from[late], seen.paid])
    change = np.concatenate([plan.amount[late], -settlement.whole(seen.amount)])
    above = materiality.threshold(facilities.exposure, facilities.absolute, policy.relative)
    days = materiality.days_on_end(materiality.onsets(owner, day, change, above), as_of, counted)
    unknown = np.isnan(facilities.exposure) | np.isnan(facilities.absolute)
    return np.where(unknown & (days > 0), np.nan, days)
