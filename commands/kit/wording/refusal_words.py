"""Words for the refusals of the engine's kernel, for every room."""

from __future__ import annotations

from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from commands.kit.wording.words import day
from risk_engine.checks import Impossible, ReasonMissing
from risk_engine.due import DueInThePast, DueTooFar


def _impossible(refusal: Impossible) -> Refused:
    sentence = _("{field} cannot be {value}: expected {accepted}.")
    return Refused(sentence.format(field=refusal.field, value=refusal.value, accepted=refusal.accepted), field=refusal.field)


def _reason_missing(refusal: ReasonMissing) -> Refused:
    return Refused(_("Please give a reason."), field="reason")


def _due_in_the_past(refusal: DueInThePast) -> Refused:
    sentence = _("{value} is in the past: the due date must be {accepted} or later.")
    return Refused(sentence.format(value=day(refusal.due), accepted=day(refusal.today)), field="due")


def _due_too_far(refusal: DueTooFar) -> Refused:
    sentence = _("{value} is too far away: the due date must be {accepted} or earlier.")
    return Refused(sentence.format(value=day(refusal.due), accepted=day(refusal.last)), field="due")


REFUSALS = (
    RefusalWords(Impossible, _impossible),
    RefusalWords(ReasonMissing, _reason_missing),
    RefusalWords(DueInThePast, _due_in_the_past),
    RefusalWords(DueTooFar, _due_too_far),
)
