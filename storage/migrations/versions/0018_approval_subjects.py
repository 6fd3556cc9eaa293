"""Add columns for an approval's subject: its letter and its number."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_APPROVAL = sa.table(
    "approval",
    sa.column("id", sa.Integer()),
    sa.column("subject", sa.Text()),
    sa.column("subject_kind", sa.String(2)),
    sa.column("subject_id", sa.Integer()),
)


def upgrade() -> None:
    op.add_column("approval", sa.Column("subject_kind", sa.String(2), nullable=True))
    op.add_column("approval", sa.Column("subject_id", sa.Integer(), nullable=True))
    written = op.get_bind().execute(sa.select(_APPROVAL.c.id, _APPROVAL.c.subject)).all()
    _write([{"which": id, **_in_columns(subject)} for id, subject in written])
    op.drop_index("ix_approval_subject", table_name="approval")
    with op.batch_alter_table("approval") as approval:
        approval.alter_column("subject_kind", existing_type=sa.String(2), nullable=False)
        approval.alter_column("subject_id", existing_type=sa.Integer(), nullable=False)
        approval.drop_column("subject")
        _keep_checks(approval)
    op.create_index("ix_approval_subject", "approval", ["subject_kind", "subject_id"], unique=False)


def downgrade() -> None:
    op.add_column("approval", sa.Column("subject", sa.Text(), nullable=True))
    written = op.get_bind().execute(sa.select(_APPROVAL.c.id, _APPROVAL.c.subject_kind, _APPROVAL.c.subject_id)).all()
    _write([{"which": id, "subject": f"{letter}-{number}"} for id, letter, number in written])
    op.drop_index("ix_approval_subject", table_name="approval")
    with op.batch_alter_table("approval") as approval:
        approval.alter_column("subject", existing_type=sa.Text(), nullable=False)
        approval.drop_column("subject_kind")
        approval.drop_column("subject_id")
        _keep_checks(approval)
    op.create_index("ix_approval_subject", "approval", ["subject"], unique=False)


def _in_columns(subject: str) -> dict[str, str | int]:
    """Take ``T-4`` apart; a text that nobody but a forger wrote stays one that the trail contradicts."""
    spelled = re.fullmatch("([A-Z])-([1-9][0-9]{0,8})", subject, re.ASCII)
    return {"subject_kind": spelled[1], "subject_id": int(spelled[2])} if spelled else {"subject_kind": "?", "subject_id": 0}


def _write(rows: list[dict[str, Any]]) -> None:
    # a parameter of the name of a column is that column's new value
    if rows:
        op.get_bind().execute(sa.update(_APPROVAL).where(_APPROVAL.c.id == sa.bindparam("which")), rows)


def _keep_checks(approval: Any) -> None:
    """Write the checks again: a table that SQLite rebuilds loses them."""
    if op.get_bind().dialect.name == "sqlite":
        approval.create_check_constraint(op.f("ck_approval_decided_by_someone"), "(verdict IS NULL) = (decided_by IS NULL)")
        approval.create_check_constraint(op.f("ck_approval_four_eyes"), "verdict = 'withdrawn' OR decided_by <> maker")
