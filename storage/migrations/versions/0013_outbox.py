"""Waiting times and reports of messages, messages held by policy, and restarts of stored requests."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("since", types.Instant(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("delivery", sa.Column("warned_at", types.Instant(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("told_at", types.Instant(timezone=True), nullable=True))
    op.add_column("inbox", sa.Column("begun_again", sa.Integer(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("inbox", "begun_again")
    for column in ("told_at", "warned_at", "held", "since"):
        op.drop_column("delivery", column)
