"""/risk delegate @eva until=2026-12-20 "holiday": somebody else decides with one's authority, for a while, and says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from commands.approvals.delegation.delegations_told import entry, standing
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access.authority import NotAllowed, authority_of, refusal
from commands.kit.contract import Args, Command, Refused, Reply, Request
from commands.kit.i18n import _, listed, pgettext
from commands.kit.input.fields import Ask, Day, Someone
from commands.kit.wording import words
from risk_engine.approvals import delegation as engine
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import DelegationId
from storage.approvals import delegations
from storage.database import Tx

_TO = Ask(pgettext("delegation", "To"), hint=_("The person who decides on your behalf"), person=True)
_UNTIL = Ask(_("Until"), hint=_("The last day, included"))
_SINCE = Ask(_("Since"), hint=_("Leave empty to start now"))
_KINDS = Ask(
    _("Kinds"), hint=_("Leave empty for all, or choose from: {kinds}").format(kinds=", ".join(kind.value for kind in ApprovalKind))
)
Reason = Annotated[str, Field(min_length=3, max_length=300)]


class GiveArgs(Args):
    form: Annotated[Literal["new"], Ask(_("Form"), hidden=True)]
    to: Annotated[Someone, _TO]
    until: Annotated[Day, _UNTIL]
    reason: Annotated[Reason, Ask(_("Why"))]
    since: Annotated[Day | None, _SINCE] = None
    kinds: Annotated[str | None, Field(max_length=200), _KINDS] = None


class DelegateArgs(Args):
    to: Annotated[Someone | None, _TO] = None
    reason: Annotated[Reason | None, Ask(_("Why"), rest=True)] = None
    until: Annotated[Day | None, _UNTIL] = None
    since: Annotated[Day | None, _SINCE] = None
    kinds: Annotated[str | None, Field(max_length=200), _KINDS] = None
    delegation: Annotated[DelegationId | None, Ask(_("Delegation"), hidden=True)] = None

    @model_validator(mode="before")
    @classmethod
    def _an_id_is_no_person(cls, values: Any) -> Any:
        """Read an id in the place of a person, as in ``D-3 end``, as the delegation to end."""
        to = values.get("to") if isinstance(values, Mapping) else None
        if isinstance(to, str) and re.fullmatch(r"[Dd]-?[0-9]+", to.strip()):
            return {**{name: value for name, value in values.items() if name != "to"}, "delegation": to}
        return values


class EndArgs(Args):
    delegation: Annotated[DelegationId, Ask(_("Delegation"), hidden=True)]


def delegate(args: DelegateArgs, request: Request, tx: Tx) -> Reply:
    """List, end or give delegations, depending on the arguments."""
    if args.delegation is not None:
        if (args.reason or "").strip().lower() != "end":
            raise Refused(_("To revoke it, type `/risk delegate {id} end`.").format(id=args.delegation))
        return end(EndArgs(delegation=args.delegation), request, tx)
    if args.to is None:
        return standing(request, tx)
    if args.until is None or args.reason is None:
        example = '`/risk delegate @eva until=2026-12-20 "holiday"`'
        raise Refused(
            _("State until when and why, as in {example}.").format(example=example), field="until" if args.until is None else "reason"
        )
    return give(GiveArgs(form="new", **args.model_dump(exclude={"delegation"})), request, tx)


def give(args: GiveArgs, request: Request, tx: Tx) -> Reply:
    """Let somebody else decide with one's own authority; borrowed authority cannot be lent on."""
    _refuse_without_own_right(request, tx)
    human = request.policy.people.human
    given, happened = engine.delegate(
        delegations.next_id(tx),
        giver=request.user,
        delegate=request.user if human(args.to) == human(request.user) else args.to,
        since=_morning(args.since, request) if args.since and args.since > request.today else request.at,
        until=_morning(args.until + timedelta(days=1), request),
        reason=args.reason,
        kinds=_kinds(args.kinds),
        longest_days=request.policy.delegations.longest_days,
        at=request.at,
    )
    delegations.add(tx, given)
    record(tx, happened, request.policy, request_key=request.key)
    gist = _("{delegation}: {to} decides on your behalf until {until}, for requests made from now on.").format(
        delegation=given.id, to=blocks.mention(given.delegate), until=words.day(args.until)
    )
    note = blocks.note(_("Pending requests remain yours to decide: a delegation only covers later requests."))
    return Reply(blocks.marked(gist), [blocks.sentence(gist), *entry(given, request), note])


def _refuse_without_own_right(request: Request, tx: Tx) -> None:
    own = authority_of(tx, request.user, request.policy)
    if Right.DECIDE in own.rights:
        return
    if Right.DECIDE in request.authority.rights:
        raise Refused(_("You decide on behalf of others: delegated authority cannot be delegated again."))
    raise NotAllowed(refusal(tx, Right.DECIDE, request), Right.DECIDE)


def _kinds(typed: str | None) -> tuple[ApprovalKind, ...]:
    named = [word.lower() for word in re.split(r"[,;\s]+", typed or "") if word]
    unknown = [word for word in named if word not in set(ApprovalKind)]
    if unknown:
        sentence = _("Kinds “{value}”: expected some of {kinds}.")
        raise Refused(sentence.format(value=unknown[0], kinds=listed(kind.value for kind in ApprovalKind)), field="kinds")
    return tuple(kind for kind in ApprovalKind if kind.value in named)


def _morning(day: date, request: Request) -> datetime:
    """Return the first moment of a day in the giver's time zone."""
    return datetime.combine(day, time(), request.person.reader.tzinfo)


def end(args: EndArgs, request: Request, tx: Tx) -> Reply:
    """Revoke a delegation, for its giver, its holder or an administrator."""
    found = delegations.get(tx, args.delegation)
    if found is None:
        raise Refused(_("There is no {delegation}. `/risk delegate` lists them.").format(delegation=args.delegation))
    if request.user not in (found.giver, found.delegate) and Right.ADMINISTER not in request.authority.rights:
        raise Refused(_("{delegation} is not yours: {giver} gave it.").format(delegation=found.id, giver=blocks.mention(found.giver)))
    revoked, happened = engine.revoke(found, by=request.user, at=request.at)
    delegations.revoke(tx, revoked, by=request.user)
    record(tx, happened, request.policy, request_key=request.key)
    return Reply(
        blocks.marked(
            _("{delegation} has ended: {to} no longer decides on behalf of {giver}.").format(
                delegation=found.id, to=blocks.mention(found.delegate), giver=blocks.mention(found.giver)
            )
        )
    )


COMMAND = Command(
    "delegate",
    DelegateArgs,
    delegate,
    right=Right.READ,
    summary=_("Let someone else decide on your behalf for a limited time; see who decides for whom"),
    examples=["delegate", 'delegate @eva until=2026-12-20 "holiday"', "delegate D-3 end"],
    writes=True,
    order=24,
    classification=Secrecy.CONFIDENTIAL,
)
ACTIONS = [
    Command(
        "delegation.give",
        GiveArgs,
        give,
        right=Right.DECIDE,
        summary=_("Let someone else decide on your behalf"),
        writes=True,
        title=_("Delegate"),
        submit=_("Delegate"),
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "delegation.end", EndArgs, end, right=Right.READ, summary=_("End a delegation"), writes=True, classification=Secrecy.CONFIDENTIAL
    ),
]
