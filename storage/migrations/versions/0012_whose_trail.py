"""The trail's own id, and the last event before erasures were signed."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    trail = op.create_table(
        "trail",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("bound_after", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )
    last = op.get_bind().execute(sa.text("SELECT coalesce(max(id), 0) FROM event")).scalar_one()
    op.bulk_insert(trail, [{"id": secrets.token_hex(8), "bound_after": last}])


def downgrade() -> None:
    op.drop_table("trail")
