"""Events of people's roles, and of refused access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from risk_engine.events import Event

Held = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(Event):
    """A person's roles and departments were changed; ``told`` is whether a message can reach them."""

    person: str
    before: Held
    after: Held
    reason: str | None
    told: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven(RolesChanged):
    """A person was given roles or departments."""

    kind: ClassVar = "role.given"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken(RolesChanged):
    """Roles were taken from somebody."""

    kind: ClassVar = "role.taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRefused(Event):
    """A person tried something forbidden."""

    kind: ClassVar = "access.refused"

    person: str
    what: str
    lacking: str
