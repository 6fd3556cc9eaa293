"""Kill the whole bot while people log risks: what was acknowledged is recorded in the register once, whatever else is not there at all.

Run with ``python -m tests.chaos.requests [--kills 40] [--postgres] [--minutes M] [--seed N]``.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType

from playground.hosting import Playground
from tests.bot.executing import ends, load, titles
from tests.chaos import running

PEOPLE = ("ana", "omar", "mei")
# a campaign that was shorter than this proves no more than that nothing was lost
LONG = 20


class Bot:
    """``python -m bot run`` as a child, connected to a workspace; a context manager that leaves no process behind."""

    def __init__(self, workspace: Playground, url: str) -> None:
        self._workspace, self._url = workspace, url

    def __enter__(self) -> Bot:
        before = time.time()
        environment = self._workspace.bot_env() | {"DATABASE_URL": self._url}
        self._process = subprocess.Popen([sys.executable, "-m", "bot", "run"], env=environment, stderr=subprocess.DEVNULL)
        while not self._workspace.bot_connected():
            assert self._process.poll() is None, "the bot ended before it was connected"
            assert time.time() - before < 60, "the bot did not connect"
            time.sleep(0.01)
        return self

    def strike(self) -> None:
        """SIGKILL: nothing is put down, nothing is said."""
        self._process.kill()

    def kill(self) -> None:
        """Strike, and return when Slack has noticed."""
        self.strike()
        self._process.wait(30)
        while self._workspace.bot_connected():
            time.sleep(0.005)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process.poll() is None:
            self.kill()


class Crowd:
    """People who log risks as fast as they are answered, until they are told to stop."""

    def __init__(self, workspace: Playground) -> None:
        self.sent: Counter[str] = Counter()
        self.acknowledged: Counter[str] = Counter()
        self._workspace, self._stop = workspace, threading.Event()
        self._threads = [threading.Thread(target=self._log, args=(name,)) for name in PEOPLE]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _log(self, name: str) -> None:
        person, number = self._workspace.person(name), 0
        while not self._stop.is_set():
            if not self._workspace.bot_connected():
                time.sleep(0.01)
                continue
            number += 1
            title = f"{name} saw {number}"
            self.sent[title] += 1
            answer = person.send("general", f'/risk log ACME credit L4 S3 X2 "{title}"')
            # a refusal is acknowledged too, with a text
            if answer["ok"] and not answer.get("text"):
                self.acknowledged[title] += 1


def main() -> None:
    """A long campaign; fails aloud."""
    wanted = running.arguments(__doc__, kills=40)
    dice, cut_off, kills = random.Random(wanted.seed), 0, 0
    with running.staged(postgres=wanted.postgres) as (workspace, database, url, _policy), tempfile.TemporaryDirectory() as folder:
        load(database, Path(folder))
        with Crowd(workspace) as crowd:
            while kills < wanted.kills and not wanted.over:
                with Bot(workspace, url) as bot:
                    time.sleep(dice.uniform(0.05, 0.6))
                    bot.kill()
                kills += 1
                cut_off += "queued" in ends(database)
        with Bot(workspace, url):
            while "queued" in ends(database):
                time.sleep(0.05)
        found = Counter(titles(database))
    lost, doubled, invented = crowd.acknowledged - found, +(found - crowd.sent), set(found) - set(crowd.sent)
    unseen = found - crowd.acknowledged
    print(f"{crowd.sent.total()} sent, {crowd.acknowledged.total()} acknowledged, {kills} kills, {cut_off} of them with work left over")
    print(f"{unseen.total()} done though the asker saw an error; lost {sorted(lost)}, doubled {sorted(doubled)}")
    assert not lost, "what was acknowledged has to be there"
    assert not doubled, "nothing may be there twice"
    assert not invented, "nothing may be there that nobody said"
    assert kills, "nobody was killed"
    assert kills < LONG or cut_off, "kills have to leave work over, or nothing was tried"


if __name__ == "__main__":
    main()
