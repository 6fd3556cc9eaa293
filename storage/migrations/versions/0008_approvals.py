"""Approvals with steps, votes, conditions, expiry and a frozen picture."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ONE_STEP = [{"role": "approver", "people": [], "quorum": 1, "committee": None, "veto": [], "share": "2/3"}]
_NEW: dict[str, sa.types.TypeEngine[Any]] = {
    "kind": sa.Text(),
    "expires_at": types.Instant(timezone=True),
    "stages": types.Json(),
    "amount": types.Money(),
    "picture": types.Json(),
    "step": sa.Integer(),
    "reminded": sa.Integer(),
}


def upgrade() -> None:
    for name, kind in _NEW.items():
        op.add_column("approval", sa.Column(name, kind, nullable=True))
    # what was asked before has one step and no picture; what still waits gets two weeks from now
    # a moment as SQLite keeps it: types.Instant writes the same
    on_sqlite = sa.func.strftime("%Y-%m-%dT%H:%M:%f000Z", "now", "+14 days")
    soon = sa.type_coerce(on_sqlite, sa.Text) if _on_sqlite() else sa.text("now() + interval '14 days'")
    was = sa.table("approval", *(sa.column(name, kind) for name, kind in _NEW.items()), sa.column("subject", sa.Text()))
    op.execute(
        was.update().values(
            kind=sa.case((was.c.subject.like("O-%"), "override"), else_="response"),
            stages=_ONE_STEP,
            picture={},
            step=0,
            reminded=0,
            expires_at=soon,
        )
    )
    # a request that its maker took back ends by its maker, and only so
    with op.batch_alter_table("approval") as approval:
        for name in _NEW.keys() - {"amount"}:
            approval.alter_column(name, existing_type=_NEW[name], nullable=False)
        if not _on_sqlite():
            approval.drop_constraint(op.f("ck_approval_four_eyes"), type_="check")
        else:
            # a rebuilt table loses what it checks
            approval.create_check_constraint(op.f("ck_approval_decided_by_someone"), "(verdict IS NULL) = (decided_by IS NULL)")
        approval.create_check_constraint(op.f("ck_approval_four_eyes"), "verdict = 'withdrawn' OR decided_by <> maker")
    op.create_index("ix_approval_expires_at", "approval", ["verdict", "expires_at"], unique=False)
    op.create_table(
        "vote",
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.CheckConstraint("person <> maker AND authority <> maker", name=op.f("ck_vote_four_eyes")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_vote_approval_id_approval")),
        sa.PrimaryKeyConstraint("approval_id", "number", name=op.f("pk_vote")),
        sa.UniqueConstraint("approval_id", "authority", name=op.f("uq_vote_approval_id_authority")),
        sa.UniqueConstraint("approval_id", "person", name=op.f("uq_vote_approval_id_person")),
    )
    op.create_table(
        "condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("met_by", sa.Text(), nullable=True),
        sa.Column("met_at", types.Instant(timezone=True), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_condition_approval_id_approval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("approval_id", "number", name=op.f("uq_condition_approval_id_number")),
    )
    op.create_index("ix_condition_met_at_due", "condition", ["met_at", "due"], unique=False)


def downgrade() -> None:
    op.drop_table("condition")
    op.drop_table("vote")
    op.drop_index("ix_approval_expires_at", table_name="approval")
    with op.batch_alter_table("approval") as approval:
        if not _on_sqlite():
            approval.drop_constraint(op.f("ck_approval_four_eyes"), type_="check")
        else:
            approval.create_check_constraint(op.f("ck_approval_decided_by_someone"), "(verdict IS NULL) = (decided_by IS NULL)")
        approval.create_check_constraint(op.f("ck_approval_four_eyes"), "decided_by <> maker")
        for name in reversed(_NEW):
            approval.drop_column(name)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
