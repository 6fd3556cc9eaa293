"""Add the reason for which an episode of an indicator ended without a return within bounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("breach", sa.Column("ending", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("breach", "ending")
