"""Bookkeeping: requests, answers, jobs, policy versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table, numbered
from storage.types import Json, WrittenJson


class InboxRow(Table):
    """A request that was, or is about to be, acknowledged: its key makes it take effect once."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_state_received_at", "state", "received_at"),)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    note: Mapped[str | None]
    # the number of restarts by the sweeper, after a crash or trouble of the database
    begun_again: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class AnswerRow(Table):
    """The arguments with which an answer's buttons run it again."""

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_expires_at", "expires_at"),)
    key: Mapped[str] = mapped_column(primary_key=True)
    command: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
    person: Mapped[str]
    as_of: Mapped[datetime]
    expires_at: Mapped[datetime]


class GreetingRow(Table):
    """A person who has been welcomed, so that nobody is welcomed twice."""

    __tablename__ = "greeting"
    person: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class HomeVisitRow(Table):
    """A person's last visit to Home and the previous one: changes since then are news."""

    __tablename__ = "home_visit"
    person: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    before: Mapped[datetime | None]


class SlackNewsRow(Table):
    """A Slack event about a person or a channel, for the replicas that did not receive it; kept for minutes."""

    __tablename__ = "slack_news"
    __table_args__ = (Index("ix_slack_news_at", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime]


class UnknownBlockRow(Table):
    """A type of block that the workspace does not know, and when Slack last said so."""

    __tablename__ = "unknown_block"
    type: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class JobRunRow(Table):
    """One slot of a job: the row is the claim."""

    __tablename__ = "job_run"
    job: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    attempt: Mapped[int]
    note: Mapped[str | None]


class PolicyVersionRow(Table):
    """A version of the policy: packaged, from a file, or changed by approval."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("digest"), numbered())
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    origin: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(WrittenJson)
    recorded_at: Mapped[datetime]


class SubscriptionRow(Table):
    """A channel with a digest of its own: local time and part of the book."""

    __tablename__ = "subscription"
    channel: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[str | None]
    timezone: Mapped[str | None]
    department: Mapped[str | None]
    sector: Mapped[str | None]
    by: Mapped[str]
    since: Mapped[datetime]
    changed_at: Mapped[datetime]
    paused: Mapped[bool]
    paused_until: Mapped[date | None]
    version: Mapped[int]
