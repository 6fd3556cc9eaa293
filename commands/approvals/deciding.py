"""Decisions: voters and their authority, the facts shown, and the effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from commands.approvals import decision_facts
from commands.approvals.subjects import subject_of
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access.authority import authority_of, demand
from commands.kit.contract import Refused, Request
from commands.kit.i18n import _
from risk_engine.approvals import approval as engine
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.ballot import Choice, Voter
from risk_engine.approvals.delegation import Delegation
from risk_engine.approvals.events import ApprovalRefreshed
from risk_engine.approvals.proposal import ProposalState
from risk_engine.events import Event
from risk_engine.people.people_policy import People
from risk_engine.people.roles import Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.refusals import Refusal
from storage.approvals import approvals, delegations
from storage.audit.reconciliation import trusting
from storage.database import Tx

NOT_AS_RECORDED = _(
    "{approval} does not match the audit trail, so nothing was done. Please ask an administrator to run: python -m bot audit verify"
)

LAPSED = _("You would decide on behalf of {giver}, whose account is not that of a full member any more: the delegation is not in force.")
UNCONFIRMED = _("Slack does not confirm that the account of {giver} is active, so nothing was decided. Please try again in a minute.")


@dataclass(frozen=True, slots=True)
class Stead:
    """A delegated authority, with the giver's present roles."""

    delegation: Delegation
    roles: frozenset[Role]


def waiting_for(key: str, tx: Tx) -> Approval:
    """Return the approval whose buttons carry this key."""
    asked = approvals.by_key(tx, key.partition(".")[0])
    if asked is None:
        raise Refused(_("This approval no longer exists, or concerns a customer you cannot see."))
    if not trusting.approval(tx, asked.id):
        raise Refused(NOT_AS_RECORDED.format(approval=asked.id))
    return asked


def to_speak_on(key: str, request: Request, tx: Tx) -> Approval:
    """Return the approval whose buttons carry this key, after checking the right to vote on it.

    Guards of a protected key decide nothing else by that role: they have the right only for requests that need them.
    """
    asked = approvals.by_key(tx, key.partition(".")[0])
    demand(tx, request, Right.DECIDE if asked is None else _right(asked))
    return waiting_for(key, tx)


def button_key(asked: Approval, now: decision_facts.Picture) -> str:
    """Return a button's value: the approval, and the digest of the facts shown."""
    return f"{asked.key}.{_content(asked, now)}"


def shown_with(key: str) -> str | None:
    """Return the digest of the facts shown with a button; None for a button without one."""
    return key.partition(".")[2] or None


def _content(asked: Approval, now: decision_facts.Picture) -> str:
    """Return the digest of everything that is decided on: the original request, and the facts."""
    amount = None if asked.amount is None else str(asked.amount)
    request = {"subject": str(asked.subject), "title": asked.title, "maker": asked.maker, "customer": asked.customer, "amount": amount}
    return decision_facts.digest({"request": request, "facts": dict(now)})


def present(asked: Approval, policy: Policy, tx: Tx) -> decision_facts.Picture:
    """Return the present facts; a grade that only the request itself has worsened counts as the one at the request."""
    subject = subject_of(asked)
    now = decision_facts.take(tx, asked.customer, subject.picture(tx, asked.subject, policy))
    before = asked.picture.get("grade") if asked.picture else None
    if before and asked.customer and decision_facts.worsened_by(tx, asked.customer, before, subject.effects(tx, asked.subject)):
        now["grade"] = before
    return now


def changed(asked: Approval, now: decision_facts.Picture) -> dict[str, list[Any]]:
    """Return the facts changed since the request, with both values; empty for a request without frozen facts."""
    if not asked.picture:
        return {}
    names = [name for name in dict.fromkeys((*asked.picture, *now)) if asked.picture.get(name) != now.get(name)]
    return {name: [asked.picture.get(name), now.get(name)] for name in names}


def refreshed(asked: Approval, now: decision_facts.Picture, *, by: str, at: datetime) -> ApprovalRefreshed:
    """Return the event that the present facts are shown, which updates the card."""
    return ApprovalRefreshed(
        subject=str(asked.id),
        actor=by,
        at=at,
        maker=asked.maker,
        customer=asked.customer,
        changed=changed(asked, now),
        shown=decision_facts.digest(now),
    )


# --- voters ----------------------------------------------------------------------------------------------------------


def steads(request: Request, tx: Tx) -> list[Stead]:
    """Return the delegations that somebody may use now; the givers must be full members with rights of their own."""
    return [one for one in _given(request, tx) if request.welcome(one.delegation.giver)]


def _given(request: Request, tx: Tx) -> list[Stead]:
    """Return the delegations that somebody may use now, without checking the givers' membership."""
    found = []
    for one in delegations.to(tx, request.user, at=request.at):
        authority = authority_of(tx, one.giver, request.policy)
        if Right.DECIDE in authority.rights and Role.ADMINISTRATOR not in request.authority.roles:
            found.append(Stead(one, authority.roles))
    return found


