"""Add totals of the scored book by its parts, and indexes by which present scores are ranked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Money

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

PRESENT = "superseded_at IS NULL"
INDEXES = {
    "ix_score_version_by_expected_loss": (("expected_loss",), PRESENT),
    "ix_score_version_by_ead": (("ead", "expected_loss"), PRESENT),
    "ix_score_version_by_pd": (("pd", "expected_loss"), PRESENT),
    "ix_score_version_by_grade": (("grade", "expected_loss"), PRESENT),
    "ix_score_version_without_loss": (("customer_id",), f"{PRESENT} AND expected_loss IS NULL"),
}


def upgrade() -> None:
    op.create_table(
        "score_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("expected_loss", Money(), nullable=True),
        sa.Column("ead", Money(), nullable=True),
        *(sa.Column(f"with_{name}", sa.Integer(), nullable=False) for name in ("expected_loss", "ead", "pd")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_total")),
    )
    op.create_table(
        "score_total_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_total_state")),
    )
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "score_version", list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="score_version")
    op.drop_table("score_total_state")
    op.drop_table("score_total")
