"""The complete figures of each score, its model's own grade, and the facts behind it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FIGURES: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("model_grade", sa.Integer()),
    ("override_id", sa.Integer()),
    ("points", sa.Double()),
    ("confidence", sa.Double()),
    ("stage", sa.Integer()),
    ("category", sa.Integer()),
    ("ecl", types.Money()),
    ("rwa", types.Money()),
)


def upgrade() -> None:
    for name, kind in _FIGURES:
        op.add_column("score_version", sa.Column(name, kind, nullable=True))
    # earlier scores have only the figures of their columns; new scores get the complete set
    for name in ("figures", "sources"):
        op.add_column("score_version", sa.Column(name, sa.LargeBinary(), nullable=True))
        op.add_column("score_run", sa.Column(name, sa.Text(), nullable=True))
    op.execute("UPDATE score_version SET model_grade = grade")


def downgrade() -> None:
    for name in ("figures", "sources"):
        op.drop_column("score_run", name)
        op.drop_column("score_version", name)
    for name, _kind in reversed(_FIGURES):
        op.drop_column("score_version", name)
