"""Events of the outbox. They are declared in storage because the engine has no messages."""

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
    """Somebody had messages sent again; ``cause`` and ``numbers`` are the first of them."""

    kind: ClassVar = "outbox.requeued"

    count: int
    cause: Sequence[str]
    numbers: Sequence[int]
