"""Refusals of acknowledgements, in words."""

from __future__ import annotations

from commands.kit.blocks import mention
from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from commands.kit.wording.words import moment
from risk_engine.indicators.breach import AlreadyAcknowledged, NothingToAcknowledge


def _already_acknowledged(refusal: AlreadyAcknowledged) -> Refused:
    sentence = _("{breach} was already acknowledged by {by}, {at}. Nothing was changed.")
    return Refused(sentence.format(breach=refusal.breach, by=mention(refusal.by), at=moment(refusal.at)))


def _nothing_to_acknowledge(refusal: NothingToAcknowledge) -> Refused:
    return Refused(_("{breach} is closed: there is nothing left to acknowledge.").format(breach=refusal.breach))


REFUSALS = (RefusalWords(AlreadyAcknowledged, _already_acknowledged), RefusalWords(NothingToAcknowledge, _nothing_to_acknowledge))
