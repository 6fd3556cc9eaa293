"""The file of customers; its ratings are kept with those of other sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import delete, insert, literal, select, update

from storage.data.files import cells
from storage.data.files.fields import (
    ID,
    NAME,
    NOTE,
    Field,
    FileKind,
    choice,
    currency,
    identifier,
    number,
    past,
    text,
    yes_or_no,
)
from storage.data.files.kinds.ratings import INTERNAL, RATINGS
from storage.data.files.targets import Incoming, Target
from storage.database import Tx
from storage.schema import CustomerRow, CustomerVersionRow, RatingVersionRow

CUSTOMER_KINDS = ("manufacturer", "listed manufacturer", "other", "project", "financial")
_LETTERS = ("rating", "rating_date")


def _add_customers(tx: Tx, incoming: Incoming, import_id: int) -> None:
    """Insert new customers, to which the versions refer."""
    rows, change = incoming.rows, incoming.change
    there = select(CustomerRow.id).where(CustomerRow.id == rows.c.customer_id).exists()
    query = select(rows.c.customer_id, literal(import_id)).join_from(change, rows, rows.c.n == change.c.n)
    new = query.where(change.c.current_id.is_(None), ~there).order_by(change.c.n)
    tx.connection.execute(insert(CustomerRow).from_select(["id", "since_import"], new))


def _date_ratings(tx: Tx, rows: sa.Table, at: datetime) -> None:
    """Date undated ratings today, unless the newest one is equal: importing a file twice changes nothing."""
    undated = rows.c.as_of.is_(None)
    if tx.connection.execute(select(rows.c.n).where(undated).limit(1)).first() is None:
        return
    table = RatingVersionRow
    own = (table.customer_id == rows.c.customer_id, table.agency == INTERNAL, table.scale == INTERNAL, table.superseded_at.is_(None))
    newest = select(table.rating).where(*own).order_by(table.as_of.desc()).limit(1).scalar_subquery()
    tx.connection.execute(delete(rows).where(undated, newest == rows.c.rating))
    tx.connection.execute(update(rows).where(undated).values(as_of=at.date()))


def _targets(columns: Mapping[str, str], absent: frozenset[str]) -> Iterator[Target]:
    """Yield the table of customers, then that of ratings."""
    letters = {
        "customer_id": "customer_id",
        "as_of": "rating_date",
        "agency": f"'{INTERNAL}'",
        "scale": f"'{INTERNAL}'",
        "rating": "rating",
    }
    own = {name: column for name, column in columns.items() if name not in _LETTERS} | {"name_key": "name_key(name)"}
    yield Target("customers", CustomerVersionRow, ("customer_id",), own, absent, before=_add_customers)
    if "rating" not in absent:
        yield Target("ratings", RatingVersionRow, RATINGS.key, letters, where="rating IS NOT NULL", prepare=_date_ratings)


CUSTOMERS = FileKind(
    "customers",
    (
        Field("id", identifier, "customer_id", needed=True, filled=True),
        Field("name", text(NAME), needed=True, filled=True),
        *(Field(name, text(NAME)) for name in ("group", "sector", "country", "department", "manager")),
        Field("kind", choice(*CUSTOMER_KINDS)),
        Field("rating", text(ID)),
        Field("rating_date", past),
        Field("currency", currency),
        Field("aliases", lambda _formats: cells.several(NOTE)),
        Field("since", past),
        Field("commodity_share", number(0, 1), numeric=True),
        yes_or_no("watch_list"),
        yes_or_no("group_parent"),
    ),
    key=("customer_id",),
    table=CustomerVersionRow,
    place=0,
    elsewhere=_LETTERS,
    targets=_targets,
)
KINDS = (CUSTOMERS,)
