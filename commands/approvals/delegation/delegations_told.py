"""Delegations: the list of those in force, and notices of grants and revocations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from commands.approvals.cards.approval_words import ON_BEHALF_OF
from commands.kit import blocks
from commands.kit.access.authority import authority_of
from commands.kit.contract import Blocks, Card, Message, Notice, Refused, Reply, Request, To
from commands.kit.i18n import Text, _, labelled, listed, ngettext
from commands.kit.wording import words
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.delegation import Delegation
from risk_engine.approvals.events import DelegationGiven, DelegationRevoked
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.references import DelegationId
from storage.approvals import delegations
from storage.database import Tx
from storage.events import Recorded

SHOWN = 20
_KINDS: dict[ApprovalKind, Text] = {
    ApprovalKind.RESPONSE: _("response"),
    ApprovalKind.RETENTION: _("retention"),
    ApprovalKind.OVERRIDE: _("override"),
    ApprovalKind.DEFAULT: _("judgement about default"),
    ApprovalKind.WAIVER: _("waiver"),
    ApprovalKind.EXCESS: _("excess over limit"),
    ApprovalKind.POLICY: _("policy change"),
    ApprovalKind.INDICATOR: _("indicator change"),
    ApprovalKind.MESSAGE: _("message to a customer"),
    ApprovalKind.EXPORT: _("export over the limit"),
}


def standing(request: Request, tx: Tx) -> Reply:
    """List one's own delegations, given and received; for administrators and auditors everybody's."""
    everybody = {Right.ADMINISTER, Right.AUDIT} & request.authority.rights
    count, found = delegations.standing(tx, at=request.at, limit=SHOWN) if everybody else _own(request, tx)
    may_give = Right.DECIDE in authority_of(tx, request.user, request.policy).rights
    new = [blocks.buttons(blocks.button("delegation.give", _("Delegate…"), "new"))] if may_give else []
    if not found:
        nothing = _("No delegations in force.") if everybody else _("You have no delegations, given or received.")
        hint = [blocks.note(_('As in: /risk delegate @eva until=2026-12-20 "holiday"'))] if may_give else []
        return Reply(str(nothing), [blocks.paragraph(nothing), *hint, *new])
    heading = ngettext("{n} delegation in force", "{n} delegations in force", count)
    body: Blocks = [blocks.header(heading)]
    for one in found[:SHOWN]:
        body += entry(one, request)
    if count > SHOWN:
        body.append(blocks.note(_("{n} more not shown.").format(n=count - SHOWN)))
    return Reply(labelled(heading, listed(one.id for one in found[:SHOWN])), [*body, *new])


def one_delegation(id: DelegationId, request: Request, tx: Tx) -> Reply:
    """Return one delegation to its two people, and to administrators and auditors."""
    found = delegations.get(tx, id)
    if found is None:
        raise Refused(_("There is no {delegation}. `/risk delegate` lists what is in force.").format(delegation=id))
    if request.user not in (found.giver, found.delegate) and not {Right.ADMINISTER, Right.AUDIT} & request.authority.rights:
        raise Refused(_("{delegation} is not yours: {giver} gave it.").format(delegation=found.id, giver=blocks.mention(found.giver)))
    return Reply(str(found.id), [blocks.header(str(found.id)), *entry(found, request)])


def _own(request: Request, tx: Tx) -> tuple[int, list[Delegation]]:
    found = delegations.of(tx, request.user, at=request.at)
    return len(found), found


def entry(one: Delegation, request: Request) -> Blocks:
    """Return one delegation, with the button that revokes it."""
    begins = [_("from {day}").format(day=words.moment(one.since)), " "] if one.since > request.at else []
    line = [
        *_who(one),
        "\n",
        *begins,
        _("until {day}").format(day=_last(one)),
        f" · {_what(one)} · “{blocks.quoted(one.reason)}”",
        *_out(one, request),
    ]
    theirs = request.user in (one.giver, one.delegate) or Right.ADMINISTER in request.authority.rights
    sure = blocks.confirm(_("Revoke {delegation}?").format(delegation=one.id), _("It ends immediately."), _("End it"))
    button = blocks.button("delegation.end", _("Revoke"), str(int(one.id)), style="danger", confirm=sure)
    return [blocks.paragraph(*line), *([blocks.buttons(button, block_id=f"delegation-{int(one.id)}")] if theirs else [])]


def _who(one: Delegation) -> list[Any]:
    return [blocks.bold(str(one.id)), "  ", *blocks.around(ON_BEHALF_OF, who=blocks.person(one.delegate), whom=blocks.person(one.giver))]


def _out(one: Delegation, request: Request) -> list[Any]:
    """Return the mark of a delegation without effect, as one of the two has no access any more."""
    gone = [person for person in (one.giver, one.delegate) if not request.welcome(person)]
    sentence = _("⛔ Without effect: the account of {who} has no access.")
    return ["\n", *blocks.around(sentence, who=blocks.person(gone[0]))] if gone else []


def _last(one: Delegation) -> str:
    """Return the last minute, so that the day named is the last day."""
    return words.moment(one.until - timedelta(minutes=1))


def _what(one: Delegation) -> Text | str:
    return listed(str(_KINDS[kind]) for kind in one.kinds) or _("all kinds")


# --- notices ---------------------------------------------------------------------------------------------------------


def _told(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    """Return the other person of the two, and the watchers of authority."""
    facts = event.facts or {}
    others = [one for one in (facts["giver"], facts["delegate"]) if one != event.actor]
    return [*(To(f"person:{one}", "it is about their authority") for one in others), To("route:audit", "authority was lent or taken back")]


def message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice of a delegation: people, scope and term; or of its end."""
    one = delegations.get(tx, DelegationId.parse(facts["subject"]))
    if one is None:
        return None
    values = {"delegation": one.id, "to": blocks.mention(one.delegate), "giver": blocks.mention(one.giver)}
    if facts["kind_of_event"] == DelegationRevoked.kind:
        gist = _("{delegation} has ended: {to} no longer decides on behalf of {giver}.").format(**values)
        return Message(blocks.marked(gist), [blocks.sentence(gist)])
    gist = _("{delegation}: {to} decides on behalf of {giver} until {until}.").format(until=_last(one), **values)
    rows = [
        (_("What"), _what(one)),
        (_("Since"), words.moment(one.since)),
        (_("Until"), _last(one)),
        (_("Why"), blocks.quoted(one.reason)),
    ]
    note = blocks.note(_("It applies to requests made after it was granted; the record names both people."))
    return Message(blocks.marked(gist), [blocks.sentence(gist), blocks.facts(rows), note])


NOTICES = [Notice("delegation", (DelegationGiven, DelegationRevoked), _told, message, classification=Secrecy.CONFIDENTIAL)]
CARDS = [Card(DelegationId, one_delegation)]
