"""Letters of agencies and of the bank."""

from __future__ import annotations

from storage.data.files.fields import (
    ID,
    NAME,
    Field,
    FileKind,
    choice,
    customer,
    past,
    text,
)
from storage.schema import RatingVersionRow

SCALES = ("global", "domestic", "internal")
INTERNAL = "internal"
RATINGS = FileKind(
    "ratings",
    (
        customer(),
        Field("rating", text(ID), needed=True, filled=True),
        Field("as_of", past, needed=True, filled=True),
        Field("agency", text(NAME), filled=True, default=INTERNAL),
        Field("scale", choice(*SCALES)),
        Field("outlook", text(ID)),
    ),
    key=("customer_id", "as_of", "agency", "scale"),
    # the bank's own letters use its own scale, like those of customers.csv
    complete=f"scale = CASE agency WHEN '{INTERNAL}' THEN '{INTERNAL}' ELSE 'global' END WHERE scale IS NULL",
    table=RatingVersionRow,
    place=4,
)
KINDS = (RATINGS,)
