"""Refusals of reviews of the second line's sample, in words."""

from __future__ import annotations

from commands.kit.blocks import mention
from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from commands.kit.wording.words import moment
from risk_engine.audit.second_line import AlreadyReviewed, HadAHandInIt


def _already_reviewed(refusal: AlreadyReviewed) -> Refused:
    sentence = _("{by} has already reviewed entry {place}, {at}. Nothing was changed.")
    return Refused(sentence.format(by=mention(refusal.by), place=refusal.place, at=moment(refusal.at)))


def _had_a_hand_in_it(refusal: HadAHandInIt) -> Refused:
    sentence = _("You were involved in entry {place}: someone else has to review it.")
    return Refused(sentence.format(place=refusal.place))


REFUSALS = (RefusalWords(AlreadyReviewed, _already_reviewed), RefusalWords(HadAHandInIt, _had_a_hand_in_it))
