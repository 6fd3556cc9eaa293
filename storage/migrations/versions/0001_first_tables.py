"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("arguments", types.Json(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("as_of", types.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_expires_at", "answer", ["expires_at"], unique=False)
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("requested_at", types.Instant(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", types.Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(verdict IS NULL) = (decided_by IS NULL)", name=op.f("ck_approval_decided_by_someone")),
        sa.CheckConstraint("decided_by <> maker", name=op.f("ck_approval_four_eyes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("key", name=op.f("uq_approval_key")),
    )
    op.create_index("ix_approval_subject", "approval", ["subject"], unique=False)
    op.create_index("ix_approval_verdict", "approval", ["verdict"], unique=False)
    op.create_table(
        "counter",
        sa.Column("letter", sa.String(length=2), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("letter", name=op.f("pk_counter")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("payload", types.Json(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_at", "event", ["at"], unique=False)
    op.create_index("ix_event_subject", "event", ["subject"], unique=False)
    op.create_table(
        "greeting",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_greeting")),
    )
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "inbox",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", types.Json(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", types.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", types.Instant(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_state_received_at", "inbox", ["state", "received_at"], unique=False)
    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", types.Instant(timezone=True), nullable=False),
        sa.Column("started_at", types.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", types.Instant(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_job_run")),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("content", types.Json(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_policy_version_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("since_import", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["since_import"], ["import.id"], name=op.f("fk_customer_since_import_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_table(
        "decision",
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_decision_approval_id_approval")),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_decision")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("facts", types.Json(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("dedup", sa.Text(), nullable=True),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notice_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("dedup", name=op.f("uq_notice_dedup")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_event_id", "notice", ["event_id"], unique=False)
    op.create_table(
        "breach",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kri", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("opened_at", types.Instant(timezone=True), nullable=False),
        sa.Column("acknowledge_by", types.Instant(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", types.Instant(timezone=True), nullable=True),
        sa.Column("closed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_breach_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("key", name=op.f("uq_breach_key")),
    )
    op.create_index("ix_breach_customer_id", "breach", ["customer_id"], unique=False)
    op.create_index(
        "uq_breach_open",
        "breach",
        ["kri", "customer_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "customer_version",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("manager", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_customer_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_customer_version_history", "customer_version", ["customer_id", "known_at"], unique=False)
    op.create_index("ix_customer_version_name_key", "customer_version", ["name_key"], unique=False)
    op.create_index(
        "uq_customer_version_current",
        "customer_version",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", types.Instant(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", types.Instant(timezone=True), nullable=True),
        sa.Column("first_try_at", types.Instant(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("sent_at", types.Instant(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id_notice")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"], unique=False)
    op.create_index("ix_delivery_thread", "delivery", ["thread", "seq"], unique=False)
    op.create_table(
        "facility_version",
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("limit", types.Money(), nullable=False),
        sa.Column("outstanding", types.Money(), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("maturity", sa.Date(), nullable=True),
        sa.Column("rate", sa.Double(), nullable=True),
        sa.Column("rate_kind", sa.Text(), nullable=True),
        sa.Column("ccf", sa.Double(), nullable=True),
        sa.Column("lgd", sa.Double(), nullable=True),
        sa.Column("collateral", types.Money(), nullable=True),
        sa.Column("collateral_kind", sa.Text(), nullable=True),
        sa.Column("seniority", sa.Text(), nullable=True),
        sa.Column("days_past_due", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_facility_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_facility_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_facility_version_customer_id", "facility_version", ["customer_id"], unique=False)
    op.create_index("ix_facility_version_history", "facility_version", ["facility", "known_at"], unique=False)
    op.create_index(
        "uq_facility_version_current",
        "facility_version",
        ["facility"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "observation_version",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_observation_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_observation_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_observation_version_history", "observation_version", ["indicator", "customer_id", "as_of", "known_at"], unique=False
    )
    op.create_index(
        "uq_observation_version_current",
        "observation_version",
        ["customer_id", "indicator", "as_of", "source"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "rating_version",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("outlook", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("known_at", types.Instant(timezone=True), nullable=False),
        sa.Column("superseded_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_rating_version_customer_id_customer")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_rating_version_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rating_version_history", "rating_version", ["customer_id", "as_of", "known_at"], unique=False)
    op.create_index(
        "uq_rating_version_current",
        "rating_version",
        ["customer_id", "as_of", "agency", "scale"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "risk",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("logged_by", sa.Text(), nullable=False),
        sa.Column("logged_at", types.Instant(timezone=True), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_risk_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
    )
    op.create_index("ix_risk_customer_id", "risk", ["customer_id"], unique=False)
    op.create_table(
        "response",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("risk_id", sa.Integer(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_response_risk_id_risk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
    )
    op.create_index("ix_response_risk_id", "response", ["risk_id"], unique=False)
    op.create_index("ix_response_state_due", "response", ["state", "due"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_response_state_due", table_name="response")
    op.drop_index("ix_response_risk_id", table_name="response")
    op.drop_table("response")
    op.drop_index("ix_risk_customer_id", table_name="risk")
    op.drop_table("risk")
    op.drop_index(
        "uq_rating_version_current",
        table_name="rating_version",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_rating_version_history", table_name="rating_version")
    op.drop_table("rating_version")
    op.drop_index(
        "uq_observation_version_current",
        table_name="observation_version",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_observation_version_history", table_name="observation_version")
    op.drop_table("observation_version")
    op.drop_index(
        "uq_facility_version_current",
        table_name="facility_version",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_facility_version_history", table_name="facility_version")
    op.drop_index("ix_facility_version_customer_id", table_name="facility_version")
    op.drop_table("facility_version")
    op.drop_index("ix_delivery_thread", table_name="delivery")
    op.drop_index("ix_delivery_state_due_at", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(
        "uq_customer_version_current",
        table_name="customer_version",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_customer_version_name_key", table_name="customer_version")
    op.drop_index("ix_customer_version_history", table_name="customer_version")
    op.drop_table("customer_version")
    op.drop_index(
        "uq_breach_open", table_name="breach", sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'")
    )
    op.drop_index("ix_breach_customer_id", table_name="breach")
    op.drop_table("breach")
    op.drop_index("ix_notice_event_id", table_name="notice")
    op.drop_table("notice")
    op.drop_table("decision")
    op.drop_table("customer")
    op.drop_table("policy_version")
    op.drop_table("job_run")
    op.drop_index("ix_inbox_state_received_at", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("import")
    op.drop_table("greeting")
    op.drop_index("ix_event_subject", table_name="event")
    op.drop_index("ix_event_at", table_name="event")
    op.drop_table("event")
    op.drop_table("counter")
    op.drop_index("ix_approval_verdict", table_name="approval")
    op.drop_index("ix_approval_subject", table_name="approval")
    op.drop_table("approval")
    op.drop_index("ix_answer_expires_at", table_name="answer")
    op.drop_table("answer")
