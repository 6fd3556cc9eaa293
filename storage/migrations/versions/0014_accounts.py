"""The e-mail addresses, as digests, that accounts were seen with."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "digest", name=op.f("pk_account")),
    )
    op.create_index("ix_account_digest", "account", ["digest"])


def downgrade() -> None:
    op.drop_table("account")
