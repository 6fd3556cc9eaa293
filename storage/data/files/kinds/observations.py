"""Values of indicators as they were reported."""

from __future__ import annotations

from storage.data.files import figures
from storage.data.files.fields import (
    ID,
    NOTE,
    Field,
    FileKind,
    choice,
    customer,
    past,
    pattern,
    text,
)
from storage.schema import ObservationVersionRow

SOURCES = ("customer", "market", "competitor", "relationship")
OBSERVATIONS = FileKind(
    "observations",
    (
        customer(),
        Field("indicator", pattern(r"[a-z][a-z0-9_.]{0,59}", "indicator"), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("value", figures.number, needed=True, numeric=True),
        Field("source", choice(*SOURCES), filled=True, default="customer"),
        Field("unit", text(ID)),
        Field("note", text(NOTE)),
    ),
    key=("customer_id", "indicator", "as_of", "source"),
    table=ObservationVersionRow,
    place=3,
)
KINDS = (OBSERVATIONS,)
