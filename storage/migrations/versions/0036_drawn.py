"""Keep the drawn amount of each customer by currency, by which customers are ranked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Money

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drawn",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", Money(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "currency", name=op.f("pk_drawn")),
    )
    op.execute(
        "INSERT INTO drawn (customer_id, currency, amount) SELECT customer_id, currency, CAST(sum(outstanding) AS BIGINT)"
        " FROM facility_version WHERE superseded_at IS NULL GROUP BY customer_id, currency"
    )
    op.create_index("ix_drawn_ranked", "drawn", ["currency", "amount"])


def downgrade() -> None:
    op.drop_table("drawn")
