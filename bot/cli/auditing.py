"""audit: prove that the trail is whole, take it to an examiner, anchor it, and erase a customer's data in it."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.audit import event_sealer, sealing_keys
from bot.audit.anchoring import AnchorFile
from bot.audit.event_sealer import Sealer
from bot.audit.heads import HeadKeeper
from bot.cli.common import Commands, Parser, day, me, policy_of
from bot.clock import Clock
from bot.opening import connect, open_database
from bot.settings import Settings, SettingsError
from commands.audit import anchoring, audit_erasing, audit_exporting, rekeying, resealing
from commands.audit.verification import auditing, reconciling, register_words, trail_doubts
from commands.audit.verification.auditing import AuditRefused
from risk_engine.policy.policy import Policy
from storage.audit import erasing
from storage.audit.extract import Wanted
from storage.audit.sealing import KeyIsMissing
from storage.database import Database
from storage.migrations import revisions
from storage.sight import EVERYTHING


def add_audit(parser: Parser) -> None:
    topics = parser.add_subparsers(required=True, metavar="WHAT")
    _add_verify(topics)
    _add_export(topics)
    anchor = topics.add_parser("anchor", help="print the present end of the trail, record it, and append it to the policy's anchor file")
    anchor.set_defaults(run=anchor_now)
    _add_erase(topics)
    moving = topics.add_parser("rekey", help="continue the trail with RISKBOT_AUDIT_KEY instead of a key of RISKBOT_AUDIT_OLD_KEYS")
    moving.set_defaults(run=rekey)
    accepting = topics.add_parser(
        "reseal", help="accept and record that the trail does not continue from its known end, and seal the present entries"
    )
    accepting.add_argument(
        "--reason", required=True, metavar="TEXT", help="the reason; kept in the trail for ever and posted to the audit channel"
    )
    accepting.set_defaults(run=reseal)


def _add_verify(topics: Commands) -> None:
    verify = topics.add_parser("verify", help="prove that no entry was changed and that the register matches the trail")
    verify.add_argument("--anchor", action="append", default=[], metavar="COUNT:HASH", help="an anchor from the audit channel or a file")
    verify.add_argument("--anchors", action="append", default=[], type=Path, metavar="FILE", help="every line of an anchor file")
    verify.add_argument("--export", type=Path, metavar="FILE", help="a JSON export instead of the database")
    verify.set_defaults(run=verify_trail)


def _add_export(topics: Commands) -> None:
    export = topics.add_parser("export", help="write every entry with its seal, for an examiner")
    export.add_argument("file", type=Path, metavar="FILE", help="a name that ends in .csv, .xlsx or .json (which verify --export reads)")
    export.add_argument(
        "--subject",
        metavar="ID",
        help="only entries about R-17, a customer's id, or customer:R-17 if the customer's id looks like one of the bot's",
    )
    export.add_argument("--since", type=day, metavar="DATE", help="from this day on (UTC)")
    export.add_argument("--until", type=day, metavar="DATE", help="to the end of this day (UTC)")
    export.add_argument("--force", action="store_true", help="replace the file if it exists")
    export.set_defaults(run=export_trail)


def _add_erase(topics: Commands) -> None:
    erase = topics.add_parser("erase", help="erase a customer's data in the trail; the chain stays whole")
    erase.add_argument("--customer", required=True, metavar="ID")
    erase.add_argument("--reason", required=True, metavar="TEXT", help="the reason; kept in the trail for ever, so without personal data")
    erase.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    erase.set_defaults(run=erase_customer)


def verify_trail(parsed: argparse.Namespace, env: Settings) -> int:
    """Verify the database, chain and register, or an export; return 1 if there is a fault."""
    asked = auditing.anchors(parsed.anchor, parsed.anchors)
    if parsed.export:
        proof = auditing.verify_export(parsed.export, sealing_keys.keys(env), asked)
        print("\n".join(proof.lines()))
        return 0 if proof.holds else 1
    with closing(_as_it_is(env)) as database, database.begin(EVERYTHING) as tx:
        proof, register = auditing.verify(tx, sealing_keys.keys(env), asked), reconciling.look(tx)
    told = [proof.lines(), register_words.lines(register)]
    # the answer comes first: the failed check
    print("\n".join(line for lines in (reversed(told) if proof.holds and register.count else told) for line in lines))
    return 0 if proof.holds and not register.count else 1


def export_trail(parsed: argparse.Namespace, env: Settings) -> int:
    """Write the trail to a file, and record the export in the trail."""
    until = _midnight(parsed.until + timedelta(days=1)) if parsed.until else None
    subject, customer = audit_exporting.subject_named(parsed.subject)
    wanted = Wanted(subject, _midnight(parsed.since) if parsed.since else None, until, customer)
    with closing(open_database(env)) as database:
        report = audit_exporting.run_export(database, parsed.file, wanted, by=me(), now=Clock().now(), force=parsed.force)
    print("\n".join(report.lines()))
    return 0


def anchor_now(parsed: argparse.Namespace, env: Settings) -> int:
    """Seal unsealed events, and anchor the end."""
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        sealer = _sealed(database, policy, env)
        try:
            with database.begin(EVERYTHING, write=True) as tx:
                taken = anchoring.take(tx, policy, sealer.keys, by=me(), at=Clock().now())
        except KeyIsMissing:
            raise AuditRefused(event_sealer.KEY_GONE) from None
        if taken is None:
            raise AuditRefused(anchoring.EMPTY)
        print(taken.line())
        _write_anchors(database, policy, sealer)
    return 0


def _sealer(database: Database, policy: Policy, env: Settings, *, held: bool = False) -> Sealer:
    """Return a sealer that has compared the trail with its known ends.

    Raises:
        AuditRefused: the trail does not continue from there, unless ``held`` allows it.
    """
    keys = event_sealer.usable_keys(database, env)
    sealer = Sealer(database, keys, HeadKeeper(database, keys, lambda: policy.audit.anchor_file, Clock()))
    sealer.begin()
    if sealer.key_gone and not held:
        raise AuditRefused(event_sealer.KEY_GONE)
    if sealer.held and not held:
        raise AuditRefused(trail_doubts.told(sealer.held))
    return sealer


def _sealed(database: Database, policy: Policy, env: Settings) -> Sealer:
    """Return a sealer after sealing all events."""
    sealer = _sealer(database, policy, env)
    sealer.tick()
    if sealer.held:
        raise AuditRefused(trail_doubts.told(sealer.held))
    return sealer


def _write_anchors(database: Database, policy: Policy, sealer: Sealer) -> None:
    """Append missing anchors to the anchor file, and write down the end of the trail."""
    sealer.close()
    if trouble := AnchorFile(database, lambda: policy.audit.anchor_file).follow():
        raise AuditRefused(trouble)


def rekey(parsed: argparse.Namespace, env: Settings) -> int:
    """Move the trail to the key of the environment, anchored on both sides; bots with the old key must be stopped."""
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        sealer = _sealer(database, policy, env)
        with database.begin(EVERYTHING, write=True) as tx:
            moved = rekeying.rekey(tx, policy, sealer.keys, by=me(), at=Clock().now())
        print("\n".join(moved.lines()))
        sealer.tick()
        _write_anchors(database, policy, sealer)
    return 0


def reseal(parsed: argparse.Namespace, env: Settings) -> int:
    """Record that the trail's discontinuity is accepted, and seal the present events."""
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        sealer = _sealer(database, policy, env, held=True)
        with database.begin(EVERYTHING, write=True) as tx:
            accepted = resealing.reseal(tx, policy, sealer.keys, sealer.held, reason=parsed.reason, by=me(), at=Clock().now())
        print("\n".join(accepted.lines()))
        sealer.heads.put_bad_aside()
        sealer.tick()
        _write_anchors(database, policy, sealer)
    return 0


