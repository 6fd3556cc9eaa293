"""Proposal: a change that takes effect once somebody other than its maker approves it, and its states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from risk_engine.references import Reference
from risk_engine.refusals import Refusal


class ProposalState(StrEnum):
    """The state of a proposal."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    # approved, and without effect since: ended before its time, or replaced by a later one
    ENDED = "ended"
    REPLACED = "replaced"
    # approved, and being carried out; carried out; given up
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


# how a proposal stops waiting: decided by others, taken back by its maker, or too late
VERDICTS = (ProposalState.APPROVED, ProposalState.REJECTED, ProposalState.RETURNED, ProposalState.WITHDRAWN, ProposalState.EXPIRED)


class NotOpen(Refusal):
    """The proposal is not in a state that allows the requested one."""

    thing: Reference
    state: ProposalState


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal of any kind; subclasses add the content and the states that can follow an approval.

    Attributes:
        after_approval: the states that an approved one of this kind can still reach.
    """

    after_approval: ClassVar[frozenset[ProposalState]] = frozenset()

    id: Reference
    state: ProposalState = ProposalState.PROPOSED
    proposed_by: str
    proposed_at: datetime
    version: int = 1

    def become(self, state: ProposalState) -> Self:
        """Return the proposal in another state.

        Raises:
            NotOpen: this state does not follow on the present one.
        """
        if state not in self._next_states():
            raise NotOpen(thing=self.id, state=self.state)
        return replace(self, state=state)

    def _next_states(self) -> frozenset[ProposalState]:
        if self.state is ProposalState.PROPOSED:
            return frozenset(VERDICTS)
        return self.after_approval if self.state is ProposalState.APPROVED else frozenset()
