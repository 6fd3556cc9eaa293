"""Parents of accounting groups."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer_version", sa.Column("group_parent", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("customer_version", "group_parent")
