"""What the tests stand on: both real databases, the policy, people, and a bot in a workspace of its own."""

from __future__ import annotations

import os
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings

from bot.clock import Clock
from bot.courier import Pace
from bot.house import House
from bot.settings import Settings
from commands.kit.contract import Authority, Person, Request
from commands.kit.i18n import Reader
from playground.hosting import Playground
from risk_engine.policy import Policy
from storage import migrate, policies
from storage.database import Database, Tx
from tests import database_server

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MANIFEST = Path(__file__).parent.parent / "bot" / "manifest.json"

# how long an example takes says more about the machine than about the product
# forty examples of each law: there are some hundred laws, and minutes for all tests
settings.register_profile("house", deadline=None, max_examples=40)
settings.load_profile("house")


# the tests may run in several processes, and the first of them answers for the server
FIRST = "PYTEST_XDIST_WORKER" not in os.environ


def pytest_configure() -> None:
    if FIRST:
        database_server.prepare()


def pytest_unconfigure() -> None:
    if FIRST:
        database_server.end()


@pytest.fixture(scope="session")
def postgres() -> str:
    """The address of a real PostgreSQL server, one for all test processes."""
    return database_server.address()


def fresh_postgres(server: str, template: str = "template1") -> str:
    """A new database on the server: an empty one, or a copy."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return server.replace("/postgres?", f"/{name}?")


def migrated(url: str) -> str:
    """The address of an empty database, with its tables made."""
    database = Database(url)
    migrate.upgrade(database)
    database.close()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, one a test process: to copy it takes a sixtieth of making another."""
    file = tmp_path_factory.mktemp("migrated") / "riskbot.db"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> str:
    """The same on PostgreSQL: the name of a database to copy."""
    return migrated(fresh_postgres(postgres)).partition("?")[0].rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of its own for a test, on SQLite and on PostgreSQL: migrated where ``database`` is asked for, else empty."""
    wants_tables = "database" in request.fixturenames
    if request.param == "sqlite":
        if wants_tables:
            shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "riskbot.db")
        return f"sqlite:///{tmp_path / 'riskbot.db'}"
    template = request.getfixturevalue("migrated_template") if wants_tables else "template1"
    return fresh_postgres(request.getfixturevalue("postgres"), template)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database, on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """A migrated database where one kind is enough."""
    shutil.copy(migrated_file, tmp_path / "riskbot.db")
    opened = Database(f"sqlite:///{tmp_path / 'riskbot.db'}")
    yield opened
    opened.close()


@pytest.fixture
def begin(database: Database) -> Callable[[], AbstractContextManager[Tx]]:
    """Begins a writing transaction."""
    return lambda: database.begin(write=True)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The packaged policy."""
    return policies.read(None)


@pytest.fixture
def asks(policy: Policy) -> Callable[..., Request]:
    """Makes a request of somebody who may do what everybody may before roles are given, on a Monday morning unless said otherwise."""

    def make(user: str = "U0ANA", *, at: datetime = MONDAY, channel: str | None = "C0GENERAL", **more: Any) -> Request:
        rules = more.pop("policy", policy)
        more.setdefault("authority", Authority(frozenset(rules.roles.before), rules.roles.rights(rules.roles.before)))
        return Request(Person(user, user.title(), Reader()), at, rules, f"test {uuid.uuid4().hex}", channel, **more)

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


@pytest.fixture
def launch(policy: Policy) -> Iterator[Callable[..., House]]:
    """Starts a bot in a workspace; whatever it starts is put down at the end."""
    houses: list[House] = []

    def start(
        workspace: Playground,
        database: Database,
        *,
        port: int | None = None,
        pace: Pace = BRISK,
        policy: Policy = policy,
        clock: Clock | None = None,
    ) -> House:
        http = workspace.core.settings.transport == "http"
        env = Settings(
            slack_bot_token=workspace.bot_token,
            slack_app_token=None if http else workspace.app_token,
            slack_signing_secret=workspace.signing_secret,
            slack_api_url=workspace.api_url,
            port=port,
        )
        house = House(env, database, policy, clock or Clock(), pace)
        house.start()
        houses.append(house)
        if not http:
            workspace.wait_for_bot(10)
        return house

    yield start
    for house in houses:
        house.close()


@pytest.fixture
def bot(workspace: Playground, sqlite: Database, launch: Callable[..., House]) -> House:
    """A bot in Socket Mode on SQLite."""
    return launch(workspace, sqlite)


def eventually(look: Callable[[], Any], timeout: float = 5.0) -> Any:
    """What ``look`` finds, as soon as it finds something; fails when the time is over."""
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if found or time.monotonic() > deadline:
            assert found, "it did not happen in time"
            return found
        time.sleep(0.02)
