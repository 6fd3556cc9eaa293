"""Changes of the policy, and the version in force in each period."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table
from storage.types import Json

_WAITING = text("state = 'proposed'")


class PolicyChangeRow(Table):
    """A new value for one key; a second change of a key waits until the first is decided."""

    __tablename__ = "policy_change"
    __table_args__ = (
        Index("uq_policy_change_path", "path", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_policy_change_state", "state"),
    )
    # numbered by the counter, as people type these ids
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[list[str]] = mapped_column(Json)
    value: Mapped[Any | None] = mapped_column(Json)
    back: Mapped[bool]
    before: Mapped[Any | None] = mapped_column(Json)
    base: Mapped[Any | None] = mapped_column(Json)
    reason: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    version: Mapped[int]


class PolicyInForceRow(Table):
    """A period of one policy; the newest is the present one. The writer sets its number, so that concurrent writers collide."""

    __tablename__ = "policy_in_force"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # the packaged policy merged with the team's file, and that policy with the approved changes
    base_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    # "packaged", the file's path, or a change as P-3
    origin: Mapped[str]
    since: Mapped[datetime]
