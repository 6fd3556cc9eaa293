"""HTTP mode on the wire: signatures, time stamps, repeated requests, bodies that stay out of the log, and the health pages."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from bot.receiving import web
from bot.receiving.complaints import Complaints
from playground.person import PATIENCE
from playground.transport import interactions
from playground.transport.http_mode import sign
from playground.transport.tickets import ResponseUrl
from tests.conftest import eventually
from tests.stories.desk import Desk, ask, newest, open_desk, words

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
FORM = "application/x-www-form-urlencoded"
SECRET_WORDS = "Acme is about to default"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A bot in HTTP mode."""
    with open_desk("http") as opened:
        yield opened


def call(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """The status and the text that come back."""
    try:
        with OPENER.open(urllib.request.Request(url, body, headers or {}), timeout=PATIENCE) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def page(desk: Desk, name: str) -> tuple[int, str]:
    return call(desk.workspace.bot_url.replace("/slack/events", name))


def command(desk: Desk, text: str, **changed: str) -> bytes:
    """The body of a slash command of Ana's."""
    core = desk.workspace.core
    ana, room = core.workspace.members["U0ANA"], core.workspace.channels["C0GENERAL"]
    url = core.response_url("commands", ResponseUrl("U0ANA", "C0GENERAL", core.tickets.now()))
    return urlencode(interactions.slash_command(ana, room, "/risk", text, url, core.tickets.trigger("U0ANA")) | changed).encode()


def post(desk: Desk, body: bytes, headers: dict[str, str] | None = None, kind: str = FORM) -> tuple[int, str]:
    return call(desk.workspace.bot_url, body, {"Content-Type": kind, **(sign(body) if headers is None else headers)})


def test_a_signed_command_is_taken(desk: Desk):
    status, said = post(desk, command(desk, "shwo"))

    assert status == 200
    assert "Did you mean `/risk show`?" in said


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers: {**headers, "X-Slack-Signature": "v0=" + "0" * 64},
        lambda headers: {"X-Slack-Request-Timestamp": headers["X-Slack-Request-Timestamp"]},
        lambda headers: {"X-Slack-Signature": headers["X-Slack-Signature"]},
        lambda headers: {},
        lambda headers: {**headers, "X-Slack-Request-Timestamp": "abc"},
        lambda headers: {**headers, "X-Slack-Request-Timestamp": ""},
        lambda headers: {**headers, "X-Slack-Request-Timestamp": "1e9"},
        lambda headers: {**headers, "X-Slack-Request-Timestamp": "-5"},
        lambda headers: {**headers, "X-Slack-Request-Timestamp": "9" * 400},
        lambda headers: {**headers, "X-Slack-Request-Timestamp": str(int(headers["X-Slack-Request-Timestamp"]) - 301)},
    ],
    ids=["signature", "no signature", "no time", "nothing", "no number", "empty", "exponent", "negative", "long", "not the signed time"],
)
def test_what_slack_did_not_sign_is_401_and_changes_nothing(desk: Desk, spoil):
    body = command(desk, f'log ACME credit L4 S3 X2 "{SECRET_WORDS}"')

    status, said = post(desk, body, spoil(sign(body)))
    shown = ask(desk.person("ana"), "/risk show ACME")

    assert status == 401
    assert json.loads(said) == {"error": "invalid request"}
    assert SECRET_WORDS not in words(shown)


@pytest.mark.parametrize(("age", "status"), [(290, 200), (310, 401), (-290, 200), (-310, 401)])
def test_a_signature_is_good_for_five_minutes(desk: Desk, age: int, status: int):
    body = command(desk, "help")

    assert post(desk, body, sign(body, at=time.time() - age))[0] == status


def test_the_same_command_sent_again_takes_effect_once(desk: Desk):
    ana = desk.person("ana")
    body = command(desk, 'log NOVA credit L4 S3 X2 "sent over and over"')
    headers = sign(body)

    answers = [post(desk, body, headers) for _time in range(3)]
    eventually(lambda: "sent over and over" in words(ask(ana, "/risk show NOVA")))

    assert [status for status, _said in answers] == [200] * 3
    assert answers[0][1] == ""
    assert all("This was already recorded; nothing was done twice." in said for _status, said in answers[1:])
    assert words(ask(ana, "/risk show NOVA")).count("sent over and over") == 1


