"""Refusals of cells, files and mappings: codes and facts, never prose; the commands put them into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Accepted:
    """The values that would have been accepted; ``facts`` are JSON values."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One bad cell. Rows are numbered as in a spreadsheet, the header being 1; ``column`` is empty for the whole row."""

    row: int
    column: str
    value: str
    accepted: Accepted


class BadCell(Exception):
    """A cell that its column does not accept."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.accepted = Accepted(code, facts)


class FileRefused(Exception):
    """The file as a whole cannot be read; ``code`` gives the reason."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class MapProblem:
    """One wrong key of a mapping file, as ``ratings.columns.customer``; for a refused value, the accepted ones."""

    key: str
    problem: str
    accepted: Accepted | None = None


class MapRefused(Exception):
    """The mapping file is invalid."""

    def __init__(self, *problems: MapProblem) -> None:
        super().__init__(*problems)
        self.problems = problems
