"""Add the types of blocks that the workspace does not know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unknown_block",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("type", name=op.f("pk_unknown_block")),
    )


def downgrade() -> None:
    op.drop_table("unknown_block")
