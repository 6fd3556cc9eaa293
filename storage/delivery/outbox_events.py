"""Events of the outbox. They belong to storage, because the engine has no notion of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from risk_engine.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxTroubled(Event):
    """Messages were given up, or wait for long: how many, by cause."""

    kind: ClassVar = "outbox.troubled"

    causes: Sequence[Mapping[str, Any]]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRequeued(Event):
    """A person requeued messages; ``cause`` and ``numbers`` are the first of them."""

    kind: ClassVar = "outbox.requeued"

    count: int
    cause: Sequence[str]
    numbers: Sequence[int]
