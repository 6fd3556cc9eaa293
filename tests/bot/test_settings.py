"""The environment: what it may hold, and how a missing or wrong variable is named."""

from __future__ import annotations

import pytest

from bot import settings
from bot.settings import Settings, SettingsError

NAMES = (
    *("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "DATABASE_URL"),
    *("RISKBOT_POLICY", "RISKBOT_ADMINS", "RISKBOT_AUDIT_KEY", "PORT"),
    *("RISKBOT_BIND", "RISKBOT_HEALTH_PORT", "RISKBOT_HEALTH_TOKEN"),
)


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_what_is_left_out_has_its_usual_value():
    env = settings.load()

    assert env.slack_api_url == "https://slack.com/api/"
    assert env.database_url == "sqlite:///riskbot.db"
    assert env.port is None
    assert env.riskbot_admins == ()


def test_an_empty_variable_counts_as_missing(monkeypatch: pytest.MonkeyPatch):
    for name in NAMES:
        monkeypatch.setenv(name, "")

    env = settings.load()

    assert env == Settings()
    assert not env.socket_mode


def test_administrators_are_read_from_a_comma_separated_list(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RISKBOT_ADMINS", " U1, U2 ,,U3")

    assert settings.load().riskbot_admins == ("U1", "U2", "U3")


def test_an_administrator_who_is_no_slack_id_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RISKBOT_ADMINS", "U1,@boss")

    with pytest.raises(SettingsError, match=r"RISKBOT_ADMINS is wrong: .*“@boss” is no Slack user id"):
        settings.load()


def test_an_app_token_means_socket_mode(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")

    assert settings.load().socket_mode


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch):
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "RISKBOT_AUDIT_KEY"):
        monkeypatch.setenv(name, "xoxb-very-secret")

    assert "very-secret" not in repr(settings.load())


@pytest.mark.parametrize("port", ["http", "-1", "65536", "3000.5"])
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, port: str):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(SettingsError, match=r"^PORT is wrong: "):
        settings.load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("RISKBOT_BIND", value) for value in ("riskbot.example.com", "127.0.0.1:3000", "256.0.0.1", "everywhere")),
        *(("RISKBOT_HEALTH_PORT", value) for value in ("health", "-1", "65536")),
        *(("RISKBOT_HEALTH_TOKEN", value) for value in ("short", "fifteen-letters", "sixteen letters, with blanks", "sixteen-letters-é")),
    ],
)
def test_what_it_listens_on_is_checked_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=f"^{name} is wrong: ") as refused:
        settings.load()

    assert "sixteen" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "bind", "public"),
    [
        ({"slack_app_token": "xapp-1"}, "127.0.0.1", False),
        ({"slack_signing_secret": "s"}, "0.0.0.0", True),
        ({"slack_signing_secret": "s", "riskbot_bind": "127.0.0.2"}, "127.0.0.2", False),
        ({"slack_signing_secret": "s", "riskbot_bind": "localhost"}, "127.0.0.1", False),
        ({"slack_app_token": "xapp-1", "riskbot_bind": "0.0.0.0"}, "0.0.0.0", True),
        ({"slack_app_token": "xapp-1", "riskbot_bind": "[::1]"}, "::1", False),
        ({"slack_app_token": "xapp-1", "riskbot_bind": "::"}, "::", True),
    ],
)
def test_only_http_mode_listens_to_the_world_unless_told(given: dict[str, str], bind: str, public: bool):
    settings = Settings(**given)

    assert (settings.bind, settings.public) == (bind, public)


def test_every_wrong_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORT", "http")
    monkeypatch.setenv("SLACK_API_URL", "slack.com")

    with pytest.raises(SettingsError) as refused:
        settings.load()

    assert sorted(line.split()[0] for line in str(refused.value).splitlines()) == ["PORT", "SLACK_API_URL"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "SLACK_BOT_TOKEN is missing"),
        ({"slack_bot_token": "xapp-1"}, "SLACK_BOT_TOKEN is wrong: it holds a token of another kind"),
        ({"slack_bot_token": "xoxb-1"}, "SLACK_SIGNING_SECRET is missing: HTTP mode needs it"),
        ({"slack_bot_token": "xoxb-1", "slack_app_token": "xoxb-1"}, "SLACK_APP_TOKEN is wrong: it holds a token of another kind"),
    ],
)
def test_what_a_running_bot_needs_is_named_before_it_starts(given: dict[str, str], named: str):
    with pytest.raises(SettingsError, match=f"^{named}"):
        Settings(**given).require_slack()


@pytest.mark.parametrize(
    "given", [{"slack_app_token": "xapp-1"}, {"slack_signing_secret": "s"}, {"slack_app_token": "xapp-1", "slack_signing_secret": "s"}]
)
def test_either_mode_starts_with_what_it_needs(given: dict[str, str]):
    settings = Settings(slack_bot_token="xoxb-1", **given)

    assert settings.require_slack() is None
