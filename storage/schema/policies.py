"""What holds: changes of the policy, and which version was in force when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table
from storage.types import Json

_WAITING = text("state = 'proposed'")


class PolicyChangeRow(Table):
    """One key's other value; a second change of a key waits until the first is decided."""

    __tablename__ = "policy_change"
    __table_args__ = (
        Index("uq_policy_change_path", "path", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_policy_change_state", "state"),
    )
    # numbered by the counter, which is what people type
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
    """A stretch of time: the newest is now. Its number is given by whoever writes it, so that of two at once one comes second."""

    __tablename__ = "policy_in_force"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # the packaged policy with the team's file over it, and the same with the approved changes
    base_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    # "packaged", the file's path, or a change as P-3
    origin: Mapped[str]
    since: Mapped[datetime]
