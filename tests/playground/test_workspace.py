"""Files, the page's own API, and what a second start remembers."""

from __future__ import annotations

import json
import threading
import time
import urllib.request

import pytest
from slack_sdk import WebClient

from playground.person import PATIENCE

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def client(pg):
    return WebClient(pg.bot_token, base_url=pg.api_url)


def test_a_file_is_uploaded_shared_a_moment_later_and_downloaded_with_a_token(pg, client, api):
    file = client.files_upload_v2(channel="C0GENERAL", filename="map.png", content=PNG, initial_comment="The map")["file"]
    message = pg.person("ana").wait_message("general", "The map")
    info = api("files.info", file=file["id"])["file"]
    path = info["url_private"].removeprefix(pg.url)

    assert set(file) == {"id", "title"}
    assert message["files"][0]["url"] == f"/ui/files/{file['id']}"
    assert info["shares"]["public"]["C0GENERAL"][0]["ts"] == message["ts"]
    assert api.raw("GET", path, None, api.authorization())[2] == PNG
    status, headers, body = api.raw("GET", path, None, {})
    assert (status, headers["Content-Type"].partition(";")[0], b"Sign in" in body) == (200, "text/html", True)
    assert api.raw("GET", message["files"][0]["url"], None, {})[2] == PNG


def test_an_unshared_picture_stands_in_a_message_by_its_id(pg, client, api):
    file = client.files_upload_v2(filename="map.png", content=PNG)["file"]
    block = {"type": "image", "slack_file": {"id": file["id"]}, "alt_text": "map"}

    assert api("chat.postMessage", channel="C0GENERAL", text="x", blocks=[block])["ok"]
    assert pg.person("ana").messages("general")[0]["blocks"][0]["image_url"] == f"/ui/files/{file['id']}"


def test_files_are_refused_when_unknown_incomplete_or_of_another_length(api):
    announced = api.form("files.getUploadURLExternal", filename="a.txt", length="3")
    path = "/upload/v1/" + announced["file_id"]

    assert api("files.completeUploadExternal", files=[{"id": announced["file_id"]}])["error"] == "file_not_found"
    assert api.raw("POST", path, b"four", {})[0] == 400
    assert api.raw("POST", path, b"abc", {})[0] == 200
    files = [{"id": announced["file_id"]}]
    assert api("files.completeUploadExternal", files=files, channel_id="C0RANDOM")["error"] == "not_in_channel"
    assert api("files.completeUploadExternal", files=files, channel_id="nowhere")["error"] == "invalid_channel"
    assert api("files.info", file="F0NONE")["error"] == "file_not_found"


def test_state_shows_a_person_their_own_window(make, manifest):
    pg = make(manifest=manifest)
    state, guest = pg.person("ana").state(), pg.person("gus").state()

    assert [c["name"] for c in guest["channels"]] == ["visitors", "Riskbot"]
    assert [c["name"] for c in state["channels"]][-2:] == ["deals", "Riskbot"]
    assert state["commands"][0] == {"command": "/risk", "description": "Ask", "usage_hint": "[status | add-risk] CUSTOMER"}
    assert {"/risk status", "/risk add-risk"} == set(state["completions"])
    assert [s["type"] for s in state["shortcuts"]] == ["global", "message"]
    assert (state["bot"]["connected"], state["controls"]["transport"], state["views"]) == (False, "socket", [])
    assert {"id", "name", "title", "tz", "locale", "guest", "color", "initials"} <= set(state["people"][0])


