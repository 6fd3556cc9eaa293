"""Refusals of judgements about default, in words."""

from __future__ import annotations

from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from commands.kit.wording.words import day, label
from risk_engine.classification.refusals import (
    JudgedAlready,
    JudgementFromTheFuture,
    RebuttalOutOfBounds,
    RebuttalWithoutEnd,
    TermNotTaken,
)


def _judged_already(refusal: JudgedAlready) -> Refused:
    sentence = _("{judgement} says so already: propose its end before a new judgement.")
    return Refused(sentence.format(judgement=refusal.judgement), field="judgement")


def _from_the_future(refusal: JudgementFromTheFuture) -> Refused:
    sentence = _("A judgement holds from {last} or an earlier day, not from {value}.")
    return Refused(sentence.format(last=day(refusal.last), value=day(refusal.since)), field="since")


def _without_end(refusal: RebuttalWithoutEnd) -> Refused:
    sentence = _("A rebuttal expires: give its last day, between {first} and {last}, as {example}.")
    return Refused(
        sentence.format(first=day(refusal.first), last=day(refusal.last), example=f"`until={refusal.last.isoformat()}`"), field="until"
    )


def _out_of_bounds(refusal: RebuttalOutOfBounds) -> Refused:
    sentence = _("A rebuttal ends between {first} and {last}, not on {value}.")
    return Refused(sentence.format(first=day(refusal.first), last=day(refusal.last), value=day(refusal.until)), field="until")


def _term_not_taken(refusal: TermNotTaken) -> Refused:
    sentence = _("“{field}” does not apply to this kind of judgement ({kind}): leave it out.")
    return Refused(sentence.format(field=refusal.field, kind=label(refusal.kind)), field=refusal.field)


REFUSALS = (
    RefusalWords(JudgedAlready, _judged_already),
    RefusalWords(JudgementFromTheFuture, _from_the_future),
    RefusalWords(RebuttalWithoutEnd, _without_end),
    RefusalWords(RebuttalOutOfBounds, _out_of_bounds),
    RefusalWords(TermNotTaken, _term_not_taken),
)
