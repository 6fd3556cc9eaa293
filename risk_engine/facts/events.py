"""Events of the book's facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from risk_engine.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLoaded(Event):
    """A file was loaded, and something in it was new."""

    kind: ClassVar = "import.loaded"
    stored_as: ClassVar = {"file_kind": "kind"}

    file_kind: str
    file: str
    added: int
    changed: int
