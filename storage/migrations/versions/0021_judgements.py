"""Judgements about customers' default."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_judgement_customer_id_customer")),
        sa.ForeignKeyConstraint(["ends"], ["judgement.id"], name=op.f("fk_judgement_ends_judgement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index("ix_judgement_customer_id", "judgement", ["customer_id", "state"], unique=False)
    op.create_index(
        "uq_judgement_pending", "judgement", ["customer_id", "kind"], unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING
    )


def downgrade() -> None:
    op.drop_index("uq_judgement_pending", table_name="judgement")
    op.drop_index("ix_judgement_customer_id", table_name="judgement")
    op.drop_table("judgement")
