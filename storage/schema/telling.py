"""Events are facts, notices are decisions, deliveries are work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table, numbered
from storage.types import Json


class EventRow(Table):
    """An event, written with its change and immutable. The digest covers salt and payload, so a payload can be erased."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject"), Index("ix_event_at", "at"), numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any] | None] = mapped_column(Json)
    salt: Mapped[str]
    digest: Mapped[str]
    request_key: Mapped[str | None]
    # the policy in force at the time of the event
    policy_version: Mapped[int | None]


class NoticeRow(Table):
    """A notice: its audience, and the reason for sending or not sending it."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("dedup"), Index("ix_notice_event_id", "event_id"), numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    audience: Mapped[str]
    reason: Mapped[str]
    # delivered, or by which code it was withheld
    decision: Mapped[str] = mapped_column(default="delivered", server_default="delivered")
    dedup: Mapped[str | None]
    at: Mapped[datetime]


class DeliveryRow(Table):
    """One message to Slack: claimed, sent, retried, reconciled, and deleted in time."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state_due_at", "state", "due_at"),
        Index("ix_delivery_thread", "thread", "seq"),
        Index("ix_delivery_expires_at", "deleted_at", "expires_at"),
        Index("ix_delivery_sent_at", "deleted_at", "sent_at"),
        Index("ix_delivery_notice_id", "notice_id"),
        UniqueConstraint("key"),
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    operation: Mapped[str]
    audience: Mapped[str]
    thread: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    attempt: Mapped[int]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    first_try_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    ts: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    # the beginning of the wait, whether the policy holds it; and the times of the reports of a long wait and of giving up
    since: Mapped[datetime | None]
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    warned_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    # the deadline of deletion, if earlier than the policy's; the time of deletion; and the last error
    expires_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    delete_error: Mapped[str | None]
