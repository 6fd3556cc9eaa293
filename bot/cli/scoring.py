"""score: PD, EAD, expected loss and grade of everybody, by the policy."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import date

from tqdm import tqdm

from bot import scoring
from bot.cli.common import Commands, me, policy_of
from bot.clock import Clock
from bot.house import open_database
from bot.settings import Settings, SettingsError
from commands.explaining import explain
from commands.kit.contract import Refused
from commands.scoring import Report
from risk_engine.policy import Policy
from storage.database import Database


def add(commands: Commands) -> None:
    parser = commands.add_parser("score", help="score the book: PD, EAD, expected loss and grade of every customer")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="a past day, as it was known then: prints, stores nothing")
    parser.add_argument("--customer", metavar="ID", help="score the book, then print this customer's scorecard, drivers and figures")
    parser.add_argument("--explain", action="store_true", help="with --customer: also every fact behind them, with file and row")
    parser.set_defaults(run=score, parser=parser)


def score(parsed: argparse.Namespace, env: Settings) -> int:
    """Score as of today and store what differs, or as of a past day and only say so."""
    if parsed.explain and not parsed.customer:
        parsed.parser.error("--explain needs --customer ID")
    if parsed.as_of and parsed.customer:
        parsed.parser.error("--as-of prints the whole book; it does not go with --customer")
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        report = _past(database, policy, parsed.as_of) if parsed.as_of else _today(database, policy)
        print("\n".join(report.lines()))
        if parsed.customer:
            _explained(database, policy, parsed.customer, sources=parsed.explain)
    return 0


def _today(database: Database, policy: Policy) -> Report:
    # disable=None is tqdm's word for "only on a terminal"
    with tqdm(total=scoring.STAGES, desc="Scoring", disable=None, file=sys.stderr, leave=False) as bar:
        return scoring.score(database, policy, Clock(), by=me(), step=bar.update)


def _past(database: Database, policy: Policy, as_of: date) -> Report:
    clock = Clock()
    if as_of >= scoring.today(policy, clock.now()):
        raise SettingsError(f"--as-of {as_of} is not past: expected a day before {scoring.today(policy, clock.now())}")
    return scoring.look_back(database, policy, clock, as_of)


def _explained(database: Database, policy: Policy, customer: str, *, sources: bool) -> None:
    try:
        with database.begin() as tx:
            print("\n".join(["", *explain(tx, policy, customer, sources=sources)]))
    except Refused as refused:
        raise SettingsError(f"--customer: {refused.sentence}") from refused
