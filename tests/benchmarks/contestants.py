"""Who is measured: the product, and apps that do less, each a process of its own in a workspace of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playground.transport.transport import Envelope
from tests.benchmarks.answer_desk import DeskWorkspace
from tests.benchmarks.report import Failed, last_line

READY_SECONDS, LOOK_SECONDS = 30.0, 0.005
TRANSPORTS = {"socket": "Socket Mode", "http": "HTTP"}


@dataclass(frozen=True, slots=True)
class Contestant:
    """Somebody who answers ``/risk show VK-01``; ``expects`` stands in each of the answers."""

    name: str
    arguments: Sequence[str]
    expects: bytes = b"VK-01"


BARE = Contestant("no Bolt at all", ("-m", "tests.benchmarks.bare"))
STOCK = Contestant("stock Bolt echo", ("-m", "tests.benchmarks.echo", "--stock"))
FLOOR = Contestant("bare Bolt echo", ("-m", "tests.benchmarks.echo"))
OURS = Contestant("Riskbot", ("-m", "bot", "run"), b"Vltava Kov")


@dataclass(frozen=True, slots=True)
class Running:
    """A contestant that is ready; ``seconds`` is how long that took from the start of its process."""

    contestant: Contestant
    transport: str
    workspace: DeskWorkspace
    process: subprocess.Popen[bytes]
    seconds: float

    @property
    def name(self) -> str:
        return f"{self.contestant.name}, {TRANSPORTS[self.transport]}"


def sample_book(folder: Path) -> Path:
    """A database with the product's own sample book, made once a run.

    Raises:
        Failed: it cannot be loaded.
    """
    file = folder / "book.db"
    if file.exists():
        return file
    made = subprocess.run(
        [sys.executable, "-m", "bot", "demo"], env=dict(os.environ) | {"DATABASE_URL": f"sqlite:///{file}"}, capture_output=True, text=True
    )
    if made.returncode:
        raise Failed(f"the sample book cannot be loaded: {last_line(made.stderr)}")
    return file


@contextmanager
def running(contestant: Contestant, transport: str, folder: Path, book: Path | None = None) -> Iterator[Running]:
    """Start a contestant with a copy of the book (or with no database yet), wait until it is ready, and end it afterwards.

    Raises:
        Failed: it ended, or was not ready in time; the text has what it said last.
    """
    folder.mkdir(parents=True)
    if book is not None:
        shutil.copy(book, folder / "riskbot.db")
    url = f"http://127.0.0.1:{_free_port()}/slack/events"
    log = folder / "said.txt"
    with DeskWorkspace(folder / "workspace", rate_limits=False, transport=transport, bot_url=url) as workspace, log.open("wb") as said:
        env = workspace.bot_env() | {"DATABASE_URL": f"sqlite:///{folder / 'riskbot.db'}"}
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *contestant.arguments], env=env, stdout=said, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(workspace, transport, process, contestant.name, log)
            yield Running(contestant, transport, workspace, process, time.perf_counter() - began)
        finally:
            # a tidy end would take its time, and nothing of this is kept
            process.kill()
            process.wait()


def _wait_until_ready(workspace: DeskWorkspace, transport: str, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while not (_answers(workspace) if transport == "http" else workspace.bot_connected()):
        if process.poll() is not None:
            raise Failed(f"{name} ended with exit code {process.returncode}: {_last_words(log)}")
        if time.monotonic() > until:
            raise Failed(f"{name} was not ready after {READY_SECONDS:.0f} s: {_last_words(log)}")
        time.sleep(LOOK_SECONDS)


def _answers(workspace: DeskWorkspace) -> bool:
    """Whether Slack's challenge is answered; asked more often than the workspace does by itself."""
    challenge = Envelope("events_api", "challenge", {"type": "url_verification", "challenge": "ready?"})
    return workspace.run(workspace.core.transport.deliver(challenge)).ok


def _last_words(log: Path) -> str:
    return last_line(log.read_text(errors="replace"))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
