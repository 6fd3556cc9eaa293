"""``python -m playground`` as people start it, with a small real bot as its child."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.person import PATIENCE

ROOT = Path(__file__).parents[2]
BOT = """
import os, signal, sys
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
assert "SLACK_CLIENT_ID" not in os.environ
app = App(client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))
handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
handler.connect()
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.pause()
"""


# says something right after it has connected
TALKING = BOT.replace("signal.signal", 'print("a job ran", flush=True)\nsignal.signal')

# says in a file who it is and how it was told to listen
NOTING = """
import os, pathlib, time
note = pathlib.Path(os.environ["NOTE"])
note.write_text(f"{os.getpid()} {'socket' if 'SLACK_APP_TOKEN' in os.environ else 'http ' + os.environ['PORT']}")
time.sleep(60)
"""


def noted(note: Path, wanted: str) -> int:
    """The process id of the bot, once it has noted ``wanted``."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if note.exists() and (words := note.read_text().split(" ", 1)) and words[-1] == wanted:
            return int(words[0])
        time.sleep(0.02)
    raise TimeoutError(f"no bot noted {wanted!r}")


def gone(pid: int) -> bool:
    """Whether that process ends in time."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def start(tmp_path, monkeypatch, free_port):
    """Start the playground; it is killed if the test leaves it running."""
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    started = []

    def run(*words, port=free_port, defaults=""):
        main = f"import sys, playground.__main__ as playground; vars(playground).update(dict({defaults})); sys.exit(playground.main())"
        options = ["--data", str(tmp_path / "data"), *(["--port", str(port)] if port else [])]
        command = [sys.executable, *(["-c", main] if defaults else ["-m", "playground"]), *options, *words]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_it_says_where_to_look_once_the_bot_is_there_and_ends_cleanly(start, free_port):
    process = start("--", sys.executable, "-c", BOT)

    assert process.stdout.readline() == f"Open http://127.0.0.1:{free_port}/\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in process.stderr.read()


def test_it_says_plainly_when_the_bot_dies(start, free_port):
    process = start("--", sys.executable, "-c", "raise SystemExit(7)")

    assert "The bot stopped with exit code 7." in process.stderr.readline()
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/ui/state?user=U0ANA") as reply:
        assert "exit code 7" in reply.read().decode()
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def test_a_bot_that_cannot_be_started_is_named(start):
    process = start("--", "/no/such/bot")

    assert "could not be started" in process.stderr.readline()


def test_a_taken_port_is_named_with_the_way_out(start, pg):
    process = start(port=pg.port)

    assert process.wait(PATIENCE) == 1
    assert f"Port {pg.port} is taken" in process.stderr.read()


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody listens on; the next one is free."""
    while True:
        with socket.socket() as taken, socket.socket() as following:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = int(taken.getsockname()[1])
            try:
                following.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            following.close()
            yield port
            return


def test_where_no_port_was_asked_for_the_next_free_one_is_taken_and_said_and_the_address_comes_last(start, busy):
    process = start("--", sys.executable, "-c", TALKING, port=None, defaults=f"PORT={busy}")
    lines = [process.stdout.readline().rstrip() for _ in range(3)]

    assert lines == [
        f"Port {busy} is taken, perhaps by another playground; this one takes port {busy + 1}.",
        "a job ran",
        f"Open http://127.0.0.1:{busy + 1}/",
    ]


def test_where_no_port_was_asked_for_all_of_them_can_be_taken(start, busy):
    process = start(port=None, defaults=f"PORT={busy}, PORTS=1")

    assert process.wait(PATIENCE) == 1
    assert f"Ports {busy} to {busy} are taken" in process.stderr.read()


def test_a_bot_is_given_the_next_free_port_to_listen_on(start, tmp_path, monkeypatch, busy):
    monkeypatch.setenv("NOTE", str(tmp_path / "note"))
    start("--transport", "http", "--", sys.executable, "-c", NOTING, defaults=f"BOT_PORT={busy}")

    assert noted(tmp_path / "note", f"http {busy + 1}")


def test_a_manifest_that_cannot_be_read_is_refused(start):
    process = start("--manifest", "/no/such/manifest.json")

    assert process.wait(PATIENCE) == 1
    assert "manifest" in process.stderr.read()


def test_without_a_bot_it_tells_how_to_start_one(start):
    process = start()

    assert process.stdout.readline().startswith("Open http://")
    assert "SLACK_API_URL=http" in process.stdout.readline()


def test_a_killed_playground_leaves_no_bot_behind(start, tmp_path, monkeypatch):
    monkeypatch.setenv("NOTE", str(tmp_path / "note"))
    process = start("--", sys.executable, "-c", NOTING)
    bot = noted(tmp_path / "note", "socket")
    process.send_signal(signal.SIGKILL)

    assert gone(bot)


def test_another_transport_starts_the_bot_anew_in_that_mode(start, tmp_path, monkeypatch, free_port):
    monkeypatch.setenv("NOTE", str(tmp_path / "note"))
    start("--bot-port", "4123", "--", sys.executable, "-c", NOTING)
    before = noted(tmp_path / "note", "socket")
    body = json.dumps({"user": "U0ANA", "transport": "http"}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{free_port}/ui/transport", body)
    with urllib.request.urlopen(request) as reply:
        assert json.load(reply) == {"ok": True}

    assert noted(tmp_path / "note", "http 4123") != before
    assert gone(before)


def test_a_tour_that_is_wrong_is_refused_at_start(start, tmp_path):
    (tmp_path / "tour.json").write_text('{"steps": []}')
    process = start("--tour", str(tmp_path / "tour.json"))

    assert process.wait(PATIENCE) == 1
    assert "exactly 3 steps" in process.stderr.read()
