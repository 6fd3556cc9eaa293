"""Decisions about notices, delivered and withheld."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("decision", sa.Text(), server_default="delivered", nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE decision <> 'delivered'")
    op.drop_column("notice", "decision")
