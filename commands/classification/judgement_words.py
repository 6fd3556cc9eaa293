"""Judgements about default in words: kind, days, state and consequence."""

from __future__ import annotations

from datetime import date
from typing import Any

from commands.kit import blocks
from commands.kit.i18n import Text, _
from commands.kit.wording import words
from risk_engine.approvals.proposal import ProposalState
from risk_engine.classification.judgement import LASTING, Judgement
from risk_engine.classification.judgement_kinds import JudgementKind


def what(found: Judgement) -> Text:
    """Return the judgement with its days: ``unlikely to pay since 1 Aug 2026``."""
    match found.kind:
        case JudgementKind.UNLIKELY_TO_PAY:
            return _("unlikely to pay since {day}").format(day=words.day(found.since))
        case JudgementKind.REBUTTAL:
            return _("rebuttal of the 90-day presumption until {day}").format(day=words.day(found.until or found.since))
        case JudgementKind.VOID:
            return _("default by {day} was entered by mistake").format(day=words.day(found.since))
        case JudgementKind.END:
            return _("end of {judgement}").format(judgement=found.ends)


def effect(found: Judgement, ended: Judgement | None) -> Text:
    """Return the consequence of an approval; ``ended`` is the judgement that an end is about."""
    match found.kind:
        case JudgementKind.UNLIKELY_TO_PAY:
            return _("In default until an approved end and the probation: stage 3, PD of 1, category substandard or worse")
        case JudgementKind.REBUTTAL:
            return _("Days past due alone do not mean stage 3, for stage and ECL only; PD, category and capital count them")
        case JudgementKind.VOID:
            return _("The default is withdrawn without a probation, and stays on record as void")
        case JudgementKind.END:
            if ended is not None and ended.kind is JudgementKind.REBUTTAL:
                return _("The 90-day presumption applies again")
            return _("The judgement is no reason of default any more, and the probation begins")


def state(found: Judgement, today: date) -> Text | str:
    """Return the state of a judgement: ``pending approval``, ``in force``, ``ended``, ``expired``."""
    if found.state is ProposalState.PROPOSED:
        return _("pending approval")
    if found.state is ProposalState.APPROVED and found.kind in LASTING:
        return _("in force") if found.in_force(today) else words.label(ProposalState.EXPIRED)
    return words.label(found.state)


def line(found: Judgement, today: date) -> list[Any]:
    """Return a judgement on one line of the customer's list."""
    return [
        blocks.bold(f"{found.id}"),
        f"  {what(found)} · {state(found, today)} · ",
        blocks.person(found.proposed_by),
        f"  “{blocks.quoted(found.reason)}”",
    ]
