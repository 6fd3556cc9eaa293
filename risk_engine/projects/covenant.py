"""Covenants: what was promised, how far a ratio is from it, and in which state a test stands before anything is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Floats, Impossible
from risk_engine.financials.ratios import Codes, RatioStatus
from risk_engine.projects.project_policy import Covenants

Flags = NDArray[np.bool_]
Masks = NDArray[np.int32]
Dates = NDArray[np.datetime64]

# 1 - 0.9 is 0.1 in people's minds, not 0.09999999999999998
_DECIMALS = 12


class CovenantState(IntEnum):
    """Where a test stands, the better first; ``NONE`` is not computable or not tested yet, and is never compliant."""

    NONE = 0
    NOT_APPLICABLE = 1
    COMPLIANT = 2
    AMBER = 3
    LOCK_UP = 4
    CURED = 5
    WAIVED = 6
    BREACH = 7
    CURE_PERIOD = 8
    EVENT_OF_DEFAULT = 9


class Reason(IntFlag):
    """Why a test stands in its state."""

    MISSING = 1
    NOT_TESTED_YET = 2
    NOTHING_DUE = 4
    NOT_MEANINGFUL = 8
    LOW_HEADROOM = 16
    PAST_LOCK_UP = 32
    PAST_THRESHOLD = 64
    EQUITY_CURE = 128
    EQUITY_CURE_FAILED = 256
    WAIVER = 512
    WAIVER_EXPIRED = 1024
    IN_CURE_PERIOD = 2048
    CURE_PERIOD_OVER = 4096
    CERTIFICATE_MISSING = 8192
    CERTIFICATE_LATE = 16384


@dataclass(frozen=True, slots=True)
class Terms:
    """What each agreement says; NaN where it says nothing.

    ``minimum``: whether the ratio must not fall below ``threshold``, or must not rise above it. ``lock_up``: from where on
    nothing may be paid out to the sponsors. ``cure_days``: the policy's where it is missing.
    """

    minimum: Flags
    threshold: Floats
    lock_up: Floats
    cure_days: Floats


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each test; NaN and NaT are missing.

    ``value`` and ``standing`` are the ratio's (see :class:`Standing`) on ``test_date``; the certificate has its own clock.
    ``waived_until``: the last day of a waiver. ``cure_paid``: when sponsors paid in; ``cured_value``: the ratio with that
    money; ``cures_before``: how many times they had done so before, and if nobody knows they may not.
    """

    value: Floats
    standing: Codes
    test_date: Dates
    certificate_due: Dates
    certificate_received: Dates
    waived_until: Dates
    cure_paid: Dates
    cured_value: Floats
    cures_before: Floats


def headroom(value: ArrayLike, threshold: ArrayLike, minimum: Flags) -> Floats:
    """The share by which a ratio may worsen before its threshold: actual / threshold − 1 for a minimum, else 1 − actual / threshold.

    Raises:
        Impossible: a threshold is not above 0.

    Source: the house's standard for covenants; 1.27 against a minimum of 1.20 leaves 5.83 %.
    """
    ratio = checks.column("value", value) / checks.positive("threshold", threshold)
    return np.where(minimum, ratio - 1.0, 1.0 - ratio)


def marked(flag: Reason, where: Flags) -> Masks:
    """A mask with this reason where it holds."""
    return where.astype(np.int32) * np.int32(flag)


def checked(terms: Terms) -> None:
    """Terms that can be.

    Raises:
        Impossible: a threshold not above 0, a lock-up on its far side, or days below 0.
    """
    checks.positive("threshold", terms.threshold)
    checks.not_negative("cure_days", terms.cure_days)
    wrong = np.flatnonzero(past(terms.lock_up, terms.threshold, terms.minimum))
    if len(wrong):
        place = int(wrong[0])
        side = "at or above" if terms.minimum[place] else "at or below"
        accepted = f"{side} {float(terms.threshold[place])!r}"
        raise Impossible(field="lock_up", value=float(terms.lock_up[place]), accepted=accepted, place=place)


def past(value: Floats, bound: Floats, minimum: Flags) -> Flags:
    """Whether a value lies on the bad side of a bound; on the bound it does not."""
    worse: Flags = np.round(np.where(minimum, value - bound, bound - value), _DECIMALS) < 0
    return worse


def against_terms(policy: Covenants, terms: Terms, facts: Facts) -> tuple[Codes, Masks]:
    """The state of the ratio itself, as if nobody had done anything about it."""
    first = np.where(np.isnan(terms.lock_up), terms.threshold, terms.lock_up)
    room = np.round(headroom(facts.value, first, terms.minimum), _DECIMALS)
    meaningless = facts.standing == RatioStatus.NOT_MEANINGFUL
    cases = [
        np.isnan(terms.threshold),
        facts.standing == RatioStatus.NOT_APPLICABLE,
        meaningless,
        (facts.standing != RatioStatus.COMPUTED) | np.isnan(facts.value),
        past(facts.value, terms.threshold, terms.minimum),
        past(facts.value, terms.lock_up, terms.minimum),
        room < policy.amber_headroom,
    ]
    unread = CovenantState.BREACH if policy.not_meaningful == "breach" else CovenantState.NONE
    states = [
        CovenantState.NONE,
        CovenantState.NOT_APPLICABLE,
        unread,
        CovenantState.NONE,
        CovenantState.BREACH,
        CovenantState.LOCK_UP,
        CovenantState.AMBER,
    ]
    reasons = [Reason.MISSING, Reason.NOTHING_DUE, Reason.NOT_MEANINGFUL, Reason.MISSING, Reason.PAST_THRESHOLD, Reason.PAST_LOCK_UP]
    why = np.select(cases, [int(one) for one in (*reasons, Reason.LOW_HEADROOM)], 0).astype(np.int32)
    return np.select(cases, states, CovenantState.COMPLIANT).astype(np.int8), why
