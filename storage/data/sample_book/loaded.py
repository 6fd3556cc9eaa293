"""What of the sample is in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select

from storage.data.sample_book.writing import PREFIX
from storage.database import Tx
from storage.schema import EventRow, ImportRow

# the events of the sample's register carry this before their own key, as others carry the request's
ACT = "sample:"


def is_sample(tx: Tx) -> bool:
    """Whether borrowers of the sample book are in the book."""
    query = select(exists().where(ImportRow.kind == "customers", ImportRow.file.startswith(PREFIX)))
    return bool(tx.connection.execute(query).scalar_one())


def last_load(tx: Tx) -> datetime | None:
    """When facts were last loaded, the sample's or others."""
    return tx.connection.execute(select(func.max(ImportRow.at))).scalar_one()


def acts(tx: Tx) -> dict[str, str]:
    """What the sample has done to the register: by its key, the thing that it made or changed, as R-17."""
    query = select(EventRow.request_key, EventRow.subject).where(EventRow.request_key.startswith(ACT))
    return {str(key).removeprefix(ACT): subject for key, subject in tx.connection.execute(query)}
