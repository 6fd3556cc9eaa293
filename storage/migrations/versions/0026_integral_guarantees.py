"""Guarantees that are integral to the contract."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guarantee_version", sa.Column("integral", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("guarantee_version", "integral")
