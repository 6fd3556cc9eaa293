"""Ballot: who may speak in a step of an approval, what they say, and what all of it comes to."""

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
    """What somebody says of a request; ``recuse`` is to stand aside."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    RECUSE = "recuse"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step as it stood when the request was made.

    Attributes:
        role: what one must hold to speak; a committee's members need not.
        people: if any are named, only they speak.
        quorum: so many must say yes; one no ends it.
        committee: its name, where a committee votes; then ``share`` of the seats must say yes, and a no of ``veto`` ends it.
        in_person: only those speak who were given the role by name, and nobody in their stead: a protected key of the policy.
    """

    role: Role = Role.APPROVER
    people: tuple[str, ...] = ()
    quorum: int = 1
    committee: str | None = None
    veto: tuple[str, ...] = ()
    share: str = "2/3"
    in_person: bool = False

    def seats(self, maker: str, gone: Sequence[str]) -> tuple[str, ...]:
        """The members who vote: not the maker, and nobody who stood aside or has spoken in an earlier step."""
        return tuple(one for one in self.people if one != maker and one not in gone)

    def needed(self, seats: int) -> int:
        """How many must say yes, of so many seats."""
        return self.quorum if self.committee is None else max(1, math.ceil(Fraction(self.share) * seats))


@dataclass(frozen=True, slots=True)
class Voter:
    """Whoever speaks, with whose authority: their own, or that of somebody who has delegated theirs.

    Attributes:
        person: who presses.
        authority: whose voice it is; equal to ``person`` unless it is delegated.
        roles: of the authority.
        named: the roles that somebody was given by name, or by the bot's setting: not by a user group, and not as everybody's.
    """

    person: str
    authority: str
    roles: frozenset[Role]
    named: frozenset[Role] = frozenset()

    @classmethod
    def own(cls, person: str, roles: frozenset[Role], named: frozenset[Role] = frozenset()) -> Voter:
        """Somebody who speaks for themselves."""
        return cls(person, person, roles, named)


@dataclass(frozen=True, slots=True)
class Vote:
    """One voice in one step; ``seen`` names the facts that lay before the voter."""

    step: int
    person: str
    authority: str
    choice: Choice
    at: datetime
    reason: str | None = None
    seen: str | None = None


def eligible(stage: Stage, voter: Voter) -> bool:
    """Whether this authority speaks in this step; an administrator does only where a protected key asks for one."""
    if stage.in_person:
        return voter.person == voter.authority and stage.role in voter.named
    if Role.ADMINISTRATOR in voter.roles:
        return False
    if stage.people and voter.authority not in stage.people:
        return False
    return stage.committee is not None or stage.role in voter.roles


def tally(stage: Stage, votes: Sequence[Vote], *, maker: str, spoken: Sequence[str] = ()) -> ProposalState | None:
    """What the voices of one step come to; None while it is open.

    One request for more returns the matter. Without a committee one no ends it, and ``quorum`` voices carry it. In a committee a no of
    somebody with a veto ends it; ``share`` of the seats carry it, and it falls as soon as they cannot be reached any more. Who stood
    aside has no seat; if nobody is left, it stays open until it expires.

    Args:
        spoken: who spoke in an earlier step: one person is one voice, so that they have no seat in this one.
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
