"""Schedules, payments, collateral, guarantees, projections and incidents; more columns of customers and facilities."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instalment_version",
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("principal", types.Money(), nullable=False),
        sa.Column("interest", types.Money(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_instalment_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_instalment_version_history", "instalment_version", ["facility", "due", "known_at"], unique=False)
    op.create_index(
        "uq_instalment_version_current",
        "instalment_version",
        ["facility", "due"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "payment_version",
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("paid", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", types.Money(), nullable=False),
        sa.Column("booked", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_payment_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_payment_version_history", "payment_version", ["facility", "paid", "known_at"], unique=False)
    op.create_index(
        "uq_payment_version_current",
        "payment_version",
        ["facility", "paid", "reference"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "collateral_version",
        sa.Column("collateral", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("value", types.Money(), nullable=False),
        sa.Column("valued", sa.Date(), nullable=True),
        sa.Column("lien", sa.Integer(), nullable=False),
        sa.Column("prior", types.Money(), nullable=True),
        sa.Column("insured", sa.Boolean(), nullable=True),
        sa.Column("registered", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_collateral_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_collateral_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collateral_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collateral_version_customer_id", "collateral_version", ["customer_id"], unique=False)
    op.create_index("ix_collateral_version_history", "collateral_version", ["collateral", "known_at"], unique=False)
    op.create_index(
        "uq_collateral_version_current",
        "collateral_version",
        ["collateral"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "guarantee_version",
        sa.Column("guarantee", sa.Text(), nullable=False),
        sa.Column("guarantor", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("amount", types.Money(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_guarantee_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["guarantor"], ["customer.id"], name=op.f("fk_guarantee_version_guarantor_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_guarantee_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantee_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_guarantee_version_customer_id", "guarantee_version", ["customer_id"], unique=False)
    op.create_index("ix_guarantee_version_guarantor", "guarantee_version", ["guarantor"], unique=False)
    op.create_index("ix_guarantee_version_history", "guarantee_version", ["guarantee", "known_at"], unique=False)
    op.create_index(
        "uq_guarantee_version_current",
        "guarantee_version",
        ["guarantee"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "incident_version",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_incident_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_incident_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incident_version_history", "incident_version", ["customer_id", "as_of", "known_at"], unique=False)
    op.create_index(
        "uq_incident_version_current",
        "incident_version",
        ["customer_id", "kind", "as_of", "facility"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "projection_version",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("projected", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("cfads", types.Money(), nullable=True),
        sa.Column("debt_service", types.Money(), nullable=True),
        sa.Column("revenue", types.Money(), nullable=True),
        sa.Column("ebitda", types.Money(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_projection_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_projection_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projection_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_projection_version_history", "projection_version", ["customer_id", "projected", "period_end", "known_at"], unique=False
    )
    op.create_index(
        "uq_projection_version_current",
        "projection_version",
        ["customer_id", "projected", "period_end"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.add_column("customer_version", sa.Column("commodity_share", sa.Double(), nullable=True))
    op.add_column("customer_version", sa.Column("watch_list", sa.Boolean(), nullable=True))
    op.add_column("facility_version", sa.Column("origination_rating", sa.Text(), nullable=True))
    op.add_column("facility_version", sa.Column("forborne", sa.Boolean(), nullable=True))
    op.add_column("facility_version", sa.Column("restructured", sa.Integer(), nullable=True))
    op.add_column("facility_version", sa.Column("phase", sa.Text(), nullable=True))
    op.add_column("facility_version", sa.Column("eir", sa.Double(), nullable=True))


def downgrade() -> None:
    for column in ("eir", "phase", "restructured", "forborne", "origination_rating"):
        op.drop_column("facility_version", column)
    for column in ("watch_list", "commodity_share"):
        op.drop_column("customer_version", column)
    for table in ("projection", "incident", "guarantee", "collateral", "payment", "instalment"):
        op.drop_table(f"{table}_version")
