"""Count customers without a score and those past due in the totals of the book, and rank those past due by an index.

The next scoring counts the book anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Money

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

COUNTS = ("customers", "with_expected_loss", "with_ead", "with_pd")
SUMS = ("expected_loss", "ead")
INDEX, LATE = "ix_score_version_by_days_past_due", "superseded_at IS NULL AND days_past_due > 0"


def upgrade() -> None:
    _create(sums_known=True, counts=(*COUNTS, "late"))
    op.create_index(INDEX, "score_version", ["days_past_due", "expected_loss"], sqlite_where=sa.text(LATE), postgresql_where=sa.text(LATE))


def downgrade() -> None:
    op.drop_index(INDEX, table_name="score_version")
    _create(sums_known=False, counts=COUNTS)


def _create(*, sums_known: bool, counts: tuple[str, ...]) -> None:
    op.execute("DELETE FROM score_total_state")
    op.drop_table("score_total")
    op.create_table(
        "score_total",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("department", "sector", "country")),
        sa.Column("currency", sa.Text(), nullable=sums_known),
        *(sa.Column(name, Money(), nullable=not sums_known) for name in SUMS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_total")),
    )
