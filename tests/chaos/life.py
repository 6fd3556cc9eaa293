"""The life of a process that is killed: where it dies, and the database, client and clock that bring it there."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from bot.clock import Clock
from bot.delivering.channels import Channels
from bot.delivering.courier import Courier
from bot.policy_in_force import PolicyBook
from bot.slack.client import TIMEOUT, TLS, Client
from bot.slack.people import People
from bot.slack.skew import Skew
from bot.timekeeping.job_scheduler import Ticker
from commands.kit.registry import registry
from storage.database import Database, Tx
from storage.policy import policies
from storage.sight import Sight
from tests.bot.carrying import PACE, HandClock

# a place of this name is never reached: the process lives until it is killed from outside, or has nothing left to do
OUTSIDE = "outside"
COMMITS = ("before a commit", "after a commit")
CALLS = tuple(f"{when} {method}" for method in ("chat.postMessage", "conversations.history", "chat.update") for when in ("before", "after"))


@dataclass(frozen=True)
class Life:
    """What a process needs: its database, its workspace, its clock's lead, and where it dies at which coming by."""

    database_url: str
    api_url: str = ""
    token: str = ""
    ahead: float = 0.0
    dies: str = OUTSIDE
    nth: int = 1


class Fate:
    """Counts down at one place, and there the process is gone, without a word."""

    def __init__(self, life: Life) -> None:
        self._place, self._left = life.dies, life.nth

    def passes(self, place: str) -> None:
        if place == self._place:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """May die around the end of a writing transaction."""

    def __init__(self, url: str, fate: Fate) -> None:
        super().__init__(url)
        self._fate = fate

    @contextmanager
    def begin(self, sight: Sight, *, write: bool = False, patience: float | None = None) -> Iterator[Tx]:
        with super().begin(sight, write=write, patience=patience) as tx:
            yield tx
            if write:
                self._fate.passes("before a commit")
        if write:
            self._fate.passes("after a commit")


class MortalClient(Client):
    """May die around a call, when Slack has heard nothing of it yet or everything."""

    def __init__(self, life: Life, fate: Fate) -> None:
        super().__init__(life.token, base_url=life.api_url, timeout=TIMEOUT, ssl=TLS, retry_handlers=[], skew=Skew(Clock()))
        self._fate = fate

    def api_call(self, api_method: str, **arguments: Any) -> Any:
        self._fate.passes(f"before {api_method}")
        answer = super().api_call(api_method, **arguments)
        self._fate.passes(f"after {api_method}")
        return answer


def carry(life: Life, born: Connection) -> None:
    """A courier's life: until nothing is due any more."""
    fate, clock = Fate(life), HandClock(life.ahead)
    database, client = MortalDatabase(life.database_url, fate), MortalClient(life, fate)
    book = PolicyBook(database, policies.read(None))
    people = People(client, clock, masked=lambda: False)
    courier = Courier(database, client, Channels(client, book, people, clock), people, book, clock, PACE)
    # what goes wrong on order is no news
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    born.send(True)
    while courier.step():
        pass
    database.close()


def tick(life: Life, born: Connection) -> None:
    """A ticker's life: some ticks."""
    fate, clock = Fate(life), HandClock(life.ahead)
    database = MortalDatabase(life.database_url, fate)
    ticker = Ticker(database, PolicyBook(database, policies.read(None)), clock, lambda: None)
    # what goes wrong on order is no news
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    born.send(True)
    for _ in range(4):
        ticker.tick()
    database.close()


# collected once, in the server that the processes are forked from
registry()
