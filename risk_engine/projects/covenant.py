"""Covenants: agreed terms, the headroom of a ratio, and the state of a test before any remedy."""

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

# 1 - 0.9 must count as 0.1, not as 0.09999999999999998
_DECIMALS = 12


class CovenantState(IntEnum):
    """The state of a test, the better first; ``NONE`` is not computable or not yet tested, and never compliant."""

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
    """The reason for the state of a test."""

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
    """The terms of each agreement; NaN where it is silent.

    ``minimum``: True if the ratio must not fall below ``threshold``, False if it must not rise above it. ``lock_up``: the bound past
    which nothing may be paid out to the sponsors. ``cure_days``: the policy's where it is missing.
    """

    minimum: Flags
    threshold: Floats
    lock_up: Floats
    cure_days: Floats


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of each test; NaN and NaT are missing.

    ``value`` and ``standing`` are the ratio's (see :class:`RatioStatus`) on ``test_date``; the certificate has its own dates.
    ``waived_until``: the last day of a waiver. ``cure_paid``: the day of the sponsors' payment; ``cured_value``: the ratio including
    it; ``cures_before``: the number of earlier cures, and if it is unknown no cure is allowed.
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
    """Return the headroom of a ratio: actual / threshold − 1 for a minimum, else 1 − actual / threshold.

    Raises:
        Impossible: a threshold is not above 0.

    Source: the house's standard for covenants; 1.27 against a minimum of 1.20 leaves 5.83 %.
    """
    ratio = checks.column("value", value) / checks.positive("threshold", threshold)
    return np.where(minimum, ratio - 1.0, 1.0 - ratio)


def marked(flag: Reason, where: Flags) -> Masks:
    """Return a mask with this reason where it holds."""
    return where.astype(np.int32) * np.int32(flag)


def checked(terms: Terms) -> None:
    """Check that terms are possible.

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
    """Flag values beyond a bound on its bad side; the bound itself is not beyond."""
    worse: Flags = np.round(np.where(minimum, value - bound, bound - value), _DECIMALS) < 0
    return worse


def against_terms(policy: Covenants, terms: Terms, facts: Facts) -> tuple[Codes, Masks]:
    """Return the state of the ratio itself, before any remedy."""
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
