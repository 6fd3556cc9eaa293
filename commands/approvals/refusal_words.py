"""Refusals of decisions, conditions and delegations, in words."""

from __future__ import annotations

from commands.approvals.cards.approval_words import one_of, whom
from commands.kit.blocks import mention
from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _
from commands.kit.wording.words import label, moment
from risk_engine.approvals import refusals
from risk_engine.approvals.proposal import NotOpen, ProposalState

_EXPIRED = _("{approval} expired {at}: the requester can ask again.")


def _already_decided(refusal: refusals.AlreadyDecided) -> Refused:
    sentences = {
        ProposalState.EXPIRED: _EXPIRED,
        ProposalState.WITHDRAWN: _("{by} withdrew {approval}, {at}. Nothing was changed."),
    }
    sentence = sentences.get(refusal.verdict, _("{approval} was already {verdict} by {by}, {at}. Nothing was changed."))
    return Refused(
        sentence.format(approval=refusal.approval, verdict=label(refusal.verdict), by=mention(refusal.by), at=moment(refusal.at))
    )


def _expired(refusal: refusals.ApprovalExpired) -> Refused:
    return Refused(_EXPIRED.format(approval=refusal.approval, at=moment(refusal.at)))


def _maker_cannot_decide(refusal: refusals.MakerCannotDecide) -> Refused:
    if refusal.account is None:
        return Refused(_("You requested {approval} yourself: someone else has to decide it.").format(approval=refusal.approval))
    sentence = _(
        "{maker} requested {approval} and counts as you: the account has your e-mail address, or the "
        "policy says so. If you are two people, an administrator lists your account in [people.accounts] "
        "as a separate person."
    )
    return Refused(sentence.format(maker=mention(refusal.maker), approval=refusal.approval))


def _not_an_approver(refusal: refusals.NotAnApprover) -> Refused:
    """Name the people who decide the step."""
    stage = refusal.stage
    if stage.in_person and refusal.step == refusal.steps:
        sentence = _(
            "{approval} changes a protected key of the policy: what it still needs is {whom}. Only people who were given these roles by"
            " name count, no deputies and no user groups."
        )
        return Refused(sentence.format(approval=refusal.approval, whom=one_of(stage)))
    if stage.in_person:
        sentence = _(
            "{approval} changes a protected key of the policy. It needs an administrator and a risk manager who were given these roles by"
            " name; deputies and user groups do not count."
        )
    elif refusal.steps > 1:
        sentence = _("Step {n} of {approval} is for {whom}, which does not include you.")
    elif stage.people or stage.committee:
        sentence = _("{approval} is for {whom}, which does not include you.")
    else:
        sentence = _("{approval} is for {whom}; you may not decide it now.")
    return Refused(sentence.format(approval=refusal.approval, whom=whom(stage), n=refusal.step))


def _already_spoken(refusal: refusals.AlreadySpoken) -> Refused:
    sentence = _("You, or the person you stand in for, have already voted on {approval}: one person, one vote.")
    return Refused(sentence.format(approval=refusal.approval))


def _facts_have_changed(refusal: refusals.FactsHaveChanged) -> Refused:
    return Refused(_("The facts have changed since this was shown, so nothing was decided. `/risk approvals` shows the current facts."))


def _not_the_maker(refusal: refusals.NotTheMaker) -> Refused:
    sentence = _("{maker} requested {approval}: nobody else can withdraw it.")
    return Refused(sentence.format(maker=mention(refusal.maker), approval=refusal.approval))


def _not_open(refusal: NotOpen) -> Refused:
    sentence = _("{thing} is {state} and can no longer be changed.")
    return Refused(sentence.format(thing=refusal.thing, state=label(refusal.state)))


def _condition_already_met(refusal: refusals.ConditionAlreadyMet) -> Refused:
    sentence = _("{approval} № {number} was already met by {by}, {at}. Nothing was changed.")
    return Refused(sentence.format(approval=refusal.approval, number=refusal.number, by=mention(refusal.by), at=moment(refusal.at)))


def _ones_own_delegate(refusal: refusals.OnesOwnDelegate) -> Refused:
    return Refused(_("You cannot delegate to yourself: name someone else."), field="to")


def _delegation_too_long(refusal: refusals.DelegationTooLong) -> Refused:
    sentence = _("A delegation ends between {first} and {last}, not on {value}.")
    return Refused(sentence.format(first=moment(refusal.first), last=moment(refusal.last), value=moment(refusal.until)), field="until")


def _delegation_ended(refusal: refusals.DelegationEnded) -> Refused:
    return Refused(_("{delegation} has ended already. Nothing was changed.").format(delegation=refusal.delegation))


REFUSALS = (
    RefusalWords(refusals.AlreadyDecided, _already_decided),
    RefusalWords(refusals.ApprovalExpired, _expired),
    RefusalWords(refusals.MakerCannotDecide, _maker_cannot_decide),
    RefusalWords(refusals.NotAnApprover, _not_an_approver),
    RefusalWords(refusals.AlreadySpoken, _already_spoken),
    RefusalWords(refusals.FactsHaveChanged, _facts_have_changed),
    RefusalWords(refusals.NotTheMaker, _not_the_maker),
    RefusalWords(NotOpen, _not_open),
    RefusalWords(refusals.ConditionAlreadyMet, _condition_already_met),
    RefusalWords(refusals.OnesOwnDelegate, _ones_own_delegate),
    RefusalWords(refusals.DelegationTooLong, _delegation_too_long),
    RefusalWords(refusals.DelegationEnded, _delegation_ended),
)
