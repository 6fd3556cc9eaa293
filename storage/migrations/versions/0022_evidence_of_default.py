"""Add the columns of a facility that are evidence of default."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_COLUMNS: dict[str, Any] = {
    "overdue": sa.BigInteger(),
    "non_accrual": sa.Boolean(),
    "provision": sa.BigInteger(),
    "best_estimate_loss": sa.BigInteger(),
    "restructured_on": sa.Date(),
    "restructuring_loss": sa.Double(),
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("facility_version", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in reversed(_COLUMNS):
        op.drop_column("facility_version", name)
