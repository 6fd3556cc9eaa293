"""Sample borrowers, from the list beside this module; every name on it is invented."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal, cast

Habit = Literal["", "pays late", "reports late", "rolls over"]


@dataclass(frozen=True, slots=True)
class Borrower:
    """One line of the list; ``turn`` numbers the borrowers of one habit or story, so that they move on different days.

    ``size`` is total assets in million euro, ``rating`` the bank's own letter in good times, empty if it has none.
    """

    id: str
    name: str
    aliases: str
    group: str
    sector: str
    country: str
    currency: str
    kind: str
    department: str
    manager: str
    story: str
    habit: Habit
    size: int
    rating: str
    turn: int

    @property
    def project(self) -> bool:
        return self.kind == "project"

    @property
    def maker(self) -> bool:
        return "manufacturer" in self.kind

    @property
    def listed(self) -> bool:
        return self.kind.startswith("listed")


@cache
def borrowers() -> tuple[Borrower, ...]:
    """Return all borrowers, in the order of the list."""
    text = Path(__file__).with_name("borrowers.csv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    seen: dict[tuple[str, str], count[int]] = {}
    found = []
    for row in csv.DictReader(lines):
        turn = next(seen.setdefault((row["story"], row["habit"]), count()))
        fixed = {"habit": cast(Habit, row["habit"]), "size": int(row["size"]), "turn": turn}
        found.append(Borrower(**{**row, **fixed}))  # type: ignore[arg-type]
    return tuple(found)
