"""The chain over events, with one seal per event, each covering the previous one; and the identity of the trail."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table


class SealRow(Table):
    """The n-th link: its hash covers the event and the previous hash; ``key_id`` is "plain" or identifies the key."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("event_id"),)
    # numbered by the sealer, without gaps
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    key_id: Mapped[str]
    hash: Mapped[str]


class TrailRow(Table):
    """The identity of the trail, in one row: an id created with the database, which copies keep.

    ``bound_after`` is the number of the last event before erasures were signed: older records of erasures have no signature.
    """

    __tablename__ = "trail"
    id: Mapped[str] = mapped_column(primary_key=True)
    bound_after: Mapped[int]
