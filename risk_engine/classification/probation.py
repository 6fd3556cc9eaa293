"""Probation: from the defaults on record and today's evidence to today's defaults; nobody is cured before its probation is over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine.classification import evidence
from risk_engine.classification.evidence import DISTRESSED, Flags, Items, Masks, Reason
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.credit import Places
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Facts
from risk_engine.policy.policy import Policy

_EARLY, _FAR = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")


@dataclass(frozen=True, slots=True)
class States:
    """The default of every unit, a customer or a claim, as later days have to know it; NaT is none.

    ``since``: the first day of the default. ``entered``: all of its reasons so far; ``reasons``: those that hold, with
    ``PROBATION`` where only time is missing. ``ended``: the day since which no reason holds and all arrears are paid. ``ends``: when the
    probation will be over. ``cured``: the day on which a default on record ended; ``voided``: it was withdrawn as a mistake.
    """

    defaulted: Flags
    since: Dates
    entered: Masks
    reasons: Masks
    ended: Dates
    ends: Dates
    cured: Dates
    voided: Flags


@dataclass(frozen=True, slots=True)
class _Before:
    """The default of every unit on record, and which reasons held when it was last judged."""

    has: Flags
    since: Dates
    entered: Masks
    reasons: Masks
    ended: Dates
    voided: Flags


@dataclass(frozen=True, slots=True)
class _Past:
    """The evidence of every unit that has ended, taken together."""

    reasons: Masks
    since: Dates
    ended: Dates


def advanced(policy: Policy, facts: Facts, items: Items, units: Places, late: Flags) -> States:
    """Return the default of every unit today.

    A default begins on the first day of its evidence. It ends when no reason holds, all arrears are paid, and from then on the
    probation is over: the longest of those that the policy knows, and the instalments of a schedule that must be paid in a row.
    Any arrears in the meantime begin it anew. What was voided counts as if it had never been.

    Args:
        units: the unit of each facility; the customers are the units before them.
        late: facilities in arrears, or of which that is not known.

    Source: EBA/GL/2016/07 §§ 71-73 (three months, one year after a distressed restructuring); 风险分类办法 2023 (two consecutive
        instalments and at least six months; restructured assets a year).
    """
    count = max(len(facts), int(units.max(initial=-1)) + 1)
    voided = _voided(facts, units, count)
    before, past = _before(facts, units, count, voided), _past(items, voided, count)
    now, onset = _now(items, count, facts.as_of)
    had = before.has | (past.reasons > 0)
    since = np.minimum(np.minimum(np.where(before.has, before.since, _FAR), np.where(past.reasons > 0, past.since, _FAR)), onset)
    entered = np.where(before.has, before.entered, 0) | now | past.reasons
    began = _since_clean(before, past, facts.as_of)
    # a probation that was over before counts, whatever has happened since
    ends = _ends(policy, facts, units, entered, began)
    passed = had & (now == 0) & ~_waiting(before) & (ends <= facts.as_of)
    owing = np.bincount(units, late, count) > 0
    held = had & (now == 0) & ~passed
    clean = held & ~owing
    ended = np.where(clean, began, NO_DATE)
    ends = np.where(clean, ends, NO_DATE)
    cured = passed | (clean & (ends <= facts.as_of))
    defaulted = (now > 0) | (held & ~cured)
    left = np.where(held & owing, int(Reason.ARREARS), np.where(held, int(Reason.PROBATION), 0))
    return States(
        defaulted=defaulted,
        since=np.where(defaulted | cured, np.where(since == _FAR, facts.as_of, since), NO_DATE),
        entered=np.where(defaulted | cured, entered, 0).astype(np.int32),
        reasons=np.where(defaulted, now | left, 0).astype(np.int32),
        ended=np.where(defaulted, ended, NO_DATE),
        ends=np.where(defaulted, ends, NO_DATE),
        cured=np.where(before.has & cured & ~(now > 0), facts.as_of, NO_DATE),
        voided=before.voided & ~defaulted,
    )


def _waiting(before: _Before) -> Flags:
    """Flag units whose reasons, or arrears, still held when they were last judged: their probation had not begun."""
    return before.has & np.isnat(before.ended)


def _since_clean(before: _Before, past: _Past, as_of: np.datetime64) -> Dates:
    """Return the day since which no reason holds: as recorded, by the dates of the evidence, or else the day that finds it so."""
    undated = _waiting(before) & ((before.reasons & ~past.reasons) != 0)
    known = np.fmax(np.where(before.has, before.ended, NO_DATE), past.ended)
    began: Dates = np.where(undated, as_of, np.where(np.isnat(known), as_of, known))
    return began


def _ends(policy: Policy, facts: Facts, units: Places, entered: Masks, began: Dates) -> Dates:
    """Return the day on which each probation is over, if it began on this day."""
    rules, chinese = policy.default.probation, policy.categories.cure
    usual, longer = max(rules.months, chinese.months), max(rules.restructured_months, chinese.restructured_months)
    distressed = (entered & int(DISTRESSED)) > 0
    ends = np.where(distressed, evidence.later(began, longer), evidence.later(began, usual))
    return np.fmax(ends, _paid_in_a_row(facts, units, began, chinese.instalments))


def _paid_in_a_row(facts: Facts, units: Places, began: Dates, needed: int) -> Dates:
    """Return the due date of the n-th instalment after each unit's clean day; NaT where the schedule has fewer."""
    rows, found = facts.instalments, np.full(len(began), NO_DATE)
    if not len(rows.owner):
        return found
    first = np.append(0, np.cumsum(np.bincount(facts.facilities.owner, minlength=len(facts))))
    known = rows.facility >= 0
    unit, due = units[(first[rows.owner] + rows.facility)[known]], rows.due[known]
    after = due > began[unit]
    unit, due = unit[after], due[after]
    order = np.lexsort((due, unit))
    unit, due = unit[order], due[order]
    turn = np.arange(len(unit)) - np.searchsorted(unit, unit)
    found[unit[turn == needed - 1]] = due[turn == needed - 1]
    return found


