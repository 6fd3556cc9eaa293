"""Questions to books of ten thousand and of a million customers: what each costs, beside the driver alone reading a page."""

from __future__ import annotations

import csv
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.scoring.scoring import score
from commands.data.importing import run_import
from commands.kit.contract import Authority, Person, Request
from commands.kit.i18n import Reader, reading
from commands.kit.input import inline
from commands.kit.registry import registry
from risk_engine.people.roles import Reach
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies
from storage.sight import EVERYTHING
from tests.benchmarks.report import Finding, Table, ratio
from tests.benchmarks.sizes import Sizes

SYLLABLES = "bal bra dal den dor fen gar gel gri hal hel jor kel kir kov lan lor mar mel nar nord pal ral sal sen sil sol sta tan vin"
TRADES = "Steel Power Logistics Foods Textiles Energy Chemicals Shipping Timber Cement Motors Glass Plastics Water Rail Dairy"
SECTORS = "Manufacturing Transport Energy Retail Construction Agriculture Services Mining"
DEPARTMENTS, LANDS, LETTERS = "Corporate North South Projects SME", "DE FR IT CZ PL CN US GB", "AA A BBB BB B CCC"
KINDS = ("customers", "facilities", "ratings")
# the third is mistyped: Nordhafen is in every book
QUESTIONS = (
    *("show C0000007", "show Nordhafn Terminl", "find nordhfen termnal"),
    *("top", "top by=grade", "top by=overdue", "top by=change", "top sector=Transport"),
    *("list", "list sort=name", "list sector=Transport", "list sort=exposure", "list sort=exposure sector=Transport"),
)
PAGE = """SELECT *, (SELECT expected_loss FROM score_version s WHERE s.customer_id = c.customer_id AND s.superseded_at IS NULL)
FROM customer_version c WHERE c.superseded_at IS NULL ORDER BY c.name_key LIMIT 15"""
HEADERS = ("customers", "question", "processor, ms", "best, ms", "longest, ms", "processor / floor")
NOTE = """\
Questions of somebody who sees everybody, on SQLite: the command within its transaction, without Slack. Processor time is the median
of {rounds} rounds after a first one; the best and the longest are by the clock, and the longest shows what else the machine does.
The floor is the driver alone reading fifteen customers with their losses in the order of their names: {floors}."""


def run(sizes: Sizes, folder: Path) -> Finding:
    """Ask each question to each book."""
    found = {count: asked(_book(count, folder / "questions" / str(count)), sizes.repetitions * 3) for count in sizes.questions}
    return finding(found, sizes.repetitions * 3)


Times = dict[str, list[tuple[float, float]]]


def finding(found: dict[int, Times], rounds: int) -> Finding:
    """Return the table of these times, by the number of customers."""
    floors = {count: statistics.median(one for one, _clock in times[PAGE]) for count, times in found.items()}
    rows = [_row(count, question, times[question], floors[count]) for question in QUESTIONS for count, times in found.items()]
    told = ", ".join(f"{floor:.2f} ms with {count:,}" for count, floor in floors.items())
    return Finding(NOTE.format(rounds=rounds, floors=told), [Table(HEADERS, rows)])


def _row(count: int, question: str, times: Sequence[tuple[float, float]], floor: float) -> list[str]:
    processor, clock = statistics.median(one for one, _clock in times), [clock for _processor, clock in times]
    return [f"{count:,}", f"`/risk {question}`", f"{processor:.1f}", f"{min(clock):.1f}", f"{max(clock):.1f}", ratio(processor, floor)]


def asked(address: str, rounds: int) -> Times:
    """Return how long each question and the floor took, in milliseconds of the processor and of the clock, in turns."""
    times: Times = {}
    with closing(Database(address)) as database:
        policy = policies.read(None)
        for turn in range(rounds + 1):
            for question in (PAGE, *QUESTIONS):
                processor, clock = time.thread_time(), time.perf_counter()
                _ask(database, policy, question)
                took = ((time.thread_time() - processor) * 1000, (time.perf_counter() - clock) * 1000)
                if turn:
                    times.setdefault(question, []).append(took)
    return times


def _ask(database: Database, policy: Policy, question: str) -> None:
    with reading(Reader(masked=False)), database.begin(EVERYTHING) as tx:
        if question == PAGE:
            tx.connection.connection.cursor().execute(PAGE).fetchall()
            return
        line = inline.read(registry(), question)
        line.command.run(line.checked(), _request(policy), tx)


def _request(policy: Policy) -> Request:
    """Return the request of somebody who may do what everybody may before roles are given."""
    roles = policy.roles
    may = Authority(frozenset(roles.before), roles.rights(roles.before), Reach.ALL)
    asker: dict[str, Any] = {"channel_trouble": lambda name: None, "welcome": lambda who: True, "confirmed": lambda who: True}
    return Request(Person("U0ANA", "Ana", Reader(masked=False)), datetime.now(UTC), policy, "bench", "C0GENERAL", authority=may, **asker)


def _book(count: int, folder: Path) -> str:
    """Return the address of a scored book with so many customers."""
    folder.mkdir(parents=True)
    address = f"sqlite:///{folder / 'book.db'}"
    with closing(Database(address)) as database:
        migrate.upgrade(database)
        for kind in KINDS:
            with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(_rows(kind, count))
            run_import(database, kind, folder / f"{kind}.csv", at=datetime.now(UTC), progress=False)
        score(database, policies.read(None), Clock(), by="bench")
    return address


def _rows(kind: str, count: int) -> Iterator[tuple[Any, ...]]:
    chance, day = random.Random(7), datetime.now(UTC).date()
    match kind:
        case "customers":
            yield "id", "name", "sector", "country", "department", "manager"
            for place in range(count):
                name = "Nordhafen Terminal AG" if place == 3 else _name(chance)
                where = (_one(chance, SECTORS), _one(chance, LANDS), _one(chance, DEPARTMENTS))
                yield f"C{place:07}", name, *where, f"Manager {chance.randrange(500)}"
        case "facilities":
            yield "id", "customer", "kind", "currency", "limit", "outstanding", "lgd", "days_past_due", "as_of"
            for place in range(count):
                limit = round(10 ** chance.uniform(4.5, 8), -2)
                late = 0 if chance.random() < 0.97 else chance.randrange(1, 200)
                yield f"F{place:07}", f"C{place:07}", "term_loan", "EUR", limit, round(limit * chance.random(), 2), 0.45, late, day
        case _:
            yield "customer", "rating", "as_of", "agency", "scale"
            for place in range(count):
                yield f"C{place:07}", _one(chance, LETTERS), day - timedelta(days=chance.randrange(1, 300)), "internal", "internal"


def _one(chance: random.Random, words: str) -> str:
    return chance.choice(words.split())


def _name(chance: random.Random) -> str:
    words = ["".join(_one(chance, SYLLABLES) for _syllable in range(chance.choice((2, 2, 3)))).title() for _word in range(2)]
    return f"{' '.join(words)} {_one(chance, TRADES)} {chance.choice(('GmbH', 'AG', 'Ltd', 'S.p.A.'))}"
