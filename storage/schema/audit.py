"""The chain over events: one seal an event, each over the one before it."""

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