def voter_for(asked: Approval, request: Request, tx: Tx, standing: Sequence[Stead] | None = None) -> Voter:
    """Return this person as a voter: with their own authority if it fits the step, else with a delegated one.

    Args:
        standing: delegations known to be in force; without them Slack is asked afresh.

    Raises:
        Refused: the givers have left, or Slack does not confirm their membership.
    """
    own, people = Voter.own(request.user, request.authority.roles, request.authority.named), people_of(request)
    if engine.has_a_voice(asked, own, people):
        return own
    lent = list(_lent(asked, request, _given(request, tx) if standing is None else standing))
    if standing is None:
        lent = _confirmed(lent, request)
    spoken = {people.human(vote.authority) for vote in asked.votes}
    # if all have voted, the first one is refused for that reason
    return next((voter for voter in lent if people.human(voter.authority) not in spoken), lent[0] if lent else own)


def _confirmed(lent: Sequence[Voter], request: Request) -> list[Voter]:
    """Return the voters whose givers Slack confirms as full members."""
    answers = [request.confirmed(voter.authority) for voter in lent]
    here = [voter for voter, answer in zip(lent, answers, strict=True) if answer]
    if lent and not here:
        giver = blocks.mention(lent[0].authority)
        if None in answers:
            raise Refused(UNCONFIRMED.format(giver=giver))
        raise Refused(LAPSED.format(giver=giver))
    return here


def _lent(asked: Approval, request: Request, standing: Sequence[Stead]) -> Iterator[Voter]:
    people = people_of(request)
    for one in standing:
        voter = Voter(request.user, one.delegation.giver, one.roles)
        in_force = one.delegation.holds(kind=asked.kind, requested_at=asked.requested_at, at=request.at)
        if in_force and people.human(voter.authority) != people.human(asked.maker) and engine.has_a_voice(asked, voter, people):
            yield voter


def people_of(request: Request) -> People:
    """Return the accounts of each person; the policy's list of approvers no longer counts once roles are assigned."""
    people = request.policy.people
    return people.model_copy(update={"approvers": ()}) if request.authority.given else people


def may_decide(asked: Approval, request: Request, tx: Tx) -> None:
    """Refuse a person who cannot vote, before asking for a reason."""
    engine.may_decide(asked, voter_for(asked, request, tx), at=request.at, people=people_of(request))


def _right(asked: Approval) -> Right:
    """Return the right that a vote needs now; guards of a protected key have a right of their own."""
    return Right.VOICE if asked.stage.in_person else Right.DECIDE


def can_decide(asked: Approval, request: Request, tx: Tx, standing: Sequence[Stead]) -> bool:
    """Return True if this person may vote now."""
    if _right(asked) not in request.authority.rights:
        return False
    try:
        engine.may_decide(asked, voter_for(asked, request, tx, standing), at=request.at, people=people_of(request))
    except Refusal:
        return False
    return True


# --- votes -----------------------------------------------------------------------------------------------------------


def decide(
    key: str, choice: Choice, request: Request, tx: Tx, *, reason: str | None = None, conditions: Sequence[tuple[str, date]] = ()
) -> Approval:
    """Vote on an approval; the effects of its end happen in this transaction."""
    asked = to_speak_on(key, request, tx)
    now = present(asked, request.policy, tx)
    if choice is Choice.APPROVE:
        subject_of(asked).still_possible(tx, asked.subject, request)
    decided, happened = engine.decide(
        asked,
        choice,
        by=voter_for(asked, request, tx),
        at=request.at,
        people=people_of(request),
        reason=reason,
        conditions=conditions,
        # an approval without a digest is refused like one of other facts
        seen=shown_with(key),
        present=_content(asked, now),
    )
    if what := changed(asked, now):
        # the record names the facts decided on, not only their digest
        happened = replace(happened, changed=what)
    _write(asked, decided, happened, request, tx)
    return decided


def may_take_back(asked: Approval, request: Request) -> None:
    """Refuse a withdrawal by another person, or of a closed request."""
    engine.withdraw(asked, by=request.user, at=request.at)


def take_back(key: str, request: Request, tx: Tx, *, reason: str | None) -> Approval:
    """Withdraw one's own request."""
    asked = waiting_for(key, tx)
    taken, happened = engine.withdraw(asked, by=request.user, at=request.at, reason=reason)
    _write(asked, taken, happened, request, tx)
    return taken


def _write(before: Approval, after: Approval, happened: Event, request: Request, tx: Tx) -> None:
    # the decision comes first: its effects may need its author and time
    approvals.save(tx, before, after)
    if after.verdict is not None:
        settle(after, after.verdict, tx)
    record(tx, happened, request.policy, request_key=request.key)


def settle(asked: Approval, verdict: ProposalState, tx: Tx) -> None:
    """Apply the end of a request to its subject."""
    subject_of(asked).settle(tx, asked.subject, verdict)
