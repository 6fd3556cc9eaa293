"""What the tests of files look at: the facts and the refusals of a staged file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from storage.data.files import StagedFile, parse_mapping, stage

TODAY = date(2026, 3, 31)


def staged(kind: str, path: Path, toml: str = "") -> StagedFile:
    """Stage a file with a mapping, on a day in 2026."""
    return stage(kind, path, parse_mapping(toml.encode()) if toml else None, today=TODAY)


def rows(staged: StagedFile, *columns: str) -> list[tuple[object, ...]]:
    return [fact[2:] for chunk in staged.chunks({column: f'"{column}"' for column in columns}) for fact in chunk]


def refused(staged: StagedFile) -> list[tuple[int, str, str, str]]:
    return [(each.row, each.column, each.value, each.accepted.code) for each in staged.refusals()]
