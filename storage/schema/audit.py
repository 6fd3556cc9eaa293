"""The chain over events: one seal an event, each over the one before it; and whose trail it is."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table


class SealRow(Table):
    """The n-th link: its hash covers the event and the hash before it; ``key_id`` is "plain" or names the key, and never tells it."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("event_id"),)
    # numbered by the sealer, without a gap
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    key_id: Mapped[str]
    hash: Mapped[str]


class TrailRow(Table):
    """Whose trail this is, one row: an id that was made with the database, and that a copy of it keeps.

    ``bound_after`` is the number of the last event from before erasures were signed: older records of erasures carry no signature.
    """

    __tablename__ = "trail"
    id: Mapped[str] = mapped_column(primary_key=True)
    bound_after: Mapped[int]
