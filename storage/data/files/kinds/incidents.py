"""Operational incidents."""

from __future__ import annotations

from collections.abc import Mapping

from storage.data.files.cells import Cell
from storage.data.files.fields import (
    NOTE,
    Field,
    FileKind,
    customer,
    identifier,
    past,
    past_day,
    pattern,
    text,
    whole,
)
from storage.data.files.refusals import BadCell
from storage.schema import IncidentVersionRow


def _resolved_after_it_happened(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    happened, resolved = row["as_of"], row["resolved"]
    # both are ISO text, which sorts by date
    if isinstance(happened, str) and isinstance(resolved, str) and resolved < happened:
        return "resolved", BadCell("not_before", earliest=happened)
    return None


INCIDENTS = FileKind(
    "incidents",
    (
        customer(),
        Field("kind", pattern(r"[a-z][a-z_]{0,59}", "word"), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("severity", whole(1, 5), filled=True, default=3),
        past_day("resolved"),
        # empty, never missing: it is part of the key of an incident
        Field("facility", identifier, filled=True, default="", refers="facility"),
        Field("note", text(NOTE)),
    ),
    key=("customer_id", "kind", "as_of", "facility"),
    check=_resolved_after_it_happened,
    table=IncidentVersionRow,
    place=12,
)
KINDS = (INCIDENTS,)
