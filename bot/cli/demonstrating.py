"""demo: the sample book of invented borrowers, with a past."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tqdm import tqdm

from bot.cli.common import Parser, me, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.scoring import scoring
from bot.settings import Settings
from commands.data import sample_register
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from commands.kit.i18n import Text, _, ngettext
from risk_engine.policy.policy import Policy
from storage import private
from storage.data.files.staging import FOLDERS
from storage.data.sample_book import borrowers, last_load, news, sample_file, write_sample_book
from storage.database import Database
from storage.sight import EVERYTHING

SEED = 17
# customers and facilities first, because the others refer to them; observations last, because they open breaches
KINDS: tuple[str, ...] = (
    *("customers", "facilities", "ratings", "statements", "rates", "outcomes"),
    *("instalments", "payments", "collateral", "guarantees", "projections", "incidents", "transactions", "observations"),
)
# days before today whose books are loaded first, so that figures have a history and the newest day has news
PAST = (100, 8, 1)


class _Then(Clock):
    """A clock that stands at a moment in the past."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


def add_demo(parser: Parser) -> None:
    parser.set_defaults(run=demo)


def demo(parsed: argparse.Namespace, env: Settings) -> int:
    """Load the sample book; repeating it loads only the changes since."""
    now = Clock().now()
    moments = (*(now - timedelta(days=days) for days in PAST), now)
    with closing(open_database(env)) as database, private.folder(FOLDERS) as folder:
        policy = policy_of(env, database)
        stage = _Stage(database, policy, now, folder)
        for moment in tqdm(moments, desc="Sample book", disable=None, leave=False):
            if moment == now or stage.unused_since(moment):
                stage.play(moment)
        scored = scoring.score(database, policy, Clock(), by=me())
    print("\n".join([*map(str, _told(stage.facts, stage.acts)), *scored.lines()]))
    return 0


@dataclass
class _Stage:
    """The database for the sample, and a folder with each moment's files."""

    database: Database
    policy: Policy
    now: datetime
    folder: Path
    facts: int = 0
    acts: int = 0
    _earlier: Path | None = None

    def unused_since(self, moment: datetime) -> bool:
        """Return True if nothing was loaded at this moment or later, so that a seen past never changes."""
        with self.database.begin(EVERYTHING) as tx:
            last = last_load(tx)
        return last is None or last < moment

    def play(self, moment: datetime) -> None:
        """Load the events up to a moment; past ones send no notices."""
        with self.database.begin(EVERYTHING, write=True) as tx:
            self.acts += sample_register.enter(tx, self.policy, now=self.now, until=moment)
        for kind, file in self._files(moment):
            self._load(kind, file, moment)
        if moment != self.now:
            scoring.score(self.database, self.policy, _Then(moment), by=me())

    def _files(self, moment: datetime) -> Iterator[tuple[str, Path]]:
        """Yield the book of a moment; after an earlier one only its additions."""
        folder, earlier = self.folder / moment.date().isoformat(), self._earlier
        write_sample_book(folder, seed=SEED, today=self.now.date(), known=moment.date())
        self._earlier = folder
        for kind in KINDS:
            whole = sample_file(folder, kind)
            file = news(whole, sample_file(earlier, kind)) if earlier else whole
            if file is not None:
                yield kind, file

    def _load(self, kind: str, file: Path, moment: datetime) -> None:
        after = follow_up(self.policy, file=file.name, by=me(), tell=moment == self.now)
        report = run_import(self.database, kind, file, at=moment, progress=False, after_load=after)
        self.facts += report.added + report.changed


def _told(facts: int, acts: int) -> Iterator[Text]:
    yield _("The sample book has {n} borrowers; all of them are invented.").format(n=len(borrowers()))
    if facts:
        yield ngettext("{n} fact is new or changed.", "{n} facts are new or changed.", facts)
    if acts:
        yield ngettext("{n} step was recorded in the register.", "{n} steps were recorded in the register.", acts)
    if not facts and not acts:
        yield _("No change since it was loaded.")
