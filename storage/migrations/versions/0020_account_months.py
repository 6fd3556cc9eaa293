"""Monthly figures of accounts, condensed from their transactions."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_month_version",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("opening", types.Money(), nullable=True),
        sa.Column("lowest", types.Money(), nullable=False),
        sa.Column("mean", types.Money(), nullable=False),
        sa.Column("closing", types.Money(), nullable=False),
        sa.Column("inflow", types.Money(), nullable=False),
        sa.Column("outflow", types.Money(), nullable=False),
        sa.Column("overdraft_days", sa.Integer(), nullable=True),
        sa.Column("returned", sa.Integer(), nullable=True),
        sa.Column("charged", sa.Integer(), nullable=True),
        sa.Column("movements", sa.Integer(), nullable=True),
        sa.Column("gaps", sa.Integer(), nullable=True),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_account_month_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_account_month_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_month_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_account_month_version_customer_id", "account_month_version", ["customer_id", "month"], unique=False)
    op.create_index("ix_account_month_version_history", "account_month_version", ["account", "month", "known_at"], unique=False)
    op.create_index(
        "uq_account_month_version_current",
        "account_month_version",
        ["account", "month"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("account_month_version")
