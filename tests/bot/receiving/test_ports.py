"""The pages of each port, and their readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.clock import Clock
from bot.receiving.ports import Ports
from bot.receiving.web import Probe
from bot.settings import Settings, SettingsError
from storage.database import Database
from tests.bot.outside import say
from tests.conftest import free_port

TOKEN = "0123456789abcdef"
HTTP = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s"}
SOCKET = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}
Opened = Callable[..., None]


@pytest.fixture
def open_doors(sqlite: Database) -> Iterator[Opened]:
    """Opens the ports of these settings."""
    doors: list[Ports] = []

    def begin(**settings: Any) -> None:
        doors.append(Ports(Settings(**settings), Probe(sqlite, lambda: True, list), Clock()))
        doors[-1].open(lambda request: pytest.fail("nobody signs here"))

    yield begin
    for opened in doors:
        opened.close()


def page(port: int, path: str, token: str | None = None) -> int | None:
    line = f"Authorization: Bearer {token}\r\n" if token is not None else ""
    return say(port, f"GET {path} HTTP/1.1\r\nHost: x\r\n{line}\r\n".encode("latin-1"))


def pages(port: int, token: str | None = None) -> list[int | None]:
    """The answers of the three pages."""
    return [page(port, path, token) for path in ("/healthz", "/readyz", "/metrics")]


@pytest.mark.parametrize("mode", [HTTP, SOCKET])
def test_on_this_machine_every_page_answers(open_doors: Opened, mode: dict[str, str]):
    port = free_port()
    open_doors(**mode, port=port, riskbot_bind="localhost")

    assert pages(port) == [200, 200, 200]


def test_a_port_that_the_world_reaches_shows_strangers_that_it_lives_and_nothing_else(open_doors: Opened):
    port = free_port()
    open_doors(**HTTP, port=port)

    assert pages(port) == [200, 403, 403]
    assert pages(port, TOKEN) == [200, 403, 403]


def test_the_other_pages_want_the_token(open_doors: Opened):
    port = free_port()
    open_doors(**HTTP, port=port, riskbot_health_token=TOKEN)

    assert pages(port) == [200, 401, 401]
    assert pages(port, TOKEN) == [200, 200, 200]
    for wrong in ("", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\xe9" * 16, f"{TOKEN}, {TOKEN}"):
        assert pages(port, wrong) == [200, 401, 401]


def test_health_on_a_port_of_its_own_leaves_the_other_one_to_slack(open_doors: Opened):
    port, apart = free_port(), free_port()
    open_doors(**HTTP, port=port, riskbot_health_port=apart)

    assert pages(port) == [200, 404, 404]
    assert pages(apart) == [200, 200, 200]
    assert say(port, b"POST /slack/events HTTP/1.1\r\nHost: x\r\n\r\n") == 415
    assert say(apart, b"POST /slack/events HTTP/1.1\r\nHost: x\r\n\r\n") == 404


def test_in_socket_mode_a_port_for_health_is_enough(open_doors: Opened):
    apart = free_port()
    open_doors(**SOCKET, riskbot_health_port=apart)

    assert pages(apart) == [200, 200, 200]


def test_two_doors_in_one_place_are_refused_by_name(open_doors: Opened):
    port = free_port()

    with pytest.raises(SettingsError, match=f"^RISKBOT_HEALTH_PORT is wrong: {port} is the value of PORT, too"):
        open_doors(**HTTP, port=port, riskbot_health_port=port)

    open_doors(**HTTP, port=port)
    with pytest.raises(SettingsError, match=f"^RISKBOT_HEALTH_PORT {port} cannot be used: Address already in use"):
        open_doors(**HTTP, port=free_port(), riskbot_health_port=port)


def test_an_address_of_another_machine_is_refused_by_name(open_doors: Opened):
    with pytest.raises(SettingsError, match=r"^RISKBOT_BIND 192\.0\.2\.1 cannot be used: "):
        open_doors(**HTTP, port=free_port(), riskbot_bind="192.0.2.1")
