"""Add the marks of customers to be scored anew, the last scoring of the whole book, and an index of groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "score_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_mark")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "score_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_state")),
    )
    op.create_index("ix_customer_version_group", "customer_version", ["group"])


def downgrade() -> None:
    op.drop_index("ix_customer_version_group", table_name="customer_version")
    op.drop_table("score_state")
    op.drop_table("score_mark")
