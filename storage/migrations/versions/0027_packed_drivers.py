"""Add the drivers of a score as one value, and the days past due by which the book is ranked.

Earlier runs keep their rows in score_driver: their digests are sealed.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_COLUMNS: dict[str, list[tuple[str, Any]]] = {
    "score_run": [("drivers", sa.Text())],
    "score_version": [("drivers", sa.LargeBinary()), ("driver_words", sa.Text()), ("days_past_due", sa.Double())],
}


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for table, columns in _COLUMNS.items():
        for name, _kind in reversed(columns):
            op.drop_column(table, name)
