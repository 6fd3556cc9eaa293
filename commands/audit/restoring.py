"""Reports of backups and restores, and their record in the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from commands.audit import resealing
from commands.audit.resealing import Accepted
from commands.audit.verification.auditing import AuditRefused
from commands.audit.verification.verification_report import Proof
from commands.kit import blocks
from commands.kit.contract import Message, Notice, To
from commands.kit.i18n import Text, _, ngettext
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.audit import rows
from storage.audit.anchoring import guarding
from storage.audit.anchoring.guarding import TrailRestored
from storage.audit.anchoring.known import Known, identity
from storage.audit.chain import PLAIN, Head, Keys
from storage.database import Tx
from storage.events import Recorded

POSTGRESQL = _(
    "{command} copies a SQLite database. For PostgreSQL there are pg_dump and pg_restore: docs/backup-postgresql.sh does both and verifies."
)
EXISTS = _("{file} exists, and a backup overwrites nothing. Give another name.")
CANNOT_BE_WRITTEN = _("{file} cannot be written: {problem}.")
NO_BACKUP = _("{file} is not a Riskbot backup: {problem}.")
NOT_WHOLE = _("Nothing was restored: the trail in {file} does not hold.")
IN_USE = _("{file} is in use: stop every bot and command that has it open. Nothing was changed.")
OLD = _("{file} has tables of another version: bring them up to date first (python -m bot migrate), or move the file away.")
UNREADABLE = _("The database at {file} cannot be read ({problem}). Use --replace to move it aside and put the backup in its place.")
NEEDS_KEY = _("The trail in {file} is sealed with a key, and RISKBOT_AUDIT_KEY is not set. Nothing was restored.")


@dataclass(frozen=True, slots=True)
class TrailPosition:
    """The trail of a database: identity, epoch of the last accepted break, and end."""

    database: str | None
    epoch: int
    head: Head

    @classmethod
    def of(cls, tx: Tx, keys: Keys) -> TrailPosition:
        """Return the position according to the database."""
        return cls(identity(tx).database, guarding.standing(tx, keys.known)[1], rows.head(tx))


def would_lose(tx: Tx, there: TrailPosition) -> Text | None:
    """Return the entries that a backup, read by this transaction, lacks; None if it continues the existing trail."""
    head = there.head
    if not head.count:
        return None
    ours = identity(tx).database
    if ours != there.database:
        return _("The present database is a different one ({database}) with {n} entries. Use --replace to move it aside.").format(
            database=there.database, n=f"{head.count:,}"
        )
    if guarding.hash_at(tx, head.count) == head.hash:
        return None
    mine = rows.head(tx).count
    return _(
        "The present database is newer than the backup: it has {n} entries, the backup {count}. Use --replace to move it aside."
    ).format(n=f"{head.count:,}", count=f"{mine:,}")


def restored(
    tx: Tx, policy: Policy, keys: Keys, known: Known | None, *, file: str, replaced: TrailPosition | None, by: str, at: datetime
) -> Accepted:
    """Record, signed and anchored, that the trail continues from a backup.

    Args:
        known: the furthest known end of this trail.
        replaced: the trail of the replaced database.

    Raises:
        AuditRefused: the trail is sealed with a key, and there is none.
    """
    head = rows.head(tx)
    if keys.present.id == PLAIN != head.key_id:
        raise AuditRefused(NEEDS_KEY.format(file=file))
    before = f"{replaced.head.count}:{replaced.head.hash}" if replaced and replaced.head.count else None
    facts = {"file": file, "replaced": before, "replaced_database": replaced.database if replaced else None}
    return resealing.accept(tx, policy, keys, TrailRestored, facts, known, by=by, at=at, epoch=replaced.epoch if replaced else 0)


def backed_up(file: Path, proof: Proof, *, size: int, seconds: float) -> list[str]:
    """Return the contents of a backup, and the verification of its trail."""
    count = proof.verified.count
    told = ngettext(
        "Backed up to {file}: {n} entry of the trail, {size} MB, in {seconds} s.",
        "Backed up to {file}: {n} entries of the trail, {size} MB, in {seconds} s.",
        count,
    )
    first = told.format(file=file, n=f"{count:,}", size=f"{size / 1e6:.1f}", seconds=f"{seconds:.1f}")
    return [str(first), *proof.lines()]


def _to_the_audit_channel(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To("route:audit", "what happened after the backup is not in the trail any more")]


def render(told: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Return the person who restored a backup, and the entry after which the trail continues."""
    gist: Text = _("{by} restored the database from {file}: the trail continues after entry {n}").format(
        by=told["actor"], file=told["file"], n=f"{told['count']:,}"
    )
    known = _("Before: {anchor}").format(anchor=told["known"] or told["replaced"] or "–")
    return Message(blocks.escape(f"⚠️ {gist}"), [blocks.paragraph("⚠️ ", blocks.bold(gist)), blocks.paragraph(known)])


NOTICES = [Notice(TrailRestored.kind, (TrailRestored,), _to_the_audit_channel, render, classification=Secrecy.INTERNAL)]
