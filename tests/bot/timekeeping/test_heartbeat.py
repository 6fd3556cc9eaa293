"""The heartbeat is heard every minute while the bot does what it is there for, and stops when it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.application import Application
from bot.settings import Settings, SettingsError, load
from bot.timekeeping.heartbeat import Heartbeat, Pulse
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import deliveries
from storage.delivery.deliveries import DeliveryState
from storage.sight import EVERYTHING
from tests.bot.carrying import HandClock
from tests.bot.working.test_work_in_trouble import read_only
from tests.conftest import eventually


class Listener(BaseHTTPRequestHandler):
    """Somebody outside who hears the beats."""

    heard: list[str]
    status = 200

    def do_GET(self) -> None:
        type(self).heard.append(self.path)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[tuple[str, type[Listener]]]:
    """An address, and who listens there."""
    kind = type("Ear", (Listener,), {"heard": []})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ping/secret", kind
        server.shutdown()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


class Evaluator:
    """Something that looks, until it does not."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.at: list[float | None] = []
        self.look()

    def look(self) -> None:
        self.at = [self._clock.monotonic(), self._clock.monotonic()]


@pytest.fixture
def looks(clock: HandClock) -> Evaluator:
    return Evaluator(clock)


@pytest.fixture
def pulse(sqlite: Database, clock: HandClock, looks: Evaluator) -> Pulse:
    return Pulse(sqlite, clock, lambda: looks.at, clock.monotonic())


def queue(database: Database, clock: HandClock, state: DeliveryState = DeliveryState.PENDING, **more: object) -> None:
    with database.begin(EVERYTHING, write=True) as tx:
        deliveries.enqueue(tx, "answer", facts={"text": "x", "blocks": []}, audience="route:alerts", reason="", thread="t", at=clock.now())
        claimed = deliveries.claim(tx, owner="a", now=clock.now(), lease=timedelta(seconds=1))
        deliveries.finish(tx, claimed, owner="a", state=state.value, due_at=clock.now() + timedelta(days=1), **more)


def test_while_all_is_well_the_address_is_called_and_the_file_written(pulse: Pulse, listener, tmp_path: Path):
    url, ear = listener
    heart = Heartbeat(pulse, url, tmp_path / "beat")

    assert [heart.beat(), heart.beat()] == [True, True]
    assert ear.heard == ["/ping/secret"] * 2
    assert (tmp_path / "beat").read_text().startswith("20")
    assert [path.name for path in tmp_path.iterdir() if "beat" in path.name] == ["beat"], "nothing is left lying about"


def test_it_stops_when_nothing_was_evaluated_for_two_minutes_and_begins_again(pulse: Pulse, listener, clock: HandClock, looks: Evaluator):
    url, ear = listener
    heart = Heartbeat(pulse, url, None)
    beats = [heart.beat()]
    clock.move(119)
    beats.append(heart.beat())
    clock.move(2)
    beats.append(heart.beat())
    looks.at[0] = clock.monotonic()
    beats.append(heart.beat())
    looks.look()
    beats.append(heart.beat())

    assert beats == [True, True, False, False, True], "each of those that evaluate has to"
    assert len(ear.heard) == 3


def test_it_stops_when_the_first_look_never_comes(sqlite: Database, clock: HandClock):
    pulse = Pulse(sqlite, clock, lambda: [None], clock.monotonic())
    early = pulse.fault()
    clock.move(121)

    assert (early, pulse.fault()) == (None, "nothing was evaluated for two minutes")


@pytest.mark.parametrize(
    ("state", "more", "silent"),
    [
        (DeliveryState.PENDING, {}, True),
        (DeliveryState.SENDING, {}, True),
        (DeliveryState.PENDING, {"held": True}, False),
        (DeliveryState.SENT, {}, False),
        (DeliveryState.DEAD, {}, False),
    ],
)
def test_it_stops_when_a_message_has_waited_for_ten_minutes_unless_the_policy_wants_that(
    pulse: Pulse, sqlite: Database, clock: HandClock, looks: Evaluator, state: DeliveryState, more: dict[str, bool], silent: bool
):
    queue(sqlite, clock, state, **more)
    clock.move(599)
    looks.look()
    early = pulse.fault()
    clock.move(2)

    assert early is None
    assert (pulse.fault() is not None) == silent


def test_it_stops_when_the_database_does_not_answer_or_cannot_be_written(pulse: Pulse, sqlite: Database, clock: HandClock):
    with read_only(sqlite):
        with pytest.raises(Exception, match="may not be written"), sqlite.begin(EVERYTHING, write=True):
            pass
        unwritable = pulse.fault()
    with sqlite.begin(EVERYTHING, write=True):
        pass
    well = pulse.fault()
    nowhere = Pulse(Database("postgresql://nobody@127.0.0.1:1/nowhere"), clock, list, 0.0)

    assert (unwritable, well) == ("the database may not be written to", None)
    assert nowhere.fault() == "the database does not answer: Unwell"


def test_an_address_that_is_not_reached_is_a_trouble_by_kind_and_stands_nowhere(pulse: Pulse, listener, caplog: pytest.LogCaptureFixture):
    url, ear = listener
    ear.status = 500
    heart = Heartbeat(pulse, url, None)
    beats = [heart.beat(), heart.beat()]
    told = [str(trouble) for trouble in heart.troubles()]
    ear.status = 200
    beats.append(heart.beat())

    assert beats == [False, False, True]
    assert told == ["The heartbeat fails: HTTPError."]
    assert heart.troubles() == []
    assert len([record for record in caplog.records if "silent" in record.getMessage()]) == 1, "said once"
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            ("RISKBOT_HEARTBEAT_URL", value)
            for value in ("ftp://x", "file:///etc/passwd", "x.org/ping", "https://?", "http://a b", "https://u:p@x", "http://[")
        ],
        ("RISKBOT_HEARTBEAT_FILE", "/nowhere/at/all"),
        ("RISKBOT_HEARTBEAT_FILE", "/"),
    ],
)
def test_a_malformed_one_stops_the_start_by_name_without_repeating_the_address(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=f"{name} is wrong: ") as wrong:
        load()
    assert name.endswith("FILE") or value not in str(wrong.value)


def test_the_running_bot_beats(
    workspace: Playground, sqlite: Database, policy: Policy, listener, tmp_path: Path, launch: Callable[..., Application]
):
    url, ear = listener
    application = launch(workspace, sqlite, policy=policy, more={"riskbot_heartbeat_url": url, "riskbot_heartbeat_file": tmp_path / "beat"})
    eventually(lambda: ear.heard and (tmp_path / "beat").exists(), 20)

    assert isinstance(application.settings, Settings)
    assert application.heartbeat.troubles() == []