def _now(items: Items, count: int, as_of: np.datetime64) -> tuple[Masks, Dates]:
    """Return each unit's reasons that hold, and the first day of the earliest; a far day without any."""
    holds = np.isnat(items.ended)
    reasons, onset = np.zeros(count, dtype=np.int32), np.full(count, _FAR)
    np.bitwise_or.at(reasons, items.unit[holds], items.reason[holds])
    since = items.since[holds]
    np.minimum.at(onset, items.unit[holds], np.where(np.isnat(since), as_of, np.minimum(since, as_of)))
    return reasons, onset


def _past(items: Items, voided: Dates, count: int) -> _Past:
    which = ~np.isnat(items.ended) & ~(items.since <= voided[items.unit])
    unit = items.unit[which]
    reasons, since, ended = np.zeros(count, dtype=np.int32), np.full(count, _FAR), np.full(count, _EARLY)
    np.bitwise_or.at(reasons, unit, items.reason[which])
    np.minimum.at(since, unit, np.where(np.isnat(items.since[which]), items.ended[which], items.since[which]))
    np.maximum.at(ended, unit, items.ended[which])
    return _Past(reasons, since, np.where(ended == _EARLY, NO_DATE, ended))


def _voided(facts: Facts, units: Places, count: int) -> Dates:
    """Return the last day up to which each unit's defaults are withdrawn; NaT where none are."""
    rows = facts.judgements
    which = (rows.kinds.among((JudgementKind.VOID.value,)) == 0) & (rows.since <= facts.as_of)
    until = np.full(len(facts), _EARLY)
    np.maximum.at(until, rows.owner[which], rows.since[which])
    found = np.full(count, NO_DATE)
    found[: len(facts)] = np.where(until == _EARLY, NO_DATE, until)
    found[units] = found[facts.facilities.owner]
    return found


def _before(facts: Facts, units: Places, count: int, voided: Dates) -> _Before:
    rows = facts.defaults
    first = np.append(0, np.cumsum(np.bincount(facts.facilities.owner, minlength=len(facts))))
    # a claim that is no longer on the books leaves its default with the debtor
    unit = np.where(rows.facility < 0, rows.owner, np.append(units, 0)[first[rows.owner] + np.maximum(rows.facility, 0)])
    gone = (rows.since <= voided[unit]) & np.isnat(rows.cured)
    open_ = np.isnat(rows.cured) & ~gone
    has, was = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    has[unit[open_]], was[unit[gone]] = True, True
    since, ended = np.full(count, NO_DATE), np.full(count, NO_DATE)
    entered, reasons = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32)
    order = np.flatnonzero(open_)[np.argsort(-rows.since[open_].astype(np.int64), kind="stable")]
    # NumPy keeps the last of several writes to one place, and the earliest default comes last
    since[unit[order]], ended[unit[order]] = rows.since[order], rows.ended[order]
    np.bitwise_or.at(entered, unit[open_], rows.entered[open_].astype(np.int32))
    np.bitwise_or.at(reasons, unit[open_], rows.reasons[open_].astype(np.int32))
    return _Before(has, since, entered, reasons, ended, was)
