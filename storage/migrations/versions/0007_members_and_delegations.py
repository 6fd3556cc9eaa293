"""Roles of people, and delegations."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("roles", types.Json(), nullable=False),
        sa.Column("departments", types.Json(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", types.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index("ix_member_holds", "member", ["holds"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("giver", sa.Text(), nullable=False),
        sa.Column("delegate", sa.Text(), nullable=False),
        sa.Column("since", types.Instant(timezone=True), nullable=False),
        sa.Column("until", types.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kinds", types.Json(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", types.Instant(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("giver <> delegate", name=op.f("ck_delegation_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_delegate", "delegation", ["delegate"], unique=False)
    op.create_index("ix_delegation_giver", "delegation", ["giver"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_delegation_giver", table_name="delegation")
    op.drop_index("ix_delegation_delegate", table_name="delegation")
    op.drop_table("delegation")
    op.drop_index("ix_member_holds", table_name="member")
    op.drop_table("member")