def test_unread_counts_what_others_said_since_one_looked(pg, api):
    ana, omar = pg.person("ana"), pg.person("omar")
    omar.send("general", "one")
    api("chat.postMessage", channel="C0GENERAL", text="two")

    def unread(person):
        return person.state()["channels"][0]["unread"]

    assert (unread(ana), unread(omar)) == (2, 1)
    ana.read("general")
    assert unread(ana) == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("send", {"user": "U0NOBODY", "channel": "general", "text": "x"}),
        ("send", {"user": "U0GUS", "channel": "deals", "text": "x"}),
        ("action", {"user": "U0ANA", "container": {"type": "message", "channel": "C0GENERAL", "ts": "1.2"}}),
        ("submit", {"user": "U0ANA", "view_id": "V0"}),
    ],
)
def test_wrong_ids_are_404_with_a_sentence(api, path, body):
    status, _, reply = api.raw("POST", f"/ui/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})

    assert status == 404
    assert json.loads(reply)["say"].endswith(".")


def test_other_sites_may_not_act_here(api):
    headers = {"Content-Type": "application/json", "Origin": "https://evil.example"}
    body = json.dumps({"user": "U0ANA", "channel": "general", "text": "x"}).encode()

    assert api.raw("POST", "/ui/send", body, headers)[0] == 403


def test_the_page_hears_of_everything_that_concerns_its_person(pg, api):
    heard = []
    request = urllib.request.Request(f"{pg.url}/ui/events?user=U0ANA")

    def listen():
        with urllib.request.urlopen(request, timeout=PATIENCE) as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    heard.append(json.loads(line[6:]))

    thread = threading.Thread(target=listen)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not heard and time.monotonic() < until:
        time.sleep(0.005)
    ts = api("chat.postMessage", channel="C0GENERAL", text="one")["ts"]
    api("chat.update", channel="C0GENERAL", ts=ts, text="two")
    api("chat.postEphemeral", channel="C0GENERAL", user="U0OMAR", text="not for Ana")
    api("views.publish", user_id="U0ANA", view={"type": "home", "blocks": []})
    api("views.open", trigger_id=pg.core.tickets.trigger("U0ANA"), view={"type": "modal", "title": text("T"), "blocks": []})
    api("chat.delete", channel="C0GENERAL", ts=ts)
    while "deleted" not in [e["type"] for e in heard] and time.monotonic() < until:
        time.sleep(0.005)
    pg.run(stop_streams(pg))
    thread.join()

    kinds = [e["type"] for e in heard if e["type"] not in ("wire", "unread")]
    assert kinds == ["bot", "message", "changed", "home", "view", "deleted"]
    assert {"wire", "unread"} <= {e["type"] for e in heard}


def text(words):
    return {"type": "plain_text", "text": words}


async def stop_streams(pg):
    pg.core.stream.shut()


def test_the_wire_is_shown_from_any_number_on(pg, api):
    api("auth.test")
    api("team.info")
    entries = json.loads(api.raw("GET", "/ui/wire?after=1", None, {})[2])["entries"]

    assert [(e["n"], e["what"], e["direction"], e["ok"]) for e in entries] == [(2, "team.info", "←bot", True)]


def test_a_second_start_remembers_messages_members_and_files_but_no_views(make, caller, tmp_path):
    from playground import Playground

    with Playground(tmp_path / "kept", rate_limits=False) as first:
        api = caller(first.port)
        ts = api("chat.postMessage", channel="U0ANA", text="remember")["ts"]
        api("conversations.join", channel="C0RANDOM")
        api("views.publish", user_id="U0ANA", view={"type": "home", "blocks": []})
        file = WebClient(first.bot_token, base_url=first.api_url).files_upload_v2(filename="a.txt", content="abc")["file"]["id"]

    second = make("kept")
    api = caller(second.port)
    ana = second.person("ana")
    assert [m["text"] for m in ana.messages("dm")] == ["remember"]
    assert api("conversations.info", channel="C0RANDOM")["channel"]["is_member"]
    assert api("files.info", file=file)["ok"]
    assert ana.home() is None
    assert api("chat.postMessage", channel="U0ANA", text="later")["ts"] > ts


def test_a_taken_port_is_an_error_and_leaves_nothing_behind(pg, tmp_path):
    from playground import Playground

    threads = threading.active_count()

    with pytest.raises(OSError, match="in use"):
        Playground(tmp_path / "other", port=pg.port).__enter__()

    assert threading.active_count() == threads


def test_the_bots_environment_is_clean(pg, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    env = pg.bot_env()

    assert "HTTPS_PROXY" not in env
    assert "SLACK_CLIENT_ID" not in env
    assert env["PATH"]
    assert (env["SLACK_API_URL"], env["SLACK_APP_TOKEN"]) == (pg.api_url, "xapp-playground")
