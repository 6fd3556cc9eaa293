"""Events of the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from risk_engine.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProposed(Event):
    """A proposal of another value for a key; ``effects`` are the rights that it would give or take."""

    kind: ClassVar = "policy.proposed"
    stored_as: ClassVar = {"before": "from", "after": "to"}

    key: str
    before: Any
    after: Any
    back: bool
    reason: str
    effects: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(Event):
    """A new policy in force.

    By an approved change, which names its ``key`` with the value before and after; or by a start with another file, where ``before`` and
    ``after`` are the digests of the two policies and ``keys`` the first that differ.
    """

    kind: ClassVar = "policy.changed"
    stored_as: ClassVar = {"before": "from", "after": "to"}

    before: Any
    after: Any
    key: str | None = None
    reason: str | None = None
    proposed_by: str | None = None
    effects: Sequence[Mapping[str, Any]] | None = None
    origin: str | None = None
    keys: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySetAside(Event):
    """An approved change holds no more, because the policy's model does not take it any more."""

    kind: ClassVar = "policy.set_aside"
    stored_as: ClassVar = {"before": "from", "after": "to"}

    key: str
    before: Any
    after: Any
