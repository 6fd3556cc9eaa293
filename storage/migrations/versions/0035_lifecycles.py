"""Add the lifecycles of risks and responses, people's views of a risk, and controls with their tests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_AXES = ("likelihood", "severity", "scope", "customer_severity")
_MOMENT = types.Instant(timezone=True)
_RISK: list[tuple[str, Any]] = [
    ("moved_by", sa.Text()),
    ("moved_at", _MOMENT),
    ("objective", sa.Text()),
    ("customer_severity", sa.Integer()),
    ("reassess_by", sa.Date()),
    ("retained_until", sa.Date()),
    *((f"{stands}_{axis}", sa.Integer()) for stands in ("current", "residual") for axis in _AXES),
]
# columns that every risk has, with the value of those that are there already
_FILLED: list[tuple[str, Any, str]] = [
    ("state", sa.Text(), "CASE WHEN open THEN 'identified' ELSE 'closed' END"),
    ("assessed", sa.Boolean(), "FALSE"),
    ("current_level", sa.Integer(), "level"),
    ("residual_level", sa.Integer(), "level"),
]
_RESPONSE: list[tuple[str, Any]] = [
    ("kind", sa.Text()),
    ("department", sa.Text()),
    ("cost", types.Money()),
    ("currency", sa.Text()),
    ("benefit", sa.Text()),
    *((axis, sa.Double()) for axis in _AXES),
    ("basis_grade", sa.Integer()),
    ("basis_exposure", types.Money()),
    ("basis_level", sa.Integer()),
    ("moved_by", sa.Text()),
    ("moved_at", _MOMENT),
]


def upgrade() -> None:
    for name, kind in _RISK:
        op.add_column("risk", sa.Column(name, kind, nullable=True))
    _fill("risk", _FILLED)
    for name, kind in _RESPONSE:
        op.add_column("response", sa.Column(name, kind, nullable=True))
    _fill("response", [("progress", sa.Integer(), "0"), ("reminded", sa.Integer(), "0")])
    _create_views()
    _create_controls()


def _fill(table: str, columns: list[tuple[str, Any, str]]) -> None:
    for name, kind, _value in columns:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.execute(f"UPDATE {table} SET {', '.join(f'{name} = {value}' for name, _kind, value in columns)}")
    with op.batch_alter_table(table) as batch:
        for name, kind, _value in columns:
            batch.alter_column(name, existing_type=kind, nullable=False)


def _create_views() -> None:
    op.create_table(
        "risk_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("customer_severity", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_view")),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_risk_view_risk_id_risk")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_risk_view_risk_id", "risk_view", ["risk_id"])


def _create_controls() -> None:
    op.create_table(
        "control",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "title", "owner")),
        sa.Column("department", sa.Text(), nullable=True),
        *(sa.Column(axis, sa.Double(), nullable=True) for axis in _AXES),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "state_by")),
        sa.Column("state_at", _MOMENT, nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("next_test", sa.Date(), nullable=True),
        sa.Column("design", sa.Boolean(), nullable=True),
        sa.Column("operation", sa.Boolean(), nullable=True),
        sa.Column("tested_by", sa.Text(), nullable=True),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_control_customer_id_customer")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_control_response_id_response")),
    )
    op.create_index("ix_control_customer_id", "control", ["customer_id"])
    op.create_index("ix_control_response_id", "control", ["response_id"])
    op.create_index("ix_control_state_next_test", "control", ["state", "next_test"])
    op.create_table(
        "control_risk",
        sa.Column("control_id", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("control_id", "risk_id", name=op.f("pk_control_risk")),
        sa.ForeignKeyConstraint(["control_id"], ["control.id"], name=op.f("fk_control_risk_control_id_control")),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_control_risk_risk_id_risk")),
    )
    op.create_index("ix_control_risk_risk_id", "control_risk", ["risk_id"])
    op.create_table(
        "control_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("control_id", sa.Integer(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("effective", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("tester", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_test")),
        sa.ForeignKeyConstraint(["control_id"], ["control.id"], name=op.f("fk_control_test_control_id_control")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_control_test_control_id", "control_test", ["control_id"])


def downgrade() -> None:
    for table in ("control_test", "control_risk", "control", "risk_view"):
        op.drop_table(table)
    for table, columns in (
        ("response", [*_RESPONSE, ("progress", None), ("reminded", None)]),
        ("risk", [*_RISK, *((name, None) for name, _kind, _value in _FILLED)]),
    ):
        with op.batch_alter_table(table) as batch:
            for name, _kind in reversed(columns):
                batch.drop_column(name)
