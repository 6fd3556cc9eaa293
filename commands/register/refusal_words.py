"""Refusals of the register, in words."""

from __future__ import annotations

from commands.kit import blocks
from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _, listed
from commands.kit.wording import words
from risk_engine.references import Reference
from risk_engine.register.acts import Act, NotNow
from risk_engine.register.refusals import (
    DesignFirst,
    NotAnOpportunity,
    NothingToDecide,
    NotLater,
    OutOfScale,
    OwnerTests,
    RiskClosed,
    StillAnswered,
)


def _out_of_scale(refusal: OutOfScale) -> Refused:
    sentence = _("{field} {value} is not on its scale: expected {accepted}.")
    return Refused(sentence.format(field=refusal.field, value=refusal.value, accepted=refusal.accepted), field=refusal.field)


def _risk_closed(refusal: RiskClosed) -> Refused:
    return Refused(_("{risk} is closed: no response can be proposed to it.").format(risk=refusal.risk))


def _not_an_opportunity(refusal: NotAnOpportunity) -> Refused:
    sentence = _("{thing} is a threat, which cannot be increased. Choose another strategy.")
    return Refused(sentence.format(thing=refusal.risk), field="strategy")


def _not_now(refusal: NotNow) -> Refused:
    facts = {"thing": refusal.thing, "state": words.label(refusal.state), "who": blocks.mention(refusal.by), "at": words.moment(refusal.at)}
    if not refusal.possible:
        sentence = _("{thing} is {state}, by {who} on {at}. Nothing more can be done to it.")
        return Refused(sentence.format(**facts))
    sentence = _("{thing} is {state}, by {who} on {at}. Possible now: {acts}.")
    return Refused(sentence.format(**facts, acts=listed(_act(act, refusal.thing) for act in refusal.possible)))


def _act(act: Act, thing: Reference) -> str:
    return str(_("a decision by the approvers")) if act is Act.DECIDE else f"`/risk {act.value} {thing}`"


def _still_answered(refusal: StillAnswered) -> Refused:
    sentence = _("{risk} has unfinished responses: {responses}. Finish or cancel them first.")
    return Refused(sentence.format(risk=refusal.risk, responses=listed(str(one) for one in refusal.responses)))


def _nothing_to_decide(refusal: NothingToDecide) -> Refused:
    sentence = _("The views of {risk} do not differ by more than the policy allows: there is nothing to decide. Give a view instead.")
    return Refused(sentence.format(risk=refusal.risk), field="kind")


def _not_later(refusal: NotLater) -> Refused:
    sentence = _("{response} is due {present} already. Choose a later day than that.")
    return Refused(sentence.format(response=refusal.response, present=words.day(refusal.present)), field="due")


def _owner_tests(refusal: OwnerTests) -> Refused:
    sentence = _("You own {control}. Somebody else must test it.")
    return Refused(sentence.format(control=refusal.control))


def _design_first(refusal: DesignFirst) -> Refused:
    if refusal.design:
        sentence = _("{control} is not in operation yet. Put it into operation before its operation is tested: `/risk operate {control}`.")
    else:
        sentence = _("The design of {control} has not been found effective. Test the design first, with of=design.")
    return Refused(sentence.format(control=refusal.control), field="of")


REFUSALS = (
    RefusalWords(NotNow, _not_now),
    RefusalWords(StillAnswered, _still_answered),
    RefusalWords(NothingToDecide, _nothing_to_decide),
    RefusalWords(NotLater, _not_later),
    RefusalWords(OwnerTests, _owner_tests),
    RefusalWords(DesignFirst, _design_first),
    RefusalWords(OutOfScale, _out_of_scale),
    RefusalWords(RiskClosed, _risk_closed),
    RefusalWords(NotAnOpportunity, _not_an_opportunity),
)