def erase_customer(parsed: argparse.Namespace, env: Settings) -> int:
    """Show the plan of an erasure, ask for confirmation, and erase."""
    with closing(open_database(env)) as database:
        with database.begin(EVERYTHING) as tx:
            plan = audit_erasing.look(tx, parsed.customer, parsed.reason)
        print("\n".join(plan.lines()))
        if not plan.events or not (parsed.yes or _confirmed()):
            return 0 if not plan.events else 1
        sealer = _sealed(database, policy_of(env, database), env)
        with database.begin(EVERYTHING, write=True) as tx:
            report = audit_erasing.erase(tx, plan, sealer.key, by=me(), at=Clock().now())
        erasing.leave_no_copy(database)
        sealer.tick()
        sealer.close()
    print("\n".join(report))
    return 0


def _confirmed() -> bool:
    """Ask the person at the terminal for a yes; refuse without a terminal."""
    if not sys.stdin.isatty():
        raise AuditRefused(audit_erasing.ASK)
    return input(f"{audit_erasing.QUESTION} ").strip().lower() in {"yes", "y"}


def _as_it_is(env: Settings) -> Database:
    """Return the database as it is, without upgrading it."""
    database = connect(env)
    if revisions.is_current(database):
        return database
    database.close()
    raise SettingsError("DATABASE_URL: its tables are not those of this version of the product. Type: python -m bot migrate")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
