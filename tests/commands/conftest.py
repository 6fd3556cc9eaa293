"""A small book, loaded from files as a team loads its own, and commands run in it as a person runs them."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.data.after_load import follow_up
from commands.data.importing import ImportReport, run_import
from commands.kit.access.authority import authority_of, demand, sight_of
from commands.kit.contract import Message, Person, Refused, Reply, Request
from commands.kit.input import inline
from commands.kit.registry import registry
from playground.block_kit.limits import check_message
from risk_engine.policy.policy import Policy
from risk_engine.refusals import Refusal
from storage.database import Database
from storage.delivery import deliveries
from storage.delivery.deliveries import Delivery
from storage.migrations import migrate
from storage.policy import policies
from storage.sight import EVERYTHING
from tests.conftest import ENGLISH, LET_IN, MONDAY
from tests.databases import Fill, Masters

# what can be pressed under a request that waits
DECIDES = {"approval.approve", "approval.condition", "approval.reject", "approval.return"}

CUSTOMERS = """id,name,group,sector,country,department,manager,aliases
ACME,Acme Steel,Acme Group,Metals,DE,Corporate,U0MEI,ACM; Acme Stahl
NOVA,Nova Power,,Energy,ES,Projects,,
NORD,Nordwind Energie,,Energy,DE,Projects,U0MEI,
JIAN,江河重工,,Machinery,CN,Corporate,,Jianghe Heavy
SMITH,Smith & Sons <Ltd> *bold*,,Retail,GB,,,
"""
FACILITIES = """id,customer,kind,currency,limit,outstanding,days_past_due
F1,ACME,term_loan,EUR,5000000,4200000,
F2,ACME,revolver,EUR,1000000,250000,
F3,ACME,guarantee,USD,300000,300000,
F4,JIAN,project_loan,CNY,120000000,88000000,12
"""
RATINGS = """customer,rating,as_of,agency
ACME,BBB-,2026-03-31,S&P
ACME,BB+,2026-09-30,S&P
ACME,Ba1,2026-06-30,Moody's
"""


class Book:
    """The database with what a test does in it."""

    def __init__(self, database: Database, policy: Policy, folder: Path) -> None:
        self.database, self.policy, self._folder, self._files = database, policy, folder, 0

    def load(self, kind: str, text: str, *, at: datetime = MONDAY, policy: Policy | None = None) -> ImportReport:
        """Import a text as a file, and follow the indicators that it touches."""
        self._files += 1
        file = self._folder / f"{kind}-{self._files}.csv"
        file.write_text(text, "utf-8")
        after = follow_up(policy or self.policy, file=file.name, by="test")
        return run_import(self.database, kind, file, at=at, after_load=after)  # type: ignore[arg-type]

    def observe(self, *rows: str, at: datetime = MONDAY, policy: Policy | None = None) -> ImportReport:
        """Import observations, each as ``ACME,dscr,2026-09-30,1.17`` with or without a source."""
        lines = [row if row.count(",") == 4 else f"{row},customer" for row in rows]
        return self.load("observations", "\n".join(["customer,indicator,as_of,value,source", *lines]) + "\n", at=at, policy=policy)

    def ask(self, line: str, user: str = "U0ANA", **more: Any) -> Reply:
        """Type a line; the reply is one that Slack takes."""
        request = self._request(user, **more)
        asked = inline.read(registry(), line)
        return self._run(asked.command.name, asked.checked(), request)

    def press(
        self, action: str, user: str = "U0OMAR", *, at: datetime = MONDAY, channel_trouble: Any = lambda name: None, **values: Any
    ) -> Reply:
        """Press a button and fill in its form."""
        request = self._request(user, at=at, channel_trouble=channel_trouble)
        return self._run(action, inline.check(registry().actions[action], values), request)

    def assign(self, line: str, user: str = "U0ANA", **more: Any) -> Reply:
        """Assign a role; confirm it where it is the team's first."""
        reply = self.ask(line, user, **more)
        if (key := buttons_of(reply.blocks).get("people.first")) is None:
            return reply
        return self._run("people.first", inline.check(registry().actions["people.first"], {"key": key}), self._request(user, **more))

    def _request(self, user: str, *, at: datetime = MONDAY, channel: str | None = "C0GENERAL", **more: Any) -> Request:
        person, more = more.pop("person", None) or Person(user, user.title(), ENGLISH), LET_IN | more
        return Request(person, at, more.pop("policy", self.policy), f"test {uuid.uuid4().hex}", channel, **more)

    def _run(self, name: str, args: Any, request: Request) -> Reply:
        command = registry().asked(name)
        assert command is not None
        try:
            with self.database.begin(EVERYTHING, write=command.writes) as tx:
                request = replace(request, authority=authority_of(tx, request.user, request.policy, at=request.at))
                demand(tx, request, command.right)
                reply: Reply = command.run(args, request, replace(tx, sight=sight_of(request.user, request.authority, request.policy)))
        except Refusal as refusal:
            raise registry().refused(refusal) from refusal
        if reply.blocks:
            check_message({"text": reply.text, "blocks": reply.blocks}, {})
        assert reply.text
        return reply

    def refusal(self, line: str, user: str = "U0ANA", **more: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.ask(line, user, **more)
        return str(refused.value.sentence)

    def told(self, at: datetime = MONDAY) -> list[tuple[Delivery, Message | None]]:
        """What has been queued and was not looked at yet, in order, as it reads now."""
        found = []
        while True:
            with self.database.begin(EVERYTHING, write=True) as tx:
                delivery = deliveries.claim(tx, owner="test", now=at + timedelta(days=400), lease=timedelta(minutes=2))
                if delivery is None:
                    return found
                message = registry().notices[delivery.notice].render(delivery.facts, self.policy, tx)
                deliveries.finish(tx, delivery, owner="test", state="sent", channel="C0", ts=str(delivery.seq))
            if message is not None and message.blocks:
                check_message({"text": message.text, "blocks": message.blocks}, {})
            found.append((delivery, message))

    def notices(self) -> list[str]:
        """The names of what has been queued and was not looked at yet, with what is done in Slack."""
        return [f"{delivery.notice} {delivery.operation}" for delivery, _message in self.told()]


def text_of(value: Any) -> str:
    """Everything that can be read in blocks, in order."""
    if isinstance(value, dict):
        if value.get("type") == "user":
            return f"@{value['user_id']}"
        if value.get("type") == "data_table":
            head, *rows = ("  ".join(cell["text"] for cell in row) for row in value["rows"])
            return "\n".join([head, "-" * len(head), *rows])
        return "".join(_joined(name, entry) for name, entry in value.items())
    return "\n".join(map(text_of, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ""


def _joined(name: str, entry: Any) -> str:
    if name == "text" and isinstance(entry, str):
        return entry
    if name == "elements":
        return "".join(map(text_of, entry))
    return text_of(entry)


def buttons_of(blocks: Sequence[Any]) -> dict[str, str]:
    """The buttons under a message: what they do, and the value that they carry."""
    return {each["action_id"]: each["value"] for block in blocks if block["type"] == "actions" for each in block["elements"]}


def opened(database: Database) -> Book:
    """What a test does in a database of the packaged policy."""
    return Book(database, policies.read(None), Path(tempfile.mkdtemp()))


def lend(database: Database) -> Book:
    """Load the five customers; nothing is watched while they come, so that a test begins without alerts."""
    book = opened(database)
    unwatched = book.policy.model_copy(update={"kri": ()})
    for kind, text in (("customers", CUSTOMERS), ("facilities", FACILITIES), ("ratings", RATINGS)):
        book.load(kind, text, policy=unwatched)
    return book


@pytest.fixture
def stock(request: pytest.FixtureRequest) -> Fill:
    """Five customers where the book is asked for."""
    return lend if {"book", "one_book"} & {*request.fixturenames} else migrate.upgrade


@pytest.fixture
def book(database: Database, policy: Policy, tmp_path: Path) -> Book:
    """A book of five customers, on both databases."""
    return Book(database, policy, tmp_path)


@pytest.fixture
def one_book(sqlite: Database, policy: Policy, tmp_path: Path) -> Book:
    """The same book where one database is enough."""
    return Book(sqlite, policy, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, masters: Masters, policy: Policy) -> Iterator[Book]:
    """The book to look into and not to change, on both databases, with a red and an amber breach."""
    folder = tmp_path_factory.mktemp("shelf")
    sqlite = request.param == "sqlite"
    database = Database(masters.sqlite(lend, folder / "riskbot.db") if sqlite else masters.postgresql(lend))
    book = Book(database, policy, folder)
    book.observe("NORD,dscr,2026-09-30,1.00", "JIAN,dscr,2026-09-30,1.17", "ACME,current_ratio,2026-03-31,1.40")
    yield book
    database.close()
