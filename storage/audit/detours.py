"""Where the trail says of itself that it goes on from an earlier end: anchors over what was left behind are met by nothing any more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage.audit.anchoring.anchors import Anchor, BadAnchor, read_known
from storage.audit.anchoring.guarding import ACCEPTED, RESTORED
from storage.audit.chain import PLAIN, Fact, Key
from storage.audit.findings import Detour


def detour(fact: Fact, keys: Mapping[str, Key]) -> Detour | None:
    """What an entry says was left behind, if somebody with the key has signed it; None of any other entry."""
    if fact.kind not in ACCEPTED or fact.payload is None:
        return None
    known = read_known(fact.payload)
    if known is None or known.key == PLAIN or not known.is_genuine(keys):
        return None
    try:
        at = datetime.fromisoformat(fact.at)
    except ValueError:
        return None
    told = json.loads(fact.payload)
    # of another database that was in its place, nothing is left behind here
    ends = [told.get("known"), told.get("replaced") if told.get("replaced_database") == known.database else None]
    why = str(told.get("file") or told.get("reason") or "")
    return Detour(known.count, max(map(_count, ends)) or None, at, fact.actor, why, fact.kind == RESTORED)


def may_cover(left: Detour, anchor: Anchor) -> bool:
    """Whether an anchor covers entries that were left behind, if it was taken before."""
    return left.after < anchor.count <= (left.until or anchor.count)


def covers(left: Detour, anchor: Anchor) -> bool:
    """Whether an anchor that says when it was taken was taken before, and covers entries that were left behind."""
    # lines of the file are written to the second
    return may_cover(left, anchor) and anchor.at is not None and anchor.at < left.at.replace(microsecond=0)


def _count(written: Any) -> int:
    try:
        return Anchor.parse(written).count if isinstance(written, str) else 0
    except BadAnchor:
        return 0
