"""Refusals of overrides, in words."""

from __future__ import annotations

from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from commands.kit.wording.words import day, label
from risk_engine.scoring.refusals import NothingToOverride, OverrideTooFar, OverrideTooLong


def _nothing_to_override(refusal: NothingToOverride) -> Refused:
    sentence = _("The model says {value} itself: there is nothing to override.")
    return Refused(sentence.format(value=label(refusal.grade.name.lower())), field="grade")


def _override_too_far(refusal: OverrideTooFar) -> Refused:
    sentence = _("{value} is better than the policy allows: at best {accepted}.")
    return Refused(sentence.format(value=label(refusal.grade.name.lower()), accepted=label(refusal.best.name.lower())), field="grade")


def _override_too_long(refusal: OverrideTooLong) -> Refused:
    sentence = _("An override ends between {first} and {last}, not on {value}.")
    return Refused(sentence.format(first=day(refusal.first), last=day(refusal.last), value=day(refusal.until)), field="until")


REFUSALS = (
    RefusalWords(NothingToOverride, _nothing_to_override),
    RefusalWords(OverrideTooFar, _override_too_far),
    RefusalWords(OverrideTooLong, _override_too_long),
)
