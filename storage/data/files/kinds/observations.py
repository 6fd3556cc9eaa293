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
    text,
)
from storage.data.files.mapping.indicator_labels import indicator
from storage.schema import ObservationVersionRow

SOURCES = ("customer", "market", "competitor", "relationship")
OBSERVATIONS = FileKind(
    "observations",
    (
        customer(),
        Field("indicator", indicator, needed=True, filled=True),
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
