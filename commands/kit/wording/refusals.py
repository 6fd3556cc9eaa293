"""The engine's refusals in words: what is refused, why, and what would be accepted."""

from __future__ import annotations

from typing import Any

from commands.approvals import one_of, whom
from commands.kit.blocks import mention
from commands.kit.contract import Refused
from commands.kit.i18n import Text, _
from commands.kit.wording.policy_refusals import policy_refused
from commands.kit.wording.words import day, label, moment
from risk_engine import refusals
from risk_engine.approvals.proposal import ProposalState
from risk_engine.refusals import Refusal


def in_words(refusal: Refusal) -> Refused:
    """A refusal of the engine as a sentence."""
    facts = refusal.facts
    match refusal:
        case refusals.AlreadyDecided():
            sentence = _already(facts)
        case refusals.MakerCannotDecide() if "account" in facts:
            sentence = _(
                "{maker} asked for {approval}, and counts as you by another account: it has your e-mail address, or the policy says so. "
                "If you are two people, an administrator enters your account in [people.accounts] as a person of its own."
            ).format(maker=mention(facts["maker"]), approval=facts["approval"])
        case refusals.MakerCannotDecide():
            sentence = _("You asked for {approval} yourself: somebody else has to decide it.").format(approval=facts["approval"])
        case refusals.NotAnApprover():
            sentence = _not_theirs(facts)
        case refusals.AlreadySpoken():
            sentence = _("You, or whoever you stand in for, have spoken on {approval} already: one person is one voice.").format(
                approval=facts["approval"]
            )
        case refusals.ApprovalExpired():
            sentence = _("{approval} expired {at}: whoever asked can ask again.").format(approval=facts["approval"], at=moment(facts["at"]))
        case refusals.FactsHaveChanged():
            sentence = _(
                "The facts have changed since this was shown, and nothing was decided. `/risk approvals` shows them as they are now."
            )
        case refusals.NotTheMaker():
            sentence = _("{maker} asked for {approval}: nobody else can take it back.").format(
                maker=mention(facts["maker"]), approval=facts["approval"]
            )
        case refusals.OnesOwnRoles():
            return Refused(_("Nobody changes their own roles or departments: another administrator has to."), field="person")
        case refusals.LastAdministrator():
            sentence = _(
                "Nobody would be left to give or take a role. Whoever runs me names administrators in RISKBOT_ADMINS; "
                "or make somebody else an administrator first."
            )
        case refusals.OnesOwnDelegate():
            return Refused(_("Nobody stands in for themselves: name somebody else."), field="to")
        case refusals.DelegationTooLong():
            sentence = _("A delegation ends between {first} and {last}, not on {value}.")
            return Refused(sentence.format(**{name: moment(facts[name]) for name in ("first", "last", "value")}), field="until")
        case refusals.ReasonMissing():
            return Refused(_("Please say why."), field="reason")
        case refusals.DueInThePast():
            sentence = _("{value} lies in the past: the due date must be {accepted} or later.").format(
                value=day(facts["value"]),
                accepted=day(facts["accepted"]),
            )
            return Refused(sentence, field="due")
        case refusals.DueTooFar():
            sentence = _("{value} is too far away: the due date must be {accepted} or earlier.").format(
                value=day(facts["value"]),
                accepted=day(facts["accepted"]),
            )
            return Refused(sentence, field="due")
        case refusals.OutOfScale():
            sentence = _("{field} {value} is not on its scale: expected {accepted}.").format(**facts)
            return Refused(sentence, field=str(facts["field"]))
        case refusals.NothingToOverride():
            return Refused(
                _("The model says {value} itself: there is nothing to override.").format(value=label(facts["value"])), field="grade"
            )
        case refusals.OverrideTooFar():
            sentence = _("{value} is more than the policy allows: at best {accepted}.")
            return Refused(sentence.format(value=label(facts["value"]), accepted=label(facts["accepted"])), field="grade")
        case refusals.OverrideTooLong():
            sentence = _("An override ends between {first} and {last}, not on {value}.")
            return Refused(sentence.format(**{name: day(facts[name]) for name in ("first", "last", "value")}), field="until")
        case refusals.Impossible():
            return Refused(_("{field} cannot be {value}: expected {accepted}.").format(**facts), field=str(facts["field"]))
        case refusals.AlreadyReviewed():
            sentence = _("{by} has looked at entry {place} already, {at}. Nothing was changed.").format(
                by=mention(facts["by"]), place=facts["place"], at=moment(facts["at"])
            )
        case refusals.HadAHandInIt():
            sentence = _("You had a hand in what entry {place} is about: somebody else has to look at it.").format(place=facts["place"])
        case (
            refusals.UnknownKey()
            | refusals.NotASetting()
            | refusals.SettingRefused()
            | refusals.NothingToChange()
            | refusals.NobodyCouldUndoIt()
            | refusals.FileOnly()
            | refusals.FileUntilRoles()
            | refusals.AskedUnderOtherRules()
            | refusals.PolicyMovedOn()
        ):
            return policy_refused(refusal)
        case refusals.NotOpen():
            sentence = _not_open(facts)
        case _:
            sentence = _("This is not allowed: {facts}.").format(facts=refusal)
    return Refused(sentence)


def _already(facts: dict[str, Any]) -> Text:
    verdict, values = facts["verdict"], {"approval": facts["approval"], "by": mention(facts["by"]), "at": moment(facts["at"])}
    if verdict is ProposalState.EXPIRED:
        return _("{approval} expired {at}: whoever asked can ask again.").format(**values)
    if verdict is ProposalState.WITHDRAWN:
        return _("{by} took {approval} back, {at}. Nothing was changed.").format(**values)
    return _("{approval} was already {verdict} by {by}, {at}. Nothing was changed.").format(verdict=label(verdict), **values)


def _not_theirs(facts: dict[str, Any]) -> Text:
    """Whose step it is instead."""
    stage, values = facts["stage"], {"approval": facts["approval"], "whom": whom(facts["stage"])}
    if stage.in_person and facts["step"] == facts["steps"]:
        sentence = _(
            "{approval} changes a protected key of the policy: what it still needs is {whom}. Only people who were given these roles by"
            " name count, no deputies and no user groups."
        )
        return sentence.format(approval=facts["approval"], whom=one_of(stage))
    if stage.in_person:
        sentence = _(
            "{approval} changes a protected key of the policy. It needs an administrator and a risk manager who were given these roles by"
            " name; deputies and user groups do not count."
        )
        return sentence.format(**values)
    if facts["steps"] > 1:
        return _("Step {n} of {approval} is for {whom}, and you are not one of them.").format(n=facts["step"], **values)
    if stage.people or stage.committee:
        return _("{approval} is for {whom}, and you are not one of them.").format(**values)
    return _("{approval} is for {whom}, and you are not one of those who may decide it now.").format(**values)


def _not_open(facts: dict[str, Any]) -> Text:
    if "strategy" in facts:
        return _("{thing} is a threat: one does not take more of it. Choose another strategy.").format(thing=facts["thing"])
    if facts.get("by"):
        return _("{thing} was already {state} by {by}, {at}. Nothing was changed.").format(
            thing=facts["thing"],
            state=label(str(facts["state"])),
            by=mention(facts["by"]),
            at=moment(facts["at"]),
        )
    return _("{thing} is {state}: nothing more can be done with it.").format(thing=facts["thing"], state=label(str(facts["state"])))
