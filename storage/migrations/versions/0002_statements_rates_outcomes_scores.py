"""Statements, exchange rates, outcomes, scores with their drivers, and channels' digests."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home_visit",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("before", types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_home_visit")),
    )
    op.create_table(
        "score_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_run")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscription",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since", types.Instant(timezone=True), nullable=False),
        sa.Column("changed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_subscription")),
    )
    op.create_table(
        "rate_version",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_rate_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rate_version_history", "rate_version", ["currency", "base", "as_of", "known_at"], unique=False)
    op.create_index(
        "uq_rate_version_current",
        "rate_version",
        ["currency", "base", "as_of"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "outcome_version",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_outcome_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_outcome_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outcome_version_history", "outcome_version", ["customer_id", "as_of", "known_at"], unique=False)
    op.create_index(
        "uq_outcome_version_current",
        "outcome_version",
        ["customer_id", "event", "as_of"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "statement_version",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("audited", sa.Boolean(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("total_assets", types.Money(), nullable=True),
        sa.Column("current_assets", types.Money(), nullable=True),
        sa.Column("cash", types.Money(), nullable=True),
        sa.Column("receivables", types.Money(), nullable=True),
        sa.Column("inventory", types.Money(), nullable=True),
        sa.Column("total_liabilities", types.Money(), nullable=True),
        sa.Column("current_liabilities", types.Money(), nullable=True),
        sa.Column("short_term_debt", types.Money(), nullable=True),
        sa.Column("long_term_debt", types.Money(), nullable=True),
        sa.Column("equity", types.Money(), nullable=True),
        sa.Column("market_equity", types.Money(), nullable=True),
        sa.Column("retained_earnings", types.Money(), nullable=True),
        sa.Column("revenue", types.Money(), nullable=True),
        sa.Column("cost_of_sales", types.Money(), nullable=True),
        sa.Column("ebitda", types.Money(), nullable=True),
        sa.Column("depreciation", types.Money(), nullable=True),
        sa.Column("ebit", types.Money(), nullable=True),
        sa.Column("interest_expense", types.Money(), nullable=True),
        sa.Column("tax", types.Money(), nullable=True),
        sa.Column("net_income", types.Money(), nullable=True),
        sa.Column("operating_cash_flow", types.Money(), nullable=True),
        sa.Column("capex", types.Money(), nullable=True),
        sa.Column("working_capital_change", types.Money(), nullable=True),
        sa.Column("principal_repaid", types.Money(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_statement_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_statement_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_statement_version_history", "statement_version", ["customer_id", "period_end", "known_at"], unique=False)
    op.create_index(
        "uq_statement_version_current",
        "statement_version",
        ["customer_id", "period_end", "months", "basis"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "score_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("pd", sa.Double(), nullable=True),
        sa.Column("lgd", sa.Double(), nullable=True),
        sa.Column("ead", types.Money(), nullable=True),
        sa.Column("expected_loss", types.Money(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=True),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_score_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating_version.id"], name=op.f("fk_score_version_rating_id_rating_version")),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_score_version_run_id_score_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_score_version_history", "score_version", ["customer_id", "known_at"], unique=False)
    op.create_index(
        "uq_score_version_current",
        "score_version",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "score_driver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["score_id"], ["score_version.id"], name=op.f("fk_score_driver_score_id_score_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_driver")),
        sa.UniqueConstraint("score_id", "driver", name=op.f("uq_score_driver_score_id_driver")),
    )


def downgrade() -> None:
    op.drop_table("score_driver")
    op.drop_index("ix_score_version_history", table_name="score_version")
    op.drop_index("uq_score_version_current", table_name="score_version")
    op.drop_table("score_version")
    op.drop_index("ix_statement_version_history", table_name="statement_version")
    op.drop_index("uq_statement_version_current", table_name="statement_version")
    op.drop_table("statement_version")
    op.drop_index("ix_outcome_version_history", table_name="outcome_version")
    op.drop_index("uq_outcome_version_current", table_name="outcome_version")
    op.drop_table("outcome_version")
    op.drop_index("ix_rate_version_history", table_name="rate_version")
    op.drop_index("uq_rate_version_current", table_name="rate_version")
    op.drop_table("rate_version")
    op.drop_table("subscription")
    op.drop_table("score_run")
    op.drop_table("home_visit")
