"""Refusals of the register, in words."""

from __future__ import annotations

from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from risk_engine.register.refusals import NotAnOpportunity, OutOfScale, RiskClosed


def _out_of_scale(refusal: OutOfScale) -> Refused:
    sentence = _("{field} {value} is not on its scale: expected {accepted}.")
    return Refused(sentence.format(field=refusal.field, value=refusal.value, accepted=refusal.accepted), field=refusal.field)


def _risk_closed(refusal: RiskClosed) -> Refused:
    return Refused(_("{risk} is closed: no response can be proposed to it.").format(risk=refusal.risk))


def _not_an_opportunity(refusal: NotAnOpportunity) -> Refused:
    sentence = _("{thing} is a threat, which cannot be increased. Choose another strategy.")
    return Refused(sentence.format(thing=refusal.risk), field="strategy")


REFUSALS = (
    RefusalWords(OutOfScale, _out_of_scale),
    RefusalWords(RiskClosed, _risk_closed),
    RefusalWords(NotAnOpportunity, _not_an_opportunity),
)
