"""Add the first day of a guarantee, from which its original maturity counts."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guarantee_version", sa.Column("start", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("guarantee_version", "start")
