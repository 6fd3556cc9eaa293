"""Defaults, bankruptcies and cures, for validation."""

from __future__ import annotations

from storage.data.files.fields import (
    NOTE,
    Field,
    FileKind,
    choice,
    customer,
    past,
    text,
)
from storage.schema import OutcomeVersionRow

EVENTS = ("default", "stage3", "bankruptcy", "cure")
OUTCOMES = FileKind(
    "outcomes",
    (
        customer(),
        Field("event", choice(*EVENTS), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("note", text(NOTE)),
    ),
    key=("customer_id", "event", "as_of"),
    table=OutcomeVersionRow,
    place=6,
)
KINDS = (OUTCOMES,)
