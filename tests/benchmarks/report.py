"""What a measure found, as tables: printed for people, or laid into docs/benchmarks.md."""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

DOCUMENT = Path("docs/benchmarks.md")


class Failed(Exception):
    """A measurement that cannot be had; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table; the cells are text already."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self, style: str) -> str:
        right = ("left", *("right" for _header in self.headers[1:]))
        return tabulate(self.rows, headers=self.headers, tablefmt=style, colalign=right, disable_numparse=True)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one measure found, with what a reader has to know to read it."""

    note: str
    tables: Sequence[Table]

    def text(self, style: str) -> str:
        return "\n\n".join([self.note, *(table.text(style) for table in self.tables)])


def last_line(said: str) -> str:
    """What a process said last: of a failure, the reason."""
    lines = said.strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def ratio(ours: float, floor: float) -> str:
    """How many times the floor ours is."""
    return f"{ours / floor:.2f}" if floor else "–"


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure that so great a share of the figures stays below or on.

    Raises:
        Failed: there are no figures.
    """
    if not figures:
        raise Failed("nothing was measured: every round was lost")
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * share))]


def best_median(repetitions: Sequence[Sequence[float]]) -> float:
    """The lowest median of the repetitions: what the machine does when others leave it alone."""
    return min(statistics.median(figures) for figures in repetitions if figures)


def check_document(names: Sequence[str], path: Path = DOCUMENT) -> None:
    """Find the places for the tables before anything is measured.

    Raises:
        Failed: the document, or one of the places in it, is missing.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Failed(f"{path} cannot be read ({error.strerror}): run this from the project's folder") from error
    for name in names:
        if not _place(name).search(text):
            raise Failed(f"{path} has no place for “{name}”: expected a line <!-- {name} --> and after it a line <!-- end {name} -->")


def write(findings: dict[str, Finding], machine: str, path: Path = DOCUMENT) -> None:
    """Lay the findings into the document, all of them or none; what was not measured stays as it is."""
    text = path.read_text(encoding="utf-8")
    for name, finding in findings.items():
        body = f"<!-- {name} -->\n{machine}\n\n{finding.text('pipe')}\n<!-- end {name} -->"
        place = _place(name).search(text)
        if place is None:
            raise Failed(f"{path} has lost its place for “{name}”")
        text = text[: place.start()] + body + text[place.end() :]
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- end {re.escape(name)} -->", re.DOTALL)
