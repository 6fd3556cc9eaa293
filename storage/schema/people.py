"""Roles of people, and delegations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table


class MemberRow(Table):
    """A person's roles and departments; ``holds``, whether any role is held, is read with every request."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_holds", "holds"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    roles: Mapped[list[str]]
    departments: Mapped[list[str]]
    holds: Mapped[bool]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    version: Mapped[int]


class DelegationRow(Table):
    """A temporary delegation of authority; no kinds means all kinds."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("giver <> delegate", name="two_people"),
        Index("ix_delegation_delegate", "delegate"),
        Index("ix_delegation_giver", "giver"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    giver: Mapped[str]
    delegate: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]
    kinds: Mapped[list[str]]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    version: Mapped[int]


class AccountRow(Table):
    """A Slack account with the digest of an e-mail address that it was seen with."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_digest", "digest"),)
    account: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
