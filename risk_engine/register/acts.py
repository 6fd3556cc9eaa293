"""Acts of the register: the acts that a risk, a response or a control permits in each of its states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from risk_engine.references import Reference
from risk_engine.refusals import Refusal


class Act(StrEnum):
    """Something that people do to an entry of the register."""

    ASSESS = "assess"
    RESPOND = "respond"
    RETAIN = "retain"
    CLOSE = "close"
    REOPEN = "reopen"
    PROGRESS = "progress"
    EXTEND = "extend"
    DONE = "done"
    CANCEL = "cancel"
    DECIDE = "decide"
    OPERATE = "operate"
    TEST = "test"
    RETIRE = "retire"


class NotNow(Refusal):
    """The state of an entry does not allow the act; ``by`` brought it there at ``at``, and ``possible`` are the acts that it allows."""

    thing: Reference
    state: str
    act: Act
    by: str
    at: datetime
    possible: Sequence[Act]


class Entry(Protocol):
    """An entry with a state, and who brought it there."""

    @property
    def id(self) -> Reference: ...
    @property
    def state(self) -> StrEnum: ...
    @property
    def state_by(self) -> str: ...
    @property
    def state_at(self) -> datetime: ...


State = TypeVar("State", bound=StrEnum)


def allowed(entry: Entry, act: Act, acts: Mapping[State, Sequence[Act]]) -> None:
    """Check that an entry's state allows an act.

    Raises:
        NotNow: it does not.
    """
    possible = next((found for state, found in acts.items() if state is entry.state), ())
    if act not in possible:
        raise NotNow(thing=entry.id, state=entry.state, act=act, by=entry.state_by, at=entry.state_at, possible=possible)
