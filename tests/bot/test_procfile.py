"""``python -m bot run`` as a process of its own, started from the Procfile's lines: it serves, and ends when it is told to."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from playground.hosting import Playground
from playground.person import PATIENCE
from playground.transport.http_mode import sign
from tests.conftest import MANIFEST, free_port
from tests.stories.desk import ask

ROOT = Path(__file__).parents[2]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Started = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Started]:
    """Start a line of the Procfile; whatever still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def begin(line: str, environment: Mapping[str, str] = os.environ, **changed: str) -> subprocess.Popen[str]:
        words = [sys.executable, *shlex.split(PROCFILE[line])[1:]]
        database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'riskbot.db'}"}
        with (tmp_path / "log").open("a") as log:
            process = subprocess.Popen(words, cwd=ROOT, env={**environment, **database, **changed}, stdout=log, stderr=log, text=True)
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)


def log_of(tmp_path: Path) -> str:
    return (tmp_path / "log").read_text("utf-8")


def fetch(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> int:
    try:
        with OPENER.open(urllib.request.Request(url, body, dict(headers or {})), timeout=PATIENCE) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_the_procfile_has_the_three_lines():
    assert PROCFILE == {"release": "python -m bot migrate", "worker": "python -m bot run", "web": "python -m bot run"}


def test_the_release_line_makes_the_tables(start: Started, tmp_path: Path):
    assert start("release").wait(PATIENCE) == 0
    assert "The tables are at revision" in log_of(tmp_path)


def test_the_worker_line_answers_over_a_socket_and_ends_when_told(start: Started, tmp_path: Path):
    port = free_port()
    with Playground(tmp_path / "slack", manifest=MANIFEST) as workspace:
        process = start("worker", workspace.bot_env(), PORT=str(port))
        workspace.wait_for_bot(PATIENCE)
        answer = ask(workspace.person("ana"), "/risk help")
        ready = fetch(f"http://127.0.0.1:{port}/readyz")
        no_door = fetch(f"http://127.0.0.1:{port}/slack/events", b"")
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE)

    assert "/risk show" in json.dumps(answer["blocks"])
    assert (ready, no_door) == (200, 404)
    assert code == 0
    assert "Traceback" not in log_of(tmp_path)


def test_the_web_line_answers_over_http_and_keeps_forged_bodies_out_of_its_log(start: Started, tmp_path: Path):
    url = f"http://127.0.0.1:{free_port()}/slack/events"
    forged = b"command=%2Frisk&text=Acme+is+about+to+default&user_id=U0ANA"
    with Playground(tmp_path / "slack", transport="http", bot_url=url, manifest=MANIFEST) as workspace:
        process = start("web", workspace.bot_env())
        workspace.wait_for_bot(PATIENCE)
        answer = ask(workspace.person("ana"), "/risk explain payload")
        alive = fetch(url.replace("/slack/events", "/healthz"))
        refused = [fetch(url, forged, sign(forged + b"!")) for _time in range(20)]
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE)
    lines = [json.loads(line) for line in log_of(tmp_path).splitlines()]

    assert "No customer matches “payload”" in answer["text"]
    assert (alive, set(refused)) == (200, {401})
    assert [line.get("suppressed") for line in lines if line.get("why") == "no valid signature"] == [None, 19]
    assert code == 0
    assert any(line["message"] == "riskbot is running" and line["mode"] == "http" for line in lines)
    for secret in ("default", "Acme", workspace.bot_token, workspace.signing_secret):
        assert secret not in log_of(tmp_path)


def test_what_was_asked_before_the_end_is_answered_before_it(start: Started, tmp_path: Path):
    with Playground(tmp_path / "slack", manifest=MANIFEST) as workspace:
        process = start("worker", workspace.bot_env())
        workspace.wait_for_bot(PATIENCE)
        ana = workspace.person("ana")
        for _question in range(5):
            ana.send("general", "/risk status")
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE)
        answers = [seen for seen in ana.messages("general") if seen["ephemeral"]]

    assert code == 0
    assert len(answers) == 5


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-of-another-house"}, "SLACK_BOT_TOKEN is refused by Slack: invalid_auth"),
        # each start takes seconds: those whose refusal comes from the same place run in the longer ring
        pytest.param(
            {"SLACK_APP_TOKEN": "xapp-of-another-house"}, "SLACK_APP_TOKEN is refused by Slack: invalid_auth", marks=pytest.mark.long
        ),
        pytest.param(
            {"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "SLACK_API_URL: http://127.0.0.1:9/api/ does not answer: ", marks=pytest.mark.long
        ),
        (
            {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:9/riskbot"},
            "DATABASE_URL is wrong: the database does not answer: ",
        ),
    ],
    ids=["bot token", "app token", "address", "database"],
)
def test_a_start_that_cannot_succeed_ends_with_a_sentence(start: Started, tmp_path: Path, changed: dict[str, str], complaint: str):
    with Playground(tmp_path / "slack", manifest=MANIFEST) as workspace:
        code = start("worker", workspace.bot_env(), **changed).wait(PATIENCE)

    assert code == 1
    assert complaint in log_of(tmp_path).splitlines()[-1]
    assert "hunter2" not in log_of(tmp_path)


def test_a_port_that_is_taken_is_named(start: Started, tmp_path: Path):
    with Playground(tmp_path / "slack", manifest=MANIFEST) as workspace:
        code = start("worker", workspace.bot_env(), PORT=str(workspace.port)).wait(PATIENCE)

    assert code == 1
    assert f"PORT {workspace.port} cannot be used: " in log_of(tmp_path).splitlines()[-1]


def test_the_demo_keeps_its_anchors_in_its_own_folder_also_under_a_policy_of_ones_own():
    told = ["make", "-s", "--eval", "told:\n\t@$(OF_DEMO) printenv RISKBOT_POLICY", "told"]
    own = subprocess.run(told, cwd=ROOT, env={**os.environ, "RISKBOT_POLICY": "/srv/own.toml"}, capture_output=True, text=True, check=True)

    # the last one decides
    assert own.stdout.strip() == "/srv/own.toml:.demo/policy.toml"
