"""The sample's register, from the file beside this module: risks, treatments and decisions, dated in days before today."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on a treatment, with its author and age in days; ``second`` votes where the policy needs two votes."""

    verdict: str
    by: str
    day: int
    reason: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Treatment:
    """A response; ``due`` in days before today, negative in the future; without a decision it is pending."""

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
    """An acknowledgement of a borrower's breaches, dated in days before today."""

    key: str
    customer: str
    by: str
    day: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """A judgement about a default, or an override of a grade against one, with its decision; days as for treatments.

    ``grade`` replaces ``model`` in an override; a judgement has neither.
    """

    key: str
    customer: str
    reason: str
    by: str
    proposed: int
    decided: Decision
    grade: str | None = None
    model: str | None = None
    until: int | None = None


def rulings() -> tuple[Ruling, ...]:
    """Return the sample's judgements and overrides; keys never change their meaning."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(_ruling(row) for row in written["ruling"])


def register() -> tuple[tuple[Entry, ...], tuple[Acknowledged, ...]]:
    """Return the sample's register entries and acknowledged breaches; keys never change their meaning."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    entries = tuple(_entry(row) for row in written["risk"])
    taken = tuple(Acknowledged(key=f"{row['customer']} acknowledged", **row) for row in written["acknowledged"])
    return entries, taken


def people() -> set[str]:
    """Return all people named in the register."""
    entries, taken = register()
    treated = [one for entry in entries for one in entry.responses]
    named = {who for entry in entries for who in (entry.by, entry.owner)} | {one.owner for one in treated} | {one.by for one in taken}
    named |= {who for one in rulings() for who in (one.by, one.decided.by)}
    return named | {one.decided.by for one in treated if one.decided}


def _entry(row: Mapping[str, Any]) -> Entry:
    likelihood, severity, scope = (int(part[1:]) for part in row["assessment"].split())
    key = f"{row['customer']} {row['category']}"
    responses = tuple(_treatment(f"{key} {number}", one) for number, one in enumerate(row.get("response", ()), start=1))
    plain = {name: row[name] for name in ("customer", "kind", "category", "title", "by", "owner", "day")}
    return Entry(key=key, likelihood=likelihood, severity=severity, scope=scope, responses=responses, **plain)


def _ruling(row: Mapping[str, Any]) -> Ruling:
    kind = "override" if "grade" in row else "judgement"
    return Ruling(key=f"{row['customer']} {kind}", **{**row, "decided": _decision(row["decided"])})


def _decision(row: Mapping[str, Any]) -> Decision:
    return Decision(**{"reason": None, "second": None, **row})


def _treatment(key: str, row: Mapping[str, Any]) -> Treatment:
    decided = row.get("decided")
    plain = {name: row[name] for name in ("strategy", "measure", "owner", "proposed", "due")}
    return Treatment(key=key, decided=_decision(decided) if decided else None, **plain)
