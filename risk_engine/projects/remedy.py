"""Remedies of a covenant breach: waiver, cure and cure period, up to the event of default."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine.checks import Floats
from risk_engine.days import NO_DATE
from risk_engine.financials.ratios import Codes
from risk_engine.projects.certificate import Certificate, certificates
from risk_engine.projects.covenant import CovenantState, Dates, Facts, Masks, Reason, Terms, against_terms, checked, headroom, marked, past
from risk_engine.projects.project_policy import Covenants


@dataclass(frozen=True, slots=True)
class Assessed:
    """Each test's :class:`CovenantState`, the mask of :class:`Reason`, its headroom, and the last day of the cure."""

    states: Codes
    reasons: Masks
    headroom: Floats
    cure_until: Dates


def assess(policy: Covenants, terms: Terms, facts: Facts, as_of: np.datetime64) -> Assessed:
    """Return the state of every test on a day: the ratio against the terms, then remedies, then the certificate.

    A ratio on its threshold complies. Amber is measured against the nearest bound, the lock-up if there is one. A breach
    is cured by money in time, else waived, else in its cure period, which begins when the certificate comes or is due,
    whichever is earlier; after it, an event of default. A certificate that is overdue is at least amber.

    Raises:
        Impossible: a threshold not above 0, a lock-up on its far side, or days below 0.

    Source: the usual order of remedies in loan agreements (LMA, financial covenants and equity cure); numbers are policy.
    """
    checked(terms)
    found, clock = against_terms(policy, terms, facts), _clock(policy, terms, facts, as_of)
    states, reasons = _dated(facts, as_of, *_remedied(policy, terms, facts, clock, *found))
    room = headroom(facts.value, terms.threshold, terms.minimum)
    return Assessed(states, reasons, room, np.where(states >= CovenantState.CURED, clock.until, NO_DATE))


@dataclass(frozen=True, slots=True)
class _Clock:
    """Today, and the first and last day on which a breach can be cured; NaT where no date is known."""

    as_of: np.datetime64
    begins: Dates
    until: Dates


def _clock(policy: Covenants, terms: Terms, facts: Facts, as_of: np.datetime64) -> _Clock:
    """Return the cure period, which begins at the earlier of receipt and due date, so that lateness gains no time."""
    come = np.where(facts.certificate_received <= as_of, facts.certificate_received, NO_DATE)
    begins = np.fmin(come, facts.certificate_due)
    begins = np.where(np.isnat(begins), facts.test_date, begins).astype("datetime64[D]")
    days = np.where(np.isnan(terms.cure_days), policy.cure_days, terms.cure_days)
    return _Clock(as_of, begins, begins + days.astype("timedelta64[D]"))


def _remedied(policy: Covenants, terms: Terms, facts: Facts, clock: _Clock, states: Codes, reasons: Masks) -> tuple[Codes, Masks]:
    """Return the states with breaches updated by their remedies."""
    today, paid = clock.as_of, facts.cure_paid <= clock.as_of
    enough = ~np.isnan(facts.cured_value) & ~past(facts.cured_value, terms.threshold, terms.minimum)
    cured = paid & (facts.cure_paid <= clock.until) & enough & (facts.cures_before < policy.equity_cures)
    waived, expired = ~cured & (facts.waived_until >= today), ~cured & (facts.waived_until < today)
    left = ~cured & ~waived
    curable, over = left & (clock.begins <= today) & (today <= clock.until), left & (today > clock.until)
    after = np.select(
        [cured, waived, curable, over],
        [CovenantState.CURED, CovenantState.WAIVED, CovenantState.CURE_PERIOD, CovenantState.EVENT_OF_DEFAULT],
        CovenantState.BREACH,
    )
    why = (
        marked(Reason.EQUITY_CURE, cured)
        | marked(Reason.EQUITY_CURE_FAILED, paid & ~cured)
        | marked(Reason.WAIVER, waived)
        | marked(Reason.WAIVER_EXPIRED, expired)
        | marked(Reason.IN_CURE_PERIOD, curable)
        | marked(Reason.CURE_PERIOD_OVER, over)
    )
    breached = states == CovenantState.BREACH
    return np.where(breached, after, states).astype(np.int8), np.where(breached, reasons | why, reasons).astype(np.int32)


def _dated(facts: Facts, as_of: np.datetime64, states: Codes, reasons: Masks) -> tuple[Codes, Masks]:
    """Clear tests before their test date, and warn of an overdue certificate regardless of the ratio."""
    early = facts.test_date > as_of
    states, reasons = np.where(early, CovenantState.NONE, states).astype(np.int8), np.where(early, int(Reason.NOT_TESTED_YET), reasons)
    certificate, _days = certificates(facts.certificate_due, facts.certificate_received, as_of)
    overdue, late = certificate == Certificate.OVERDUE, certificate == Certificate.RECEIVED_LATE
    why = marked(Reason.CERTIFICATE_MISSING, overdue) | marked(Reason.CERTIFICATE_LATE, late)
    return np.where(overdue, np.maximum(states, CovenantState.AMBER), states).astype(np.int8), (reasons | why).astype(np.int32)
