"""Add an index of deliveries by their notice, by which old notices are deleted."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_delivery_notice_id", "delivery", ["notice_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_delivery_notice_id", table_name="delivery")
