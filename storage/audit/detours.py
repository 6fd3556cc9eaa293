"""Detours: recorded continuations of the trail from an earlier end, which leave later anchors without their entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from risk_engine.events import kinds
from storage.audit.anchoring.anchors import Anchor, BadAnchor, read_known
from storage.audit.anchoring.guarding import ACCEPTED, TrailRestored
from storage.audit.chain import PLAIN, Fact, Key
from storage.audit.findings import Detour


def detour(fact: Fact, keys: Mapping[str, Key]) -> Detour | None:
    """Return the detour that a signed entry records; None for any other entry."""
    if fact.kind not in kinds(*ACCEPTED) or fact.payload is None:
        return None
    known = read_known(fact.payload)
    if known is None or known.key == PLAIN or not known.is_genuine(keys):
        return None
    try:
        at = datetime.fromisoformat(fact.at)
    except ValueError:
        return None
    told = json.loads(fact.payload)
    # a replaced other database leaves nothing behind in this trail
    ends = [told.get("known"), told.get("replaced") if told.get("replaced_database") == known.database else None]
    why = str(told.get("file") or told.get("reason") or "")
    return Detour(known.count, max(map(_count, ends)) or None, at, fact.actor, why, fact.kind == TrailRestored.kind)


def may_cover(left: Detour, anchor: Anchor) -> bool:
    """Return True if an anchor covers entries that were left behind, provided that it was taken before."""
    return left.after < anchor.count <= (left.until or anchor.count)


def covers(left: Detour, anchor: Anchor) -> bool:
    """Return True if a dated anchor was taken before the detour and covers entries that were left behind."""
    # times in the file are in whole seconds
    return may_cover(left, anchor) and anchor.at is not None and anchor.at < left.at.replace(microsecond=0)


def _count(written: Any) -> int:
    try:
        return Anchor.parse(written).count if isinstance(written, str) else 0
    except BadAnchor:
        return 0
