"""The command line. Exit codes: 0 done, 1 refused (bad input, said on stderr), 2 usage."""

from __future__ import annotations

import argparse
import getpass
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from bot import logs, settings
from bot.clock import Clock
from bot.house import House, connect, open_database
from bot.settings import Settings, SettingsError
from commands import digest as digest_texts
from commands.importing import ImportRefused, run_import
from commands.kit.after_load import follow_up
from commands.kit.i18n import Reader, reading
from commands.kit.terminal import lines
from risk_engine.policy import Policy
from storage import migrate as migrations
from storage import policies
from storage.database import Busy, Database
from storage.files.kinds import KindName

SAMPLE_SEED = 17
SAMPLE_KINDS: tuple[KindName, ...] = ("customers", "facilities", "ratings", "observations")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace, Settings], int] = parsed.run
    try:
        return run(parsed, settings.load())
    except (SettingsError, policies.PolicyError, ImportRefused) as error:
        print(error, file=sys.stderr)
    except Busy as error:
        print(f"The database is busy ({error}); nothing was changed. Try again.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped; nothing more was changed.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Riskbot: customer risk management in Slack.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="run the bot (Socket Mode if SLACK_APP_TOKEN is set, else HTTP on PORT)")
    running.set_defaults(run=run)
    migrating = commands.add_parser("migrate", help="bring the database's tables up to date")
    migrating.set_defaults(run=migrate)
    importing = commands.add_parser("import", help="import a CSV file of customers, facilities, observations or ratings")
    importing.add_argument("kind", choices=SAMPLE_KINDS, metavar="KIND", help="customers, facilities, observations or ratings")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument(
        "--map", type=Path, metavar="MAP.toml", help="rename columns, set constants, parse dates and numbers, melt columns"
    )
    importing.add_argument("--dry-run", action="store_true", help="validate and count, change nothing")
    importing.add_argument("--skip-bad", action="store_true", help="load the good rows although others are refused")
    importing.add_argument("--strict", action="store_true", help="refuse a file with unknown columns")
    importing.add_argument("--rejects", type=Path, metavar="PATH", help="where refused rows go (default: NAME.rejects.csv)")
    importing.set_defaults(run=import_)
    digesting = commands.add_parser("digest", help="print the digest, or send it to the digest channel")
    digesting.add_argument("--send", action="store_true", help="send it now, through the running bot")
    digesting.set_defaults(run=digest)
    demonstrating = commands.add_parser("demo", help="load the sample book of invented borrowers")
    demonstrating.set_defaults(run=demo)
    return parser


def run(parsed: argparse.Namespace, env: Settings) -> int:
    """Run until a signal ends it."""
    env.require_slack()
    logs.configure()
    house = House(env, open_database(env), _policy(env))
    ended = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: ended.set())
    house.start()
    ended.wait()
    house.close()
    return 0


def migrate(parsed: argparse.Namespace, env: Settings) -> int:
    """Bring the tables up to date, on either database."""
    with closing(connect(env)) as database:
        print(f"The tables are at revision {migrations.upgrade(database)}.")
    return 0


def import_(parsed: argparse.Namespace, env: Settings) -> int:
    """Import one file and follow the indicators that it touched."""
    policy = _policy(env)
    with closing(open_database(env)) as database:
        _load(
            database,
            policy,
            parsed.kind,
            parsed.file,
            map=parsed.map,
            dry_run=parsed.dry_run,
            skip_bad=parsed.skip_bad,
            strict=parsed.strict,
            rejects=parsed.rejects,
        )
    return 0


def _load(
    database: Database,
    policy: Policy,
    kind: KindName,
    file: Path,
    *,
    map: Path | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    strict: bool = False,
    rejects: Path | None = None,
) -> None:
    now = Clock().now()
    report = run_import(
        database,
        kind,
        file,
        at=now,
        mapping_path=map,
        dry_run=dry_run,
        skip_bad=skip_bad,
        strict=strict,
        rejects=rejects,
        clock=Clock().now,
        after_load=follow_up(policy, file=file.name, by=_me()),
    )
    print("\n".join(report.lines()))


def digest(parsed: argparse.Namespace, env: Settings) -> int:
    """Print the digest, or queue it for the channel."""
    policy, now = _policy(env), Clock().now()
    with closing(open_database(env)) as database:
        if parsed.send:
            with database.begin(write=True) as tx:
                digest_texts.send_now(now, policy, tx)
            print("The digest is queued; the running bot posts it.")
            return 0
        with database.begin() as tx, reading(Reader("en_GB", policy.digest.timezone)):
            message = digest_texts.compose(tx, policy, since=digest_texts.since_when(tx, now), until=now)
            print("\n".join(lines(message)))
    return 0


def demo(parsed: argparse.Namespace, env: Settings) -> int:
    """Load the sample book; a second time changes only what its dates have moved on to."""
    from storage.sample_book import write_sample_book

    policy = _policy(env)
    with closing(open_database(env)) as database, tempfile.TemporaryDirectory() as folder:
        write_sample_book(Path(folder), seed=SAMPLE_SEED, today=Clock().now().date())
        for kind in SAMPLE_KINDS:
            _load(database, policy, kind, Path(folder) / f"{kind}.csv")
    return 0


def _policy(env: Settings) -> Policy:
    return policies.read(env.riskbot_policy)


def _me() -> str:
    """Who is at the terminal; containers may have nobody."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
