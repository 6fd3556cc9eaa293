"""backup and restore: verified copies of the database, and the way back."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from bot.audit import event_sealer, sealing_keys
from bot.audit.anchoring import AnchorFile
from bot.audit.event_sealer import Sealer
from bot.audit.heads import HeadKeeper
from bot.cli.common import Parser, me, policy_of
from bot.clock import Clock
from bot.opening import connect, unconnected
from bot.settings import Settings
from commands.audit import restoring
from commands.audit.restoring import TrailPosition
from commands.audit.verification import auditing, reconciling, register_words
from commands.audit.verification.auditing import AuditRefused
from commands.audit.verification.verification_report import Proof
from commands.kit.i18n import _
from commands.kit.progress import bar
from risk_engine.policy.policy import Policy
from storage import backup
from storage.audit.anchoring import heads
from storage.audit.anchoring.heads import BadHead
from storage.audit.anchoring.known import Known, identity
from storage.audit.chain import Keys
from storage.audit.reconciliation.differences import Reconciled
from storage.backup import NoBackup, Unreadable
from storage.database import Database
from storage.migrations import migrate, revisions
from storage.sight import EVERYTHING


def add_backup(saving: Parser) -> None:
    saving.add_argument("file", type=Path, metavar="FILE", help="a new file; existing files are not replaced")
    saving.set_defaults(run=back_up)


def add_restore(restoring_parser: Parser) -> None:
    restoring_parser.add_argument("file", type=Path, metavar="FILE")
    restoring_parser.add_argument(
        "--replace",
        action="store_true",
        help="even if the present database is damaged or has entries that the backup lacks; it is moved aside",
    )
    restoring_parser.set_defaults(run=restore)


def back_up(parsed: argparse.Namespace, env: Settings) -> int:
    """Copy, verify the copy, and then name it; return 1 if its trail or register has a fault."""
    started = Clock().monotonic()
    file: Path = parsed.file
    with closing(connect(env)) as database:
        _only_sqlite(database, "backup")
        if not revisions.is_current(database):
            raise AuditRefused(restoring.NO_BACKUP.format(file=database.place, problem=_("its tables belong to another version")))
        for path in backup.files(file):
            # refuse a log beside it too: it would be replayed over the copy
            if path.exists() or path.is_symlink():
                raise AuditRefused(restoring.EXISTS.format(file=path))
        try:
            with backup.beside(file) as part:
                _copy(database, part)
                proof, register = _proved(part, sealing_keys.keys(env)), _compared(part)
                backup.publish(part, file)
        except FileExistsError:
            raise AuditRefused(restoring.EXISTS.format(file=file)) from None
        except OSError as error:
            raise AuditRefused(restoring.CANNOT_BE_WRITTEN.format(file=file, problem=error.strerror or str(error))) from None
    told = restoring.backed_up(file, proof, size=file.stat().st_size, seconds=Clock().monotonic() - started)
    print("\n".join([*told, *register_words.lines(register)]))
    return 0 if proof.holds and not register.count else 1


def restore(parsed: argparse.Namespace, env: Settings) -> int:
    """Verify a copy of the backup, record its source, and put it in place; the old database is kept beside it."""
    file, keys = parsed.file, sealing_keys.keys(env)
    target = _target(env)
    there = _standing(env, target, keys, replace=parsed.replace)
    _unused(target)
    with backup.beside(target) as part:
        try:
            backup.copy_file(file, part)
            proof = _proved(part, keys)
        except NoBackup as error:
            raise AuditRefused(restoring.NO_BACKUP.format(file=file, problem=error)) from None
        if not proof.holds:
            print("\n".join(proof.lines()))
            raise AuditRefused(restoring.NOT_WHOLE.format(file=file))
        if (register := _compared(part)).count:
            # a warning, not a refusal: after a disaster it may be the only copy, and the bot warns again at its start
            print("\n".join(register_words.lines(register)))
        policy = _recorded(part, env, keys, file, there, replace=parsed.replace)
        _unused(target)
        aside = target.with_name(f"{target.name}.replaced-{Clock().now():%Y%m%dT%H%M%SZ}")
        kept = backup.put_in_place(part, target, aside)
    _go_on(env, keys, policy)
    print(_("Restored {file}: the trail continues after entry {n}.").format(file=file, n=f"{proof.verified.count:,}"))
    if kept:
        print(_("The previous database is kept as {file}.").format(file=", ".join(map(str, kept))))
    return 0


def _only_sqlite(database: Database, command: str) -> None:
    if database.dialect != "sqlite":
        raise AuditRefused(restoring.POSTGRESQL.format(command=command))


def _copy(database: Database, part: Path) -> None:
    with bar(None, _("Copying"), None, " pages") as done:
        before = 0

        def more(copied: int, _total: int) -> None:
            nonlocal before
            done(copied - before)
            before = copied

        backup.copy(database, part, more)


def _proved(part: Path, keys: Keys) -> Proof:
    """Return the verification of a copy, as in `audit verify`.

    Raises:
        NoBackup: the copy is damaged, or no database of this product.
    """
    with closing(Database(f"sqlite:///{part}")) as copied:
        if revisions.is_newer(copied):
            raise NoBackup(str(_("a newer version of Riskbot wrote it")))
        with copied.begin(EVERYTHING) as tx:
            damaged = backup.damage(tx)
        if damaged is not None:
            raise NoBackup(damaged)
        if not revisions.is_current(copied):
            migrate.upgrade(copied)
        with copied.begin(EVERYTHING) as tx:
            return auditing.verify(tx, keys, [])


def _compared(part: Path) -> Reconciled:
    """Reconcile the register of a copy with its trail."""
    with closing(Database(f"sqlite:///{part}")) as copied, copied.begin(EVERYTHING) as tx:
        return reconciling.look(tx)


def _target(env: Settings) -> Path:
    """Return the path of the database without creating it."""
    with closing(unconnected(env)) as database:
        _only_sqlite(database, "restore")
        return Path(database.place)


def _standing(env: Settings, target: Path, keys: Keys, *, replace: bool) -> TrailPosition | None:
    """Return the trail's end in the existing database; None if there is none, or a damaged one is to be replaced."""
    if not target.exists() or not target.stat().st_size:
        return None
    try:
        with backup.damage_named(), closing(unconnected(env)) as database:
            if not revisions.is_current(database):
                raise AuditRefused(restoring.OLD.format(file=target))
            with database.begin(EVERYTHING) as tx:
                return TrailPosition.of(tx, keys)
    except Unreadable as error:
        if not replace:
            raise AuditRefused(restoring.UNREADABLE.format(file=target, problem=error)) from None
    return None