def test_the_same_event_sent_again_is_answered_once(desk: Desk):
    omar = desk.person("omar")
    omar.send("dm", "hello")
    omar.wait_message("dm", "/risk show")
    event = desk.workspace.wire.envelopes("events_api message.im")[-1].sent
    body = json.dumps(event).encode()

    answers = [post(desk, body, sign(body) | {"X-Slack-Retry-Num": str(n)}, "application/json") for n in (1, 2, 3)]
    last = newest(omar, "dm")
    omar.send("dm", "and again")
    omar.wait_message("dm", "/risk show", after=last)

    assert [status for status, _said in answers] == [200] * 3
    assert sum("/risk show" in words(seen) for seen in omar.messages("dm")) == 2


@pytest.mark.parametrize(
    ("text", "changed", "said"),
    [
        ("shwo payload", {}, "Did you mean `/risk show"),
        ("shwo payload={}", {}, "Did you mean `/risk show"),
        ("shwo", {"channel_name": "payload", "channel_id": "C0GENERAL"}, "Did you mean `/risk show`"),
        ("shwo", {"user_name": "payload=x"}, "Did you mean `/risk show`"),
    ],
)
def test_a_body_that_holds_the_word_payload_is_read_like_any_other(desk: Desk, text: str, changed: dict[str, str], said: str):
    status, answer = post(desk, command(desk, text, **changed))

    assert status == 200
    assert said in answer


def test_a_customer_called_payload_is_shown(desk: Desk):
    answer = ask(desk.person("ana"), "/risk show Payload Logistics")

    assert answer["text"].startswith("Payload Logistics · no facilities")


def test_a_body_with_payload_and_a_wrong_signature_is_still_401(desk: Desk):
    body = command(desk, "explain payload")

    assert post(desk, body, sign(body + b"x"))[0] == 401


@pytest.mark.parametrize("body", [b"", b"payload=", b"payload=%7B", b"command=%2Frisk", b"\xff\xfe", b"{", b"payload=[]", b"[]", b"null"])
def test_a_signed_body_that_makes_no_sense_breaks_nothing(desk: Desk, body: bytes):
    for kind in (FORM, "application/json"):
        status, _said = post(desk, body, kind=kind)

        assert status < 600
    assert post(desk, command(desk, "help"))[0] == 200


def test_a_body_of_megabytes_is_refused(desk: Desk):
    body = b"payload=" + b"x" * (3 << 20)

    try:
        status = post(desk, body)[0]
    except (urllib.error.URLError, ConnectionError):
        status = 413

    assert status == 413


def test_the_health_pages_say_that_it_lives_and_is_ready(desk: Desk):
    assert page(desk, "/healthz") == (200, '{"ok":true}\n')
    status, said = page(desk, "/readyz")

    assert status == 200
    assert json.loads(said) == {"ok": True, "troubles": []}


def test_the_metrics_count_what_came_in_and_what_went_out(desk: Desk):
    ask(desk.person("ana"), "/risk show ACME")

    status, said = page(desk, "/metrics")

    assert status == 200
    for series in (
        'riskbot_inbox{state="done"}',
        'riskbot_ack_seconds_count{kind="command"}',
        'riskbot_answer_seconds_count{command="show"}',
    ):
        assert series in said


def test_pages_that_are_not_there_and_methods_that_are_not_meant_are_refused(desk: Desk):
    assert page(desk, "/")[0] == 404
    assert page(desk, "/slack/events")[0] == 405


def test_not_ready_says_why_while_slack_is_away(desk: Desk):
    probe = web.Probe(desk.database, lambda: False, list)
    app = web.create_app(probe, readers=web.Readers(public=False, token=None), complaints=Complaints())
    reply = app.test_client().get("/readyz")

    assert reply.status_code == 503
    assert reply.get_json() == {"ok": False, "why": "not connected to Slack"}
    assert app.test_client().post("/slack/events").status_code == 404
