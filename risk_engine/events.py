"""Events: facts about something that happened, each kind a type; the engine returns them, storage records them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, ClassVar

_ENVELOPE = ("subject", "actor", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened to ``subject`` at ``at``, by ``actor``; each kind adds its facts as fields.

    A fact without a default is always stored, one with a default only where it is known. A fact that is a dataclass is a group of
    facts and is stored flat.

    Attributes:
        kind: the word under which this kind is stored. It is sealed, so it never changes.
        stored_as: the stored name of a fact, where that is not the field's own.
    """

    kind: ClassVar[str]
    stored_as: ClassVar[Mapping[str, str]] = {}

    subject: str
    actor: str
    at: datetime

    @property
    def facts(self) -> dict[str, Any]:
        """Return the facts as they are stored and sealed: JSON values by their stored names."""
        found: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _ENVELOPE or (value is None and field.default is None):
                continue
            if is_dataclass(value):
                found |= {each.name: _stored(getattr(value, each.name)) for each in fields(value)}
            else:
                found[self.stored_as.get(field.name, field.name)] = _stored(value)
        return found


def _stored(value: Any) -> Any:
    """A fact as a JSON value: days and moments in ISO form, a word of a scale by its name, an amount as text."""
    if isinstance(value, Enum):
        return value.name.lower() if isinstance(value, IntEnum) else value.value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _stored(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_stored(each) for each in value]
    return value


def kinds(*events: type[Event]) -> tuple[str, ...]:
    """Return the stored words of these kinds, for a question to the database."""
    return tuple(event.kind for event in events)
