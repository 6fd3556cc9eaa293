"""Add the date of next change to scores; the next scoring is one of everybody, which finds it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("score_version", sa.Column("next_change", sa.Date(), nullable=True))
    op.create_index(
        "ix_score_version_next_change",
        "score_version",
        ["next_change"],
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.execute("DELETE FROM score_state")


def downgrade() -> None:
    op.drop_index("ix_score_version_next_change", table_name="score_version")
    with op.batch_alter_table("score_version") as table:
        table.drop_column("next_change")
