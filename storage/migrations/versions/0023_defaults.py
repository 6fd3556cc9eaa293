"""Evidence of default in the ledger, and defaults on record, as score runs have judged them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


_COLUMNS: dict[str, Any] = {
    "overdue": sa.BigInteger(),
    "non_accrual": sa.Boolean(),
    "provision": sa.BigInteger(),
    "best_estimate_loss": sa.BigInteger(),
    "restructured_on": sa.Date(),
    "restructuring_loss": sa.Double(),
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("facility_version", sa.Column(name, kind, nullable=True))
    op.create_table(
        "default_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("cured", sa.Date(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_default_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_default_version_run_id_score_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_default_version_history", "default_version", ["customer_id", "as_of"], unique=False)
    op.create_index(
        "uq_default_version_current",
        "default_version",
        ["customer_id", "facility"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("default_version")
    for name in reversed(_COLUMNS):
        op.drop_column("facility_version", name)
