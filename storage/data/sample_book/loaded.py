"""The state of the sample book in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select

from storage.data.sample_book.writing import PREFIX
from storage.database import Tx
from storage.schema import EventRow, ImportRow

# the prefix of request keys of the sample's events
ACT = "sample:"


def is_sample(tx: Tx) -> bool:
    """Return True if the book contains sample borrowers."""
    query = select(exists().where(ImportRow.kind == "customers", ImportRow.file.startswith(PREFIX)))
    return bool(tx.connection.execute(query).scalar_one())


def last_load(tx: Tx) -> datetime | None:
    """Return the time of the last load of facts, of the sample or others."""
    return tx.connection.execute(select(func.max(ImportRow.at))).scalar_one()


def acts(tx: Tx) -> dict[str, str]:
    """Return the sample's changes to the register: by key, the thing created or changed, as R-17."""
    query = select(EventRow.request_key, EventRow.subject).where(EventRow.request_key.startswith(ACT))
    return {str(key).removeprefix(ACT): subject for key, subject in tx.connection.execute(query)}
