"""Addresses that come with a payload or an answer: the bot goes to Slack, and nobody sends it anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError

from bot.application import Application
from bot.delivering.files import send_sheet
from bot.settings import Settings
from bot.slack.client import web_client, webhook
from bot.slack.outgoing_calls import Elsewhere, check
from commands.kit.contract import Refused, Sheet
from playground.hosting import Playground
from tests.bot.forged import FORM, Forger, http, signed
from tests.bot.outside import Sink, say, sink
from tests.bot.receiving.test_unsigned import a_house
from tests.conftest import MANIFEST, eventually, free_port

SLACK = "https://slack.com/api/"
LOCAL = "http://127.0.0.1:3999/api/"


def leads_to_slack(url: str, api: str = SLACK) -> bool:
    try:
        check(url, api)
    except Elsewhere:
        return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/commands/T1/2/x",
        "https://HOOKS.slack.com:443/actions/T1/2/x?a=b",
        "https://files.slack.com/upload/v1/x",
        "https://slack.com/api/chat.postMessage",
        "https://hooks.slack-gov.com/app/T1/2/x",
        "wss://wss-primary.slack.com/link/?ticket=1",
    ],
)
def test_slacks_own_hosts_are_called(url: str):
    assert leads_to_slack(url)
    assert leads_to_slack(url, LOCAL)


@pytest.mark.parametrize(
    "url",
    [
        *("", "https://", "https:///x", "hooks.slack.com/x", "//hooks.slack.com/x", "file:///etc/passwd", "ftp://hooks.slack.com/x"),
        *("http://hooks.slack.com/x", "ws://wss-primary.slack.com/x", "https://hooks.slack.com:8443/x", "https://hooks.slack.com:/x"),
        *("https://evil.com/", "https://slack.com.evil.com/", "https://notslack.com/", "https://hooks.slack.com.:443@evil.com/"),
        *("https://slack.com@evil.com/", "https://evil.com@slack.com/", "https://evil.com#@slack.com/", "https://evil.com?.slack.com/"),
        *(
            "https://evil.com\\@slack.com/",
            "https://evil.com/\\slack.com",
            "https://slack.com\n.evil.com/",
            "https://evil.com\t.slack.com/",
        ),
        *("https://slack.com%2eevil.com/", "https://ѕlack.com/", "https://slack。com/", "https://slack.com./x", "https://-.com/slack.com"),
        *("https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "http://169.254.169.254/latest/meta-data/", "http://localhost/"),
        *(" https://hooks.slack.com/x", "https://hooks.slack.com/x y", "https://hooks.slack.com/\x00", "https://slack-edge.com.evil.com/"),
        *("http://127.0.0.1:3998/api/", "https://127.0.0.1:3999/", "http://127.0.0.1/", "http://127.0.0.1:3999@evil.com/"),
    ],
)
def test_every_other_place_is_not(url: str, caplog: pytest.LogCaptureFixture):
    assert not leads_to_slack(url)
    assert not leads_to_slack(url, LOCAL)
    assert caplog.messages == ["an address that does not lead to Slack was refused"] * 2


def test_the_server_of_the_settings_is_called_at_its_port():
    assert leads_to_slack("http://127.0.0.1:3999/commands/1", LOCAL)
    assert leads_to_slack("ws://127.0.0.1:3999/link", LOCAL)
    assert leads_to_slack("http://127.0.0.1:3999/commands/1", "http://localhost:3999/api/")
    assert leads_to_slack("https://slack.bank.example/x", "https://slack.bank.example:443/api/")
    assert not leads_to_slack("http://slack.bank.example/x", "https://slack.bank.example/api/")


def settings_for(api: Sink) -> Settings:
    return Settings(slack_bot_token="xoxb-secret", slack_app_token="xapp-secret", slack_api_url=f"{api.url}/api/")


def test_a_press_that_wants_its_answer_elsewhere_is_answered_by_slack_alone(tmp_path: Path):
    port = free_port()
    with sink() as slack, sink() as elsewhere:
        application = a_house(slack, tmp_path / "riskbot.db", port)
        body = list(Forger(elsewhere.url).bodies())[1][1]

        assert say(port, http(body, signed(body, FORM))) == 200
        eventually(lambda: "/api/chat.postEphemeral" in slack.calls)
        application.close()

    assert elsewhere.calls == []


def test_in_socket_mode_a_payload_leads_nowhere_else_either(workspace: Playground, bot: Application, monkeypatch: pytest.MonkeyPatch):
    with sink() as elsewhere:
        monkeypatch.setattr(workspace.core, "response_url", lambda *_of: f"{elsewhere.url}/commands/1")
        ana = workspace.person("ana")
        ana.send("general", "/risk help")
        ana.wait_message("general", "/risk show")

    assert elsewhere.calls == []


def test_a_redirect_takes_neither_the_answer_nor_the_token_along():
    with sink() as elsewhere, sink(moved=f"{elsewhere.url}/stolen") as slack:
        client = web_client(settings_for(slack))
        assert webhook(f"{slack.url}/commands/1", client).send(text="secret").status_code == 302
        with pytest.raises(SlackApiError):
            client.chat_postMessage(channel="C1", text="secret")

    assert slack.tokens[-1] == "Bearer xoxb-secret"
    assert elsewhere.calls == []


@pytest.mark.parametrize("moved", [False, True], ids=["named by Slack's answer", "by a redirect"])
def test_a_file_is_not_uploaded_elsewhere(moved: bool):
    with sink() as elsewhere, sink(moved=f"{elsewhere.url}/stolen") as slack:
        place = slack if moved else elsewhere
        slack.answers["/api/conversations.open"] = {"ok": True, "channel": {"id": "D1"}}
        slack.answers["/api/files.getUploadURLExternal"] = {"ok": True, "upload_url": f"{place.url}/upload/1", "file_id": "F1"}

        with pytest.raises(Refused, match="could not be sent"):
            send_sheet(web_client(settings_for(slack)), "U0ANA", Sheet("customers", ["id"], [["ACME"]], ["ACME"]))

    assert elsewhere.calls == []
    assert "/api/files.completeUploadExternal" not in slack.calls


def test_the_socket_opens_where_slack_is(tmp_path: Path):
    with sink() as elsewhere, sink() as slack:
        slack.answers["/api/apps.connections.open"] = {"ok": True, "url": f"{elsewhere.url.replace('http', 'ws')}/link"}

        with pytest.raises(Elsewhere):
            web_client(settings_for(slack)).apps_connections_open(app_token="xapp-secret")


def test_the_playground_is_reached_as_before(tmp_path: Path):
    with Playground(tmp_path, manifest=MANIFEST) as workspace:
        env = Settings(slack_bot_token=workspace.bot_token, slack_api_url=workspace.api_url)

        assert web_client(env).auth_test()["team_id"] == workspace.team_id
