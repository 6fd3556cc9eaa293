"""The read log, and the second line's monthly samples."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_disclosure_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", "customer_id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_customer_id", "disclosure", ["customer_id", "event_id"], unique=False)
    op.create_table(
        "sample",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("counts", types.Json(), nullable=False),
        sa.Column("drawn_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_sample")),
    )
    op.create_table(
        "sampled",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", types.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("(verdict IS NULL) = (reviewed_by IS NULL)", name=op.f("ck_sampled_reviewed_by_someone")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_sampled_event_id_event")),
        sa.ForeignKeyConstraint(["month"], ["sample.month"], name=op.f("fk_sampled_month_sample")),
        sa.PrimaryKeyConstraint("month", "place", name=op.f("pk_sampled")),
        sa.UniqueConstraint("key", name=op.f("uq_sampled_key")),
    )


def downgrade() -> None:
    op.drop_table("sampled")
    op.drop_table("sample")
    op.drop_index("ix_disclosure_customer_id", table_name="disclosure")
    op.drop_table("disclosure")
