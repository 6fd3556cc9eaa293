"""Changes of the policy by approval, and which version was in force when."""

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", types.Json(), nullable=False),
        sa.Column("value", types.Json(), nullable=True),
        sa.Column("back", sa.Boolean(), nullable=False),
        sa.Column("before", types.Json(), nullable=True),
        sa.Column("base", types.Json(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_change")),
    )
    waiting = sa.text("state = 'proposed'")
    op.create_index("uq_policy_change_path", "policy_change", ["path"], unique=True, sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_policy_change_state", "policy_change", ["state"], unique=False)
    op.create_table(
        "policy_in_force",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("since", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["policy_version.id"], name=op.f("fk_policy_in_force_base_id_policy_version")),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_policy_in_force_version_id_policy_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_in_force")),
    )


def downgrade() -> None:
    op.drop_table("policy_in_force")
    op.drop_index("ix_policy_change_state", table_name="policy_change")
    op.drop_index("uq_policy_change_path", table_name="policy_change")
    op.drop_table("policy_change")
