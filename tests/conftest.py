"""What the tests stand on: both real databases, the policy, people, and a bot in a workspace of its own."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import Phase, settings

from bot.application import Application
from bot.clock import Clock
from bot.delivering.courier import Pace
from bot.settings import Settings
from commands.kit.contract import Authority, Person, Request
from commands.kit.i18n import Reader
from playground.hosting import Playground
from playground.person import PATIENCE
from risk_engine.people.roles import Reach
from risk_engine.policy.policy import Policy
from storage.database import Database, Tx
from storage.migrations import migrate
from storage.policy import policies
from storage.sight import EVERYTHING
from tests import database_server
from tests.databases import Fill, Masters, fresh_postgres, given_back, migrated

__all__ = ["fresh_postgres", "migrated"]

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MANIFEST = Path(__file__).parent.parent / "bot" / "manifest.json"

# how long an example takes says more about the machine than about the product
# twenty examples of each law: there are some hundred laws, and minutes for all tests; a law that fails says so at once, with the
# example that was found: to make it smaller takes minutes where an example is a whole book, and HYPOTHESIS_PROFILE=more does it
FOUND_AT_ONCE = (Phase.explicit, Phase.generate)
settings.register_profile("house", deadline=None, max_examples=20, derandomize=True, phases=FOUND_AT_ONCE)
# make test-all: the same examples on every run of one tree, as in make test; make laws looks for new ones
settings.register_profile("more", deadline=None, max_examples=80, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=400)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


# the tests may run in several processes, and the first of them answers for the server
FIRST = "PYTEST_XDIST_WORKER" not in os.environ


def pytest_configure(config: pytest.Config) -> None:
    if FIRST:
        config.add_cleanup(partial(os.close, database_server.prepare()))


# what waits for sockets first and what only computes last, so that at the end no process is left alone with a long file
ORDER = ("stories", "playground", "bot", "commands", "storage", "architecture")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in filter(_asks_storage_again, items):
        item.add_marker(pytest.mark.long)
    items.sort(key=lambda item: next((place for place, name in enumerate(ORDER) if f"tests/{name}/" in item.nodeid), len(ORDER)))


def _asks_storage_again(item: pytest.Item) -> bool:
    """Whether it takes a command to PostgreSQL: commands know of no database, and storage's own tests ask each of its questions on both."""
    return "tests/commands/" in item.nodeid and any(mark == "postgresql" for mark in getattr(item, "callspec", _PLAIN).params.values())


_PLAIN = SimpleNamespace(params={})


@pytest.fixture(scope="session")
def postgres() -> str:
    """The address of a real PostgreSQL server, one for all test processes."""
    return database_server.address()


@pytest.fixture(scope="session")
def masters() -> Masters:
    """The databases to copy."""
    return Masters()


@pytest.fixture
def stock() -> Fill:
    """What the database of a test holds when it begins: its tables alone. Where many tests want more, their module says so."""
    return migrate.upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, masters: Masters) -> Iterator[str]:
    """A database of its own for a test, on SQLite and on PostgreSQL: with its stock where ``database`` is asked for, else empty."""
    stock = request.getfixturevalue("stock") if "database" in request.fixturenames else None
    if request.param == "sqlite":
        yield masters.sqlite(stock, tmp_path / "riskbot.db") if stock else f"sqlite:///{tmp_path / 'riskbot.db'}"
    else:
        url = masters.postgresql(stock) if stock else fresh_postgres(request.getfixturevalue("postgres"))
        yield url
        given_back(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with its stock, on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path: Path, masters: Masters, stock: Fill) -> Iterator[Database]:
    """The same where one kind is enough."""
    opened = Database(masters.sqlite(stock, tmp_path / "riskbot.db"))
    yield opened
    opened.close()


@pytest.fixture
def begin(database: Database) -> Callable[[], AbstractContextManager[Tx]]:
    """Begins a writing transaction."""
    return lambda: database.begin(EVERYTHING, write=True)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The packaged policy."""
    return policies.read(None)


# the reader of most tests
ENGLISH = Reader(masked=False)
# Slack lets everybody in, and has every channel
LET_IN: Mapping[str, Any] = {"channel_trouble": lambda name: None, "welcome": lambda who: True, "confirmed": lambda who: True}


@pytest.fixture
def asks(policy: Policy) -> Callable[..., Request]:
    """Makes a request of somebody who may do what everybody may before roles are given, on a Monday morning unless said otherwise."""

    def make(user: str = "U0ANA", *, at: datetime = MONDAY, channel: str | None = "C0GENERAL", **more: Any) -> Request:
        rules = more.pop("policy", policy)
        more.setdefault("authority", Authority(frozenset(rules.roles.before), rules.roles.rights(rules.roles.before), Reach.ALL))
        return Request(Person(user, user.title(), ENGLISH), at, rules, f"test {uuid.uuid4().hex}", channel, **(LET_IN | more))

    return make


@pytest.fixture
def ada_on_monday(asks: Callable[..., Request]) -> Request:
    """One person's request."""
    return asks("U0ADA")


# --- the whole thing ---------------------------------------------------------------------------------------------

# the courier's patience, shortened so that a test sees what comes after it
BRISK = Pace(between_posts=0.0, poll=0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Playground]:
    """A Slack workspace with people and channels."""
    with Playground(tmp_path / "playground", rate_limits=False, manifest=MANIFEST) as hosted:
        yield hosted


PACKAGED_ANCHORS = "riskbot-anchors.txt"


def anchored_in(folder: Path, policy: Policy) -> Policy:
    """The policy, with the anchor file in a folder of the test's own."""
    return policy.model_copy(update={"audit": policy.audit.model_copy(update={"anchor_file": str(folder / "anchors.txt")})})


@pytest.fixture
def launch(policy: Policy, tmp_path: Path) -> Iterator[Callable[..., Application]]:
    """Starts a bot in a workspace; whatever it starts is put down at the end."""
    houses: list[Application] = []

    def start(
        workspace: Playground,
        database: Database,
        *,
        port: int | None = None,
        pace: Pace = BRISK,
        policy: Policy = policy,
        clock: Clock | None = None,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> Application:
        http = workspace.core.settings.transport == "http"
        env = Settings(
            slack_bot_token=workspace.bot_token,
            slack_app_token=None if http else workspace.app_token,
            slack_signing_secret=workspace.signing_secret,
            slack_api_url=workspace.api_url,
            riskbot_audit_key="a key that nobody guesses, for tests",
            port=port,
            riskbot_bind="127.0.0.1",
            **more,
        )
        rules = anchored_in(tmp_path, policy) if policy.audit.anchor_file == PACKAGED_ANCHORS else policy
        application = Application(env, database, rules, clock or Clock(), pace)
        application.start()
        houses.append(application)
        if not http:
            workspace.wait_for_bot()
        return application

    yield start
    for application in houses:
        application.close()


@pytest.fixture
def bot(workspace: Playground, sqlite: Database, launch: Callable[..., Application]) -> Application:
    """A bot in Socket Mode on SQLite."""
    return launch(workspace, sqlite)


def eventually(look: Callable[[], Any], timeout: float = PATIENCE) -> Any:
    """What ``look`` finds, as soon as it finds something; fails when the time is over."""
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if found or time.monotonic() > deadline:
            assert found, "it did not happen in time"
            return found
        time.sleep(0.02)
