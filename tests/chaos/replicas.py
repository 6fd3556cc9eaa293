"""Kill two replicas of the whole bot while people work and Slack answers anything: acknowledged = recorded = told once, nothing waits.

Run with ``python -m tests.chaos.replicas [--kills 500] [--postgres] [--minutes M] [--seed N]``.
"""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from playground.block_kit.blocks import text_of
from playground.faults.faults import Fault
from playground.hosting import Playground
from storage.database import Database
from storage.delivery import deliveries, inbox
from storage.schema import InboxRow
from storage.sight import EVERYTHING
from tests.bot.executing import load, titles
from tests.chaos import running

PEOPLE, OWNERS = ("ana", "omar"), {"eva": "U0EVA", "mei": "U0MEI"}
METHODS = (*["chat.postMessage"] * 4, "conversations.history", "conversations.history", "conversations.open", "conversations.info")
KINDS = (
    *("reset_before", "reset_after", "500_before", "500_after", "429", "html_before", "html_after", "truncated_after", "list_after"),
    *("html:302", "html:403", "html:502", "error:access_denied", "error:org_login_required", "error:of_next_year"),
)
# what may carry the message although no answer says so
AFTER = {"reset_after", "500_after", "html_after", "truncated_after", "list_after"}
EVERY = 0.25
DRAIN_SECONDS = 300


@dataclass
class Weather:
    """Orders faults one after the other until it is told to stop."""

    workspace: Playground
    dice: random.Random
    ordered: list[Fault] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for kind in itertools.cycle(KINDS):
            if self._stop.wait(EVERY):
                return
            self.ordered.append(self.workspace.faults.add(self.dice.choice(METHODS), kind, after=self.dice.randint(0, 2)))

    def stop(self) -> Counter[str]:
        """End it; how often each kind was met."""
        self._stop.set()
        self.workspace.faults.clear()
        return Counter(fault.kind for fault in self.ordered if fault.times == 0)


@dataclass
class Crowd:
    """People who log risks for others to own, at a pace that two couriers can follow."""

    workspace: Playground
    acknowledged: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)

    def log(self, name: str) -> None:
        person, owners = self.workspace.person(name), itertools.cycle(OWNERS.values())
        for number in itertools.count(1):
            if self._stop.wait(0.3):
                return
            if not self.workspace.bot_connected():
                continue
            title = f"{name} saw case {number:05d}"
            self.sent[title] += 1
            answer = person.send("general", f'/risk log ACME credit L4 S3 X2 "{title}" owner=<@{next(owners)}>')
            # a refusal is acknowledged too, with a text
            if answer["ok"] and not answer.get("text"):
                self.acknowledged[title] += 1

    def stop(self) -> None:
        self._stop.set()


@dataclass
class Killer:
    """Starts one replica after the other and kills each in its work."""

    workspace: Playground
    url: str
    dice: random.Random
    until: float
    kills: int = 0
    died_early: int = 0

    def run(self, enough: int) -> None:
        while self.kills < enough and time.monotonic() < self.until:
            with _replica(self.workspace, self.url) as process:
                if not process.stdout or process.stdout.readline() != b"up\n":
                    self.died_early += 1
                    continue
                time.sleep(self.dice.uniform(0.05, 1.2))
                process.kill()
                self.kills += 1


def _replica(workspace: Playground, url: str) -> subprocess.Popen[bytes]:
    environment = workspace.bot_env() | {"DATABASE_URL": url}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.replica"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _all_at_rest(database: Database) -> bool:
    with database.begin(EVERYTHING) as tx:
        return set(deliveries.counts(tx)) <= {"sent"} and "queued" not in inbox.counts(tx)


def _drain(workspace: Playground, database: Database, url: str) -> float:
    """Let one replica end what is left; how many seconds that took."""
    began = time.monotonic()
    with _replica(workspace, url) as process:
        while not _all_at_rest(database) and time.monotonic() - began < DRAIN_SECONDS:
            time.sleep(0.2)
        # an orderly end would queue one more message, the anchor of the stop
        process.kill()
    return time.monotonic() - began


def _refused(database: Database) -> Counter[str]:
    """Requests that ended with a refusal, which their askers were told."""
    with database.begin(EVERYTHING) as tx:
        asked = tx.connection.execute(sa.select(InboxRow.request).where(InboxRow.state == inbox.REFUSED)).scalars()
        return Counter(str(request["values"]["title"]) for request in asked)


def _told(workspace: Playground) -> Counter[str]:
    """How often each owner read of each risk."""
    read: Counter[str] = Counter()
    for owner in OWNERS:
        for message in workspace.person(owner).messages("dm"):
            words = f"{message['text']} {text_of(message.get('blocks') or [])}"
            # the title stands in the gist and in the blocks of one message
            read.update({title for name in PEOPLE for title in _titles(words, name)})
    return read


def _titles(words: str, name: str) -> list[str]:
    return [f"{name} saw case {part[:5]}" for part in words.split(f"{name} saw case ")[1:]]


def main() -> None:
    """A long campaign; fails aloud."""
    wanted = running.arguments(__doc__, kills=500)
    dice = random.Random(wanted.seed)
    with running.staged(postgres=wanted.postgres) as (workspace, database, url, _policy), tempfile.TemporaryDirectory() as folder:
        load(database, Path(folder))
        weather, crowd = Weather(workspace, random.Random(dice.random())), Crowd(workspace)
        killers = [Killer(workspace, url, random.Random(dice.random()), wanted.until) for _ in range(2)]
        people = [threading.Thread(target=crowd.log, args=(name,)) for name in PEOPLE]
        around = [*people, threading.Thread(target=weather.run)]
        threads = [threading.Thread(target=killer.run, args=(-(-wanted.kills // 2),)) for killer in killers]
        for thread in (*around, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        crowd.stop()
        met = weather.stop()
        for thread in around:
            thread.join()
        seconds = _drain(workspace, database, url)
        with database.begin(EVERYTHING) as tx:
            states, kept = deliveries.counts(tx), inbox.counts(tx)
        recorded, told, refused = Counter(titles(database)), _told(workspace), _refused(database)
        found_again = running.found_again(database)
    kills = sum(killer.kills for killer in killers)
    print(f"{database.dialect}: {kills} kills of two replicas, {sum(killer.died_early for killer in killers)} ended before their work")
    print(f"{met.total()} faults met: {dict(sorted(met.items()))}; {found_again} messages found in the channel")
    print(f"{crowd.sent.total()} sent, {crowd.acknowledged.total()} acknowledged, {recorded.total()} recorded, {told.total()} told")
    print(f"at rest after {seconds:.0f} s: messages {states}, requests {kept}")
    print(f"{refused.total()} refused in words, as while Slack does not say who the owner is")
    lost = crowd.acknowledged - recorded - refused
    assert not lost, f"acknowledged and lost: {sorted(lost)[:5]}"
    assert not +(recorded - crowd.sent), f"recorded twice, or never said: {sorted(recorded - crowd.sent)[:5]}"
    assert not recorded - told, f"recorded and not told: {sorted(recorded - told)[:5]}"
    assert not +(told - recorded), f"told twice: {sorted(told - recorded)[:5]}"
    assert set(states) == {"sent"}, "nothing waits, and nothing was given up"
    assert "queued" not in kept, "no request waits"
    assert kills, "nobody was killed"
    assert met.total() > kills // 2, "faults have to be met, or nothing was tried"
    assert kills < 50 or set(met) == set(KINDS), f"never met {sorted(set(KINDS) - set(met))}"
    assert kills < 50 or found_again, "messages have to be found in the channel"


if __name__ == "__main__":
    main()
