"""Deletion of posted messages: deadline, time, and last error."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("expires_at", types.Instant(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("deleted_at", types.Instant(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("delete_error", sa.Text(), nullable=True))
    op.create_index("ix_delivery_expires_at", "delivery", ["deleted_at", "expires_at"])
    op.create_index("ix_delivery_sent_at", "delivery", ["deleted_at", "sent_at"])


def downgrade() -> None:
    op.drop_index("ix_delivery_sent_at", "delivery")
    op.drop_index("ix_delivery_expires_at", "delivery")
    for column in ("delete_error", "deleted_at", "expires_at"):
        op.drop_column("delivery", column)
