"""The audit chain: seals over events, and the policy version of each.

Triggers keep events and seals from being changed or deleted, except that an event's payload may be erased. They are
only a first barrier, as anybody who may write to the database can drop them: the chain detects it.

A later migration that adds a column to ``event`` or ``seal`` repeats ``drop_triggers`` before and ``make_triggers``
after it, with all columns, or the new column is not guarded; so does one that rebuilds a table on SQLite (batch mode),
which loses triggers. ``tests/storage/test_audit_triggers.py`` tries every column.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EVENT = ("id", "kind", "subject", "actor", "at", "digest", "request_key", "policy_version")


def upgrade() -> None:
    op.add_column("event", sa.Column("policy_version", sa.Integer(), nullable=True))
    op.create_table(
        "seal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_seal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_seal_event_id")),
    )
    make_triggers(EVENT)


def downgrade() -> None:
    drop_triggers()
    op.drop_table("seal")
    op.drop_column("event", "policy_version")


def make_triggers(columns: Sequence[str]) -> None:
    """Refuse every change of a seal, and of an event all but the erasure of its payload and salt.

    Args:
        columns: every column of ``event`` but payload and salt.
    """
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in columns)
        _sqlite("event", "UPDATE", f"WHEN NOT (NEW.payload IS NULL AND NEW.salt = '' AND {same})")
        for table, change in (("event", "DELETE"), ("seal", "UPDATE"), ("seal", "DELETE")):
            _sqlite(table, change)
        return
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)
    op.execute(
        "CREATE FUNCTION riskbot_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    _postgresql("event", "UPDATE", f"FOR EACH ROW WHEN (NEW.payload IS NOT NULL OR NEW.salt <> '' OR {changed})")
    _postgresql("seal", "UPDATE", "FOR EACH ROW")
    for table in ("event", "seal"):
        _postgresql(table, "DELETE", "FOR EACH ROW")
        _postgresql(table, "TRUNCATE", "FOR EACH STATEMENT")


def drop_triggers() -> None:
    """Drop the triggers of ``make_triggers``."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("event", "seal"):
        for change in ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
            op.execute(f"DROP TRIGGER {_name(table, change)}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION riskbot_append_only()")


def _sqlite(table: str, change: str, when: str = "") -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {_name(table, change)} BEFORE {change} ON {table} {when} {refuse}")


def _postgresql(table: str, change: str, each: str) -> None:
    op.execute(f"CREATE TRIGGER {_name(table, change)} BEFORE {change} ON {table} {each} EXECUTE FUNCTION riskbot_append_only()")


def _name(table: str, change: str) -> str:
    return f"{table}_keep_{change.lower()}"
