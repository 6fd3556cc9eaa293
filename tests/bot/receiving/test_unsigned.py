"""A running bot in HTTP mode among strangers: nothing that they send has an effect, causes a call or appears in the log."""

from __future__ import annotations

import logging
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from slack_bolt import BoltRequest

from bot.application import Application
from bot.receiving.complaints import Complaints
from bot.receiving.listeners import build_app
from bot.settings import Settings
from playground.transport.http_mode import sign
from playground.workspace.seed import SIGNING_SECRET
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies
from tests.bot import forged
from tests.bot.forged import FORM, JSON, MARK, STRANGER, Forger, http
from tests.bot.outside import Sink, is_closed, say, sink
from tests.conftest import BRISK, eventually, free_port

Stranger = tuple[int, Sink, Path]


def a_house(slack: Sink, file: Path, port: int) -> Application:
    """A bot in HTTP mode whose Slack is the sink."""
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database)
    env = Settings(
        slack_bot_token="xoxb-1",
        slack_signing_secret=SIGNING_SECRET,
        slack_api_url=f"{slack.url}/api/",
        riskbot_audit_key="a key that nobody guesses, for tests",
        riskbot_bind="127.0.0.1",
        port=port,
    )
    application = Application(env, database, policies.read(None), pace=BRISK)
    application.start()
    return application


@pytest.fixture(scope="module")
def among_strangers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """The port of a bot, the server that is its Slack and takes its answers, and its database."""
    file, port = tmp_path_factory.mktemp("unsigned") / "riskbot.db", free_port()
    with sink() as slack:
        application = a_house(slack, file, port)
        yield port, slack, file
        application.close()


# the bot's own work after a start goes on beside the strangers: it seals and verifies its trail, and says so in the audit channel
OWN_WORK = {"event", "seal", "notice", "delivery", "job_run", "sqlite_sequence"}


def traces(file: Path) -> dict[str, int]:
    """How many rows each table has; of those that the bot fills by itself, how many name a stranger."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        rows = {name: [str(row) for row in connection.execute(f'select * from "{name}"')] for name in names}
    return {name: len([row for row in found if name not in OWN_WORK or MARK in row or STRANGER in row]) for name, found in rows.items()}


def calls(slack: Sink) -> list[str]:
    """The calls of the bot, except for those about the channels of the policy, which it looks at by itself."""
    return [call for call in slack.calls if not call.startswith("/api/conversations.")]


@pytest.mark.parametrize("kind", forged.KINDS, ids=lambda kind: kind.__name__)
def test_unsigned_requests_are_refused_and_touch_nothing(
    among_strangers: Stranger, caplog: pytest.LogCaptureFixture, kind: Callable[[Forger], Iterator[bytes]]
):
    port, slack, file = among_strangers
    before, called = traces(file), calls(slack)
    caplog.set_level(logging.DEBUG)

    requests = list(kind(Forger(slack.url)))
    with ThreadPoolExecutor(8) as strangers:
        answers = Counter(strangers.map(lambda request: say(port, request), requests))

    print(f"| {kind.__name__} | {len(requests)} | {dict(answers.most_common())} |")
    assert [status for status in answers if status is not None and not 400 <= status < 500 and status != 501] == []
    assert calls(slack) == called
    assert traces(file) == before
    assert MARK not in caplog.text
    assert "Traceback" not in caplog.text


def test_the_sink_would_have_seen_an_effect(among_strangers: Stranger):
    port, slack, _file = among_strangers
    kind, body = list(Forger(slack.url).bodies())[1]

    assert say(port, http(body, forged.signed(body, kind))) == 200
    assert eventually(lambda: [call for call in slack.calls if call.startswith("/actions")])


@pytest.mark.parametrize("body", [b"ssl_check=1", b"ssl_check=1&token=Gk3xAb", b"token=Gk3xAb&ssl_check=1"])
def test_slack_may_try_the_certificate_without_a_signature(among_strangers: Stranger, body: bytes):
    port, slack, file = among_strangers
    before, called = traces(file), calls(slack)

    assert say(port, http(body, [("Content-Type", FORM)])) == 200
    assert (traces(file), calls(slack)) == (before, called)


def test_five_hundred_idle_connections_do_not_keep_slack_waiting(among_strangers: Stranger):
    port, slack, _file = among_strangers
    body = Forger(slack.url).command(text="help")
    idle: list[socket.socket] = []
    with ExitStack() as stack:
        for begin in (b"", b"POST /slack/ev", b"POST /slack/events HTTP/1.1\r\nContent-Length: 9\r\n\r\n") * 170:
            idle.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
            idle[-1].sendall(begin)

        assert say(port, http(body, forged.signed(body))) == 200
        # it waited for none of them: they are cut off after ten seconds, and none is yet
        assert not any(map(is_closed, idle))


def test_slacks_challenge_is_answered_when_it_is_signed(among_strangers: Stranger):
    port, _slack, _file = among_strangers
    body = b'{"type":"url_verification","challenge":"abc"}'

    assert say(port, http(body, [("Content-Type", JSON), *sign(body).items()])) == 200
    assert say(port, http(body, [("Content-Type", JSON)])) == 401


def test_a_flood_of_garbage_is_one_line_of_the_log_and_one_with_their_number(caplog: pytest.LogCaptureFixture):
    complaints = Complaints()

    for _time in range(300):
        complaints.note(401, "no valid signature")
    complaints.note(415, "another content type")
    complaints.tell()
    complaints.tell()
    complaints.note(401, "no valid signature")

    said = [(record.why, getattr(record, "suppressed", None)) for record in caplog.records]  # type: ignore[attr-defined]
    once = ("no valid signature", None)
    assert said == [once, ("another content type", None), ("no valid signature", 299), once]


def test_behind_the_gate_bolt_does_not_answer_from_a_body_that_it_could_not_verify(caplog: pytest.LogCaptureFixture, tmp_path: Path):
    with sink() as slack:
        application = a_house(slack, tmp_path / "riskbot.db", free_port())
        app = build_app(application.settings, application.executor.client, application.intake, "T0PLAY")
        before, called = traces(tmp_path / "riskbot.db"), calls(slack)

        answers = []
        for kind, body in Forger(slack.url).bodies():
            headers = dict(forged.signed(body, kind, signature="v0=\xe9"))
            answers.append(app.dispatch(BoltRequest(body=body.decode(), headers=headers)))
        application.close()

        assert {(answer.status, answer.body) for answer in answers} == {(401, "")}
        assert (traces(tmp_path / "riskbot.db"), calls(slack)) == (before, called)
        assert MARK not in caplog.text
