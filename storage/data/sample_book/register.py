"""The sample's register as it is written down beside this module: risks, treatments, decisions, counted in days before today."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a treatment, by whom, so many days ago; ``second`` speaks where the policy asks for two voices."""

    verdict: str
    by: str
    day: int
    reason: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Treatment:
    """A response; ``due`` so many days ago, negative ahead; without a decision it waits for one."""

    key: str
    strategy: str
    measure: str
    owner: str
    proposed: int
    due: int
    decided: Decision | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A risk with its treatments; ``likelihood``, ``severity`` and ``scope`` as people type them."""

    key: str
    customer: str
    kind: str
    category: str
    likelihood: int
    severity: int
    scope: int
    title: str
    by: str
    owner: str
    day: int
    responses: tuple[Treatment, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody said so many days ago that they are on a borrower's breaches."""

    key: str
    customer: str
    by: str
    day: int


def register() -> tuple[tuple[Entry, ...], tuple[Acknowledged, ...]]:
    """What the sample enters into the register, and which breaches it acknowledges; a key stands for one thing for ever."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    entries = tuple(_entry(row) for row in written["risk"])
    taken = tuple(Acknowledged(key=f"{row['customer']} acknowledged", **row) for row in written["acknowledged"])
    return entries, taken


def people() -> set[str]:
    """Everybody whom the register names."""
    entries, taken = register()
    treated = [one for entry in entries for one in entry.responses]
    named = {who for entry in entries for who in (entry.by, entry.owner)} | {one.owner for one in treated} | {one.by for one in taken}
    return named | {one.decided.by for one in treated if one.decided}


def _entry(row: Mapping[str, Any]) -> Entry:
    likelihood, severity, scope = (int(part[1:]) for part in row["assessment"].split())
    key = f"{row['customer']} {row['category']}"
    responses = tuple(_treatment(f"{key} {number}", one) for number, one in enumerate(row.get("response", ()), start=1))
    plain = {name: row[name] for name in ("customer", "kind", "category", "title", "by", "owner", "day")}
    return Entry(key=key, likelihood=likelihood, severity=severity, scope=scope, responses=responses, **plain)


def _treatment(key: str, row: Mapping[str, Any]) -> Treatment:
    decided = row.get("decided")
    plain = {name: row[name] for name in ("strategy", "measure", "owner", "proposed", "due")}
    return Treatment(key=key, decided=Decision(**{"reason": None, "second": None, **decided}) if decided else None, **plain)