def _unused(target: Path) -> None:
    if target.exists() and backup.is_in_use(target):
        raise AuditRefused(restoring.IN_USE.format(file=target))


def _recorded(part: Path, env: Settings, keys: Keys, file: Path, there: TrailPosition | None, *, replace: bool) -> Policy:
    """Record the restore in the copy, and return the copy's policy in force."""
    with closing(Database(f"sqlite:///{part}")) as copied:
        event_sealer.usable_keys(copied, env)
        policy = policy_of(env, copied)
        with copied.begin(EVERYTHING, write=True) as tx:
            lost = restoring.would_lose(tx, there) if there else None
            if lost is not None and not replace:
                raise AuditRefused(lost)
            known = _known(policy.audit.anchor_file, identity(tx).database or "", keys)
            backup.look_before_posting(tx)
            restoring.restored(tx, policy, keys, known, file=file.name, replaced=there, by=me(), at=Clock().now())
    return policy


def _known(anchor_file: str, database: str, keys: Keys) -> Known | None:
    """Return the end of the trail in the head file; a file that matches no key is retired."""
    if not anchor_file:
        return None
    path = heads.path_of(anchor_file, database)
    try:
        return heads.read(path, keys.known).known
    except BadHead:
        heads.retire(path)
    except OSError:
        pass
    return None


def _go_on(env: Settings, keys: Keys, policy: Policy) -> None:
    """Write down the present end of the trail outside the database."""
    with closing(connect(env)) as database:
        sealer = Sealer(database, keys, HeadKeeper(database, keys, lambda: policy.audit.anchor_file, Clock()))
        sealer.begin()
        sealer.tick()
        sealer.close()
        if trouble := AnchorFile(database, lambda: policy.audit.anchor_file).follow():
            raise AuditRefused(trouble)
