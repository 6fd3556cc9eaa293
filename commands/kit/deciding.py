"""Decide: who speaks with which authority, what lay before them, and what their word makes of the matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from commands.kit import picture
from commands.kit.contract import Refused, Request
from commands.kit.i18n import _
from commands.kit.lines import subject_of
from commands.kit.record import record
from risk_engine import approval as engine
from risk_engine.approval import Approval
from risk_engine.ballot import Choice, Voter
from risk_engine.people_policy import People
from risk_engine.policy import Policy
from storage import approvals
from storage.database import Tx


def waiting_for(key: str, tx: Tx) -> Approval:
    """The approval whose buttons carry this key."""
    asked = approvals.by_key(tx, key.partition(".")[0])
    if asked is None:
        raise Refused(_("This approval is not on record any more."))
    return asked


def button_key(asked: Approval, now: picture.Picture) -> str:
    """What a button carries: which approval, and which facts lay before whoever presses it."""
    return f"{asked.key}.{picture.digest(now)}"


def present(asked: Approval, policy: Policy, tx: Tx) -> picture.Picture:
    """The facts as they are now."""
    return picture.take(tx, asked.customer, subject_of(asked).picture(tx, asked.subject, policy))


def voter_for(asked: Approval, request: Request, tx: Tx) -> Voter:
    """With whose authority this person would speak."""
    return Voter.own(request.user, request.authority.roles)


def may_decide(asked: Approval, request: Request, tx: Tx) -> None:
    """Refuse whoever cannot speak, before they are asked for a reason."""
    engine.may_decide(asked, voter_for(asked, request, tx), at=request.at, people=_people(request))


def decide(
    key: str, choice: Choice, request: Request, tx: Tx, *, reason: str | None = None, conditions: Sequence[tuple[str, date]] = ()
) -> Approval:
    """Say something of an approval; what it ends is carried out in the same transaction."""
    asked = waiting_for(key, tx)
    now = picture.digest(present(asked, request.policy, tx))
    # a key without facts comes from a place that shows those that were frozen
    seen = key.partition(".")[2] or picture.digest(asked.picture)
    decided, happened = engine.decide(
        asked,
        choice,
        by=voter_for(asked, request, tx),
        at=request.at,
        people=_people(request),
        reason=reason,
        conditions=conditions,
        seen=seen,
        present=now,
    )
    if decided.verdict is not None:
        subject_of(asked).settle(tx, asked.subject, decided.verdict)
    approvals.save(tx, asked, decided)
    record(tx, happened, request.policy, request_key=request.key)
    return decided


def _people(request: Request) -> People:
    """Once roles are given, the policy's list of approvers counts no more."""
    people = request.policy.people
    return people.model_copy(update={"approvers": ()}) if request.authority.given else people
