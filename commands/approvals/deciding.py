"""Decide: who speaks with which authority, what lay before them, and what their word makes of the matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from commands.approvals import decision_facts
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access.authority import authority_of, demand
from commands.kit.contract import Refused, Request
from commands.kit.i18n import _
from commands.kit.wording.lines import subject_of
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
    """Somebody's authority in another's hands, with the roles that they hold now."""

    delegation: Delegation
    roles: frozenset[Role]


def waiting_for(key: str, tx: Tx) -> Approval:
    """The approval whose buttons carry this key."""
    asked = approvals.by_key(tx, key.partition(".")[0])
    if asked is None:
        raise Refused(_("This approval no longer exists, or concerns a customer you cannot see."))
    if not trusting.approval(tx, asked.id):
        raise Refused(NOT_AS_RECORDED.format(approval=asked.id))
    return asked


def to_speak_on(key: str, request: Request, tx: Tx) -> Approval:
    """The approval whose buttons carry this key, for somebody who has the right to speak on it.

    Those who guard a protected key decide nothing else by that: without a request that asks for them they lack the right.
    """
    asked = approvals.by_key(tx, key.partition(".")[0])
    demand(tx, request, Right.DECIDE if asked is None else _right(asked))
    return waiting_for(key, tx)


def button_key(asked: Approval, now: decision_facts.Picture) -> str:
    """What a button carries: which approval, and what lay before the person who presses it."""
    return f"{asked.key}.{_content(asked, now)}"


def shown_with(key: str) -> str | None:
    """The name of what lay before the person who pressed; None for a button that does not say."""
    return key.partition(".")[2] or None


def _content(asked: Approval, now: decision_facts.Picture) -> str:
    """The short name of all that is decided on: the request as it was made, and the facts."""
    amount = None if asked.amount is None else str(asked.amount)
    request = {"subject": str(asked.subject), "title": asked.title, "maker": asked.maker, "customer": asked.customer, "amount": amount}
    return decision_facts.digest({"request": request, "facts": dict(now)})


def present(asked: Approval, policy: Policy, tx: Tx) -> decision_facts.Picture:
    """The facts as they are now."""
    return decision_facts.take(tx, asked.customer, subject_of(asked).picture(tx, asked.subject, policy))


def changed(asked: Approval, now: decision_facts.Picture) -> dict[str, list[Any]]:
    """The facts that have changed since the request was made, each as it was and as it is; none of a request without a picture."""
    if not asked.picture:
        return {}
    names = [name for name in dict.fromkeys((*asked.picture, *now)) if asked.picture.get(name) != now.get(name)]
    return {name: [asked.picture.get(name), now.get(name)] for name in names}


def refreshed(asked: Approval, now: decision_facts.Picture, *, by: str, at: datetime) -> ApprovalRefreshed:
    """That the facts are shown anew, as they are; whoever is told renders the card afresh."""
    return ApprovalRefreshed(
        subject=str(asked.id),
        actor=by,
        at=at,
        maker=asked.maker,
        customer=asked.customer,
        changed=changed(asked, now),
        shown=decision_facts.digest(now),
    )


# --- who speaks ------------------------------------------------------------------------------------------------------


def steads(request: Request, tx: Tx) -> list[Stead]:
    """In whose stead somebody may decide now: full members who could still decide themselves, by rights of their own."""
    return [one for one in _given(request, tx) if request.welcome(one.delegation.giver)]


def _given(request: Request, tx: Tx) -> list[Stead]:
    """The same, whether or not their givers are still members."""
    found = []
    for one in delegations.to(tx, request.user, at=request.at):
        authority = authority_of(tx, one.giver, request.policy)
        if Right.DECIDE in authority.rights and Role.ADMINISTRATOR not in request.authority.roles:
            found.append(Stead(one, authority.roles))
    return found


def voter_for(asked: Approval, request: Request, tx: Tx, standing: Sequence[Stead] | None = None) -> Voter:
    """With whose authority this person would speak: their own if the step is for them, else that of somebody whom they stand in for.

    Args:
        standing: known to be in force; without it Slack is asked afresh.

    Raises:
        Refused: those whom they would stand in for have left, or Slack does not confirm that they have not.
    """
    own, people = Voter.own(request.user, request.authority.roles, request.authority.named), people_of(request)
    if engine.has_a_voice(asked, own, people):
        return own
    lent = list(_lent(asked, request, _given(request, tx) if standing is None else standing))
    if standing is None:
        lent = _confirmed(lent, request)
    spoken = {people.human(vote.authority) for vote in asked.votes}
    # without one that is still silent the first is refused, as having spoken
    return next((voter for voter in lent if people.human(voter.authority) not in spoken), lent[0] if lent else own)


def _confirmed(lent: Sequence[Voter], request: Request) -> list[Voter]:
    """The voices whose owners Slack confirms as full members."""
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
    """Whose accounts are one person's; once roles are given, the policy's list of approvers counts no more."""
    people = request.policy.people
    return people.model_copy(update={"approvers": ()}) if request.authority.given else people


def may_decide(asked: Approval, request: Request, tx: Tx) -> None:
    """Refuse whoever cannot speak, before they are asked for a reason."""
    engine.may_decide(asked, voter_for(asked, request, tx), at=request.at, people=people_of(request))


def _right(asked: Approval) -> Right:
    """What it takes to speak now: the roles that guard a protected key decide nothing else by themselves."""
    return Right.VOICE if asked.stage.in_person else Right.DECIDE


def can_decide(asked: Approval, request: Request, tx: Tx, standing: Sequence[Stead]) -> bool:
    """Whether this person may speak now."""
    if _right(asked) not in request.authority.rights:
        return False
    try:
        engine.may_decide(asked, voter_for(asked, request, tx, standing), at=request.at, people=people_of(request))
    except Refusal:
        return False
    return True


# --- what is said ----------------------------------------------------------------------------------------------------


def decide(
    key: str, choice: Choice, request: Request, tx: Tx, *, reason: str | None = None, conditions: Sequence[tuple[str, date]] = ()
) -> Approval:
    """Say something of an approval; what it ends is carried out in the same transaction."""
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
        # a yes that does not say what it was given on is refused like one on other facts
        seen=shown_with(key),
        present=_content(asked, now),
    )
    if what := changed(asked, now):
        # the record names the facts that were decided on, not their digest alone
        happened = replace(happened, changed=what)
    _write(asked, decided, happened, request, tx)
    return decided


def may_take_back(asked: Approval, request: Request) -> None:
    """Refuse whoever did not ask for it, and what is over."""
    engine.withdraw(asked, by=request.user, at=request.at)


def take_back(key: str, request: Request, tx: Tx, *, reason: str | None) -> Approval:
    """Withdraw one's own request."""
    asked = waiting_for(key, tx)
    taken, happened = engine.withdraw(asked, by=request.user, at=request.at, reason=reason)
    _write(asked, taken, happened, request, tx)
    return taken


def _write(before: Approval, after: Approval, happened: Event, request: Request, tx: Tx) -> None:
    # first the decision: what it settles may ask who decided, and when
    approvals.save(tx, before, after)
    if after.verdict is not None:
        settle(after, after.verdict, tx)
    record(tx, happened, request.policy, request_key=request.key)


def settle(asked: Approval, verdict: ProposalState, tx: Tx) -> None:
    """What the end of a request makes of its subject."""
    subject_of(asked).settle(tx, asked.subject, verdict)
