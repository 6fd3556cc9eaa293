"""Overrides of grades; customer and title of approvals."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "override",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_override_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    op.create_index("ix_override_customer_id", "override", ["customer_id", "state"], unique=False)
    op.add_column("approval", sa.Column("customer_id", sa.Text(), nullable=True))
    op.add_column("approval", sa.Column("title", sa.Text(), nullable=True))
    op.create_index("ix_approval_customer_id", "approval", ["customer_id"], unique=False)
    # until now every approval was about a response
    of_it = "FROM response JOIN risk ON risk.id = response.risk_id WHERE 'T-' || response.id = approval.subject"
    op.execute(f"UPDATE approval SET customer_id = (SELECT risk.customer_id {of_it}), title = (SELECT response.measure {of_it})")


def downgrade() -> None:
    op.drop_index("ix_approval_customer_id", table_name="approval")
    op.drop_column("approval", "title")
    op.drop_column("approval", "customer_id")
    op.drop_index("ix_override_customer_id", table_name="override")
    op.drop_table("override")
