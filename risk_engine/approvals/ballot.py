"""Ballot: eligibility, votes and the count in one step of an approval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from risk_engine.approvals.proposal import ProposalState
from risk_engine.people.roles import Role


class Choice(StrEnum):
    """A vote on a request; ``recuse`` means to step aside."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    RECUSE = "recuse"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a request, as the policy defined it at the time of the request.

    Attributes:
        role: the role that a voter must hold; committee members need none.
        people: if any are named, only they vote.
        quorum: the number of approvals needed; one rejection ends the request.
        committee: the committee's name, if one votes; then ``share`` of the seats must approve, and a rejection by ``veto`` ends it.
        in_person: only people who were given the role by name vote, without delegates: for a protected key of the policy.
    """

    role: Role = Role.APPROVER
    people: tuple[str, ...] = ()
    quorum: int = 1
    committee: str | None = None
    veto: tuple[str, ...] = ()
    share: str = "2/3"
    in_person: bool = False

    def seats(self, maker: str, gone: Sequence[str]) -> tuple[str, ...]:
        """Return the members who may vote: not the maker, a recused member or a voter of an earlier step."""
        return tuple(one for one in self.people if one != maker and one not in gone)

    def needed(self, seats: int) -> int:
        """Return the number of approvals needed for a number of seats."""
        return self.quorum if self.committee is None else max(1, math.ceil(Fraction(self.share) * seats))


@dataclass(frozen=True, slots=True)
class Voter:
    """A person who votes with their own authority, or with one that was delegated to them.

    Attributes:
        person: the person who presses the button.
        authority: the person whose vote it is; equal to ``person`` unless it is delegated.
        roles: the roles of the authority.
        named: the roles given by name or by the bot's settings: not through a user group, and not as a default for everybody.
    """

    person: str
    authority: str
    roles: frozenset[Role]
    named: frozenset[Role] = frozenset()

    @classmethod
    def own(cls, person: str, roles: frozenset[Role], named: frozenset[Role] = frozenset()) -> Voter:
        """Return a voter who votes with their own authority."""
        return cls(person, person, roles, named)


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote in one step; ``seen`` is the digest of the facts shown to the voter."""

    step: int
    person: str
    authority: str
    choice: Choice
    at: datetime
    reason: str | None = None
    seen: str | None = None


def eligible(stage: Stage, voter: Voter) -> bool:
    """Return True if this authority votes in this step; an administrator does so only for a protected key."""
    if stage.in_person:
        return voter.person == voter.authority and stage.role in voter.named
    if Role.ADMINISTRATOR in voter.roles:
        return False
    if stage.people and voter.authority not in stage.people:
        return False
    return stage.committee is not None or stage.role in voter.roles


def tally(stage: Stage, votes: Sequence[Vote], *, maker: str, spoken: Sequence[str] = ()) -> ProposalState | None:
    """Return the outcome of one step's votes; None while it is open.

    One return returns the request. Without a committee one rejection ends it, and ``quorum`` approvals carry it. In a committee a
    rejection by a member with a veto ends it; ``share`` of the seats carry it, and it is rejected as soon as that share is out of
    reach. A recused member has no seat; if no seat is left, the request stays open until it expires.

    Args:
        spoken: the voters of earlier steps: one person has one vote, so they have no seat in this step.
    """
    said = {choice: [vote.authority for vote in votes if vote.choice is choice] for choice in Choice}
    if said[Choice.RETURN]:
        return ProposalState.RETURNED
    if stage.committee is None and said[Choice.REJECT]:
        return ProposalState.REJECTED
    if stage.committee is None:
        return ProposalState.APPROVED if len(said[Choice.APPROVE]) >= stage.quorum else None
    if set(said[Choice.REJECT]) & set(stage.veto):
        return ProposalState.REJECTED
    seats = len(stage.seats(maker, [*said[Choice.RECUSE], *spoken]))
    needed = stage.needed(seats)
    if len(said[Choice.APPROVE]) >= needed:
        return ProposalState.APPROVED
    return ProposalState.REJECTED if said[Choice.REJECT] and len(said[Choice.REJECT]) > seats - needed else None
