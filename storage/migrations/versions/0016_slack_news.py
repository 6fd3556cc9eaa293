"""Slack's events about people and channels, shared among replicas."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slack_news",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", types.Json(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_news")),
    )
    op.create_index("ix_slack_news_at", "slack_news", ["at"])


def downgrade() -> None:
    op.drop_table("slack_news")
