"""The workspace's own switches: transport, standing faults, forgetting; and the bot that is started anew."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest


def switch(pg, path, **body):
    """Press a switch on the page."""
    data = json.dumps({"user": "U0ANA", **body}).encode()
    request = urllib.request.Request(f"{pg.url}/ui/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def test_every_fault_is_off_at_the_start(pg):
    assert pg.person("ana").state()["controls"]["faults"] == {
        "slow": 0.0,
        "limited": False,
        "reset": "",
        "down": False,
        "ahead": 0.0,
        "older": False,
    }


def test_a_slow_slack_answers_late(pg, api):
    switch(pg, "faults", faults={"slow": 0.3})
    api("auth.test")

    assert pg.wire.calls("auth.test")[-1].ms >= 300


def test_a_limiting_slack_says_when_to_come_again(pg, api):
    switch(pg, "faults", faults={"limited": True})
    status, headers, _ = api.raw("POST", "/api/auth.test", b"{}", {"Content-Type": "application/json"} | api.authorization())

    assert (status, headers["Retry-After"]) == (429, "1")


@pytest.mark.parametrize(("when", "posted"), [("before", 0), ("after", 1)])
def test_a_cut_connection_loses_the_call_or_only_its_answer(pg, api, when, posted):
    switch(pg, "faults", faults={"reset": when})
    with pytest.raises(ConnectionError):
        api("chat.postMessage", channel="C0GENERAL", text="hi")

    assert len(pg.person("ana").messages("general")) == posted


@pytest.mark.slow
def test_while_slack_is_down_the_socket_is_closed_and_afterwards_the_bot_comes_back(pg, bolt, api):
    bolt(pg).app.command("/risk")(lambda ack: ack("here"))
    switch(pg, "faults", faults={"down": True})
    refused = pg.person("ana").send("general", "/risk")
    assert (api("auth.test")["error"], refused["error"]) == ("service_unavailable", "dispatch_failed")
    assert not pg.bot_connected()
    switch(pg, "faults", faults={"down": False})
    pg.wait_for_bot()

    assert pg.person("ana").send("general", "/risk")["text"] == "here"


@pytest.mark.parametrize(
    ("faults", "named"),
    [
        ({"slow": 99}, "from 0 to 30"),
        ({"slow": True}, "number"),
        ({"reset": "now"}, "before, after"),
        ({"down": 1}, "true or false"),
        ({"x": 1}, "slow"),
    ],
)
def test_a_wrong_fault_is_refused_by_name_and_changes_nothing(pg, faults, named):
    refused = switch(pg, "faults", faults={"limited": True} | faults)

    assert (refused["error"], named in refused["say"]) == ("invalid_fault", True)
    assert pg.person("ana").state()["controls"]["faults"]["limited"] is False


def test_the_transport_changes_while_the_workspace_runs(pg, bolt, api):
    bolt(pg)
    told = switch(pg, "transport", transport="http")["restart_with"]
    assert (told.get("SLACK_APP_TOKEN"), told["PORT"]) == (None, "3000")
    bolt(pg).app.command("/risk")(lambda ack: ack("by HTTP"))

    assert pg.person("ana").send("general", "/risk")["text"] == "by HTTP"
    assert pg.wire.envelopes("slash_commands")[-1].via == "HTTP"
    api.token = "xapp-playground"
    assert api("apps.connections.open")["error"] == "socket_mode_not_enabled"


def test_an_unknown_transport_is_refused(pg):
    assert "socket or http" in switch(pg, "transport", transport="pigeon")["say"]


def test_forgetting_takes_the_messages_and_leaves_the_people(make, tmp_path):
    pg = make()
    ana = pg.person("ana")
    ana.send("general", "to be forgotten")
    ana.send("random", "/invite @Riskbot")
    switch(pg, "reset")

    assert ana.messages("general") == []
    assert next(c for c in ana.state()["channels"] if c["name"] == "random")["bot"]
    ana.send("general", "a fresh start")
    assert [m["text"] for m in ana.messages("general")] == ["a fresh start"]


def test_two_connections_are_counted(pg, bolt):
    bolt(pg)
    bolt(pg)

    assert pg.person("ana").state()["bot"]["connections"] == 2


def test_an_exchange_of_the_wire_can_be_read_whole(pg, api):
    api("chat.postMessage", channel="C0GENERAL", text="hi")
    n = pg.wire.calls("chat.postMessage")[-1].n
    with urllib.request.urlopen(f"{pg.url}/ui/wire/entry?user=U0ANA&n={n}") as reply:
        entry = json.load(reply)["entry"]
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{pg.url}/ui/wire/entry?user=U0ANA&n=9999")

    assert (entry["via"], entry["sent"]["text"], entry["reply"]["ok"]) == ("HTTP", "hi", True)
