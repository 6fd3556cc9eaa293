"""The Web API as any client meets it: tokens, bodies, codes, scopes, limits, faults."""

from __future__ import annotations

import http.client
import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from playground.person import PATIENCE


def test_the_api_answers_before_anybody_has_a_token(api):
    api.token = ""

    assert api("api.test", foo="bar") == {"ok": True, "args": {"foo": "bar"}}
    assert api("api.test", error="my_error")["error"] == "my_error"


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-wrong", "invalid_auth"),
        ("auth.test", "xapp-playground", "not_allowed_token_type"),
        ("apps.connections.open", "xoxb-playground", "not_allowed_token_type"),
        ("chat.nonsense", "xoxb-playground", "unknown_method"),
    ],
)
def test_a_token_is_asked_for_and_looked_at(api, method, token, error):
    api.token = token

    assert api(method)["error"] == error


def test_auth_test_tells_the_bot_who_it_is(api):
    me = api("auth.test")

    assert (me["team_id"], me["user_id"], me["bot_id"]) == ("T0PLAYGRND", "U0RISKBOT", "B0RISKBOT")


def test_forms_and_json_mean_the_same(api):
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "hi"}, "block_id": "b"}]
    by_json = api("chat.postMessage", channel="C0GENERAL", text="hi", blocks=blocks, unfurl_links=False)
    text = '[{"type": "section", "text": {"type": "plain_text", "text": "hi"}, "block_id": "b"}]'
    by_form = api.form("chat.postMessage", channel="C0GENERAL", text="hi", blocks=text, unfurl_links="0")

    assert by_form["message"]["blocks"] == by_json["message"]["blocks"] == blocks


def test_blocks_that_are_not_json_are_refused(api):
    assert api.form("chat.postMessage", channel="C0GENERAL", text="hi", blocks="[{")["error"] == "invalid_blocks_format"


def test_a_body_that_is_not_json_is_refused(api):
    status, _, reply = api.raw("POST", "/api/auth.test", b"{", {"Content-Type": "application/json"} | api.authorization())

    assert (status, b"invalid_json" in reply) == (200, True)


def test_a_missing_argument_is_named(api):
    refused = api("users.info")

    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == ["[ERROR] missing required field: user"]


def test_a_method_without_its_scope_says_what_is_needed(make, manifest, caller):
    api = caller(make(manifest=manifest).port)
    refused = api("pins.add", channel="C0GENERAL", timestamp="1.2")

    assert (refused["error"], refused["needed"]) == ("missing_scope", "pins:write")
    assert "chat:write" in refused["provided"]
    assert "email" not in api("users.info", user="U0ANA")["user"]["profile"]


def test_the_fixed_people_are_described_as_slack_describes_them(api):
    mei = api("users.info", user="U0MEI", include_locale=True)["user"]

    assert (mei["real_name"], mei["tz"], mei["locale"], mei["profile"]["title"]) == (
        "林美 Lin Mei",
        "Asia/Shanghai",
        "zh-CN",
        "Risk manager",
    )
    assert mei["tz_offset"] == 8 * 3600
    assert "locale" not in api("users.info", user="U0MEI")["user"]
    assert api("users.info", user="U0GUS")["user"]["is_restricted"]
    assert api("users.info", user="U0GONE")["user"]["deleted"]
    assert api("users.info", user="U0STRANGE")["user"]["is_stranger"]
    assert api("users.info", user="U0STRANGE")["user"]["team_id"] != "T0PLAYGRND"
    assert api("users.info", user="U0RISKBOT")["user"]["is_bot"]
    assert api("users.info", user="U0NOBODY")["error"] == "user_not_found"


def test_people_and_groups_are_found(api):
    ids = [user["id"] for user in api("users.list")["members"]]

    assert {"U0ANA", "U0GONE"} < set(ids)
    assert "U0STRANGE" not in ids
    assert api("users.lookupByEmail", email="Ana@playground.example")["user"]["id"] == "U0ANA"
    assert api("users.lookupByEmail", email="no@where")["error"] == "users_not_found"
    group = api("usergroups.list")["usergroups"][0]
    assert group["handle"] == "approvers"
    assert api("usergroups.users.list", usergroup=group["id"])["users"] == ["U0OMAR", "U0EVA"]
    assert api("usergroups.users.list", usergroup="S0")["error"] == "no_such_subteam"
    assert api("team.info")["team"]["name"] == "Playground"
    assert api("bots.info", bot="B0RISKBOT")["bot"]["app_id"] == "A0RISKBOT"


def test_posting_too_fast_is_answered_429_until_a_second_has_passed(make):
    pg = make(rate_limits=True)
    client = WebClient(pg.bot_token, base_url=pg.api_url)
    for _ in range(5):
        client.chat_postMessage(channel="C0GENERAL", text="again")

    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0GENERAL", text="again")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    assert client.chat_postMessage(channel="C0ALERTS", text="another channel")["ok"]
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    assert client.chat_postMessage(channel="C0GENERAL", text="patience")["ok"]


def posted(api):
    return [message["text"] for message in api("conversations.history", channel="C0GENERAL")["messages"]]


@pytest.mark.parametrize(("kind", "kept"), [("reset_before", []), ("reset_after", ["hi"])])
def test_a_connection_can_be_reset_before_or_after_the_message_is_taken(pg, api, kind, kept):
    pg.faults.add("chat.postMessage", kind)

    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        api("chat.postMessage", channel="C0GENERAL", text="hi")

    assert posted(api) == kept
    assert pg.wire.calls("chat.postMessage")[0].error == kind


@pytest.mark.parametrize(("kind", "kept"), [("500_before", []), ("500_after", ["hi"])])
def test_a_server_can_fail_before_or_after_the_message_is_taken(pg, api, kind, kept):
    pg.faults.add("chat.postMessage", kind)
    client = WebClient(pg.bot_token, base_url=pg.api_url, retry_handlers=[])

    with pytest.raises(SlackApiError) as failed:
        client.chat_postMessage(channel="C0GENERAL", text="hi")

    assert failed.value.response.status_code == 500
    assert posted(api) == kept


def test_faults_strike_after_so_many_calls_and_so_many_times(pg, api):
    pg.faults.add("users.info", "error:fatal_error", times=2, after=1)

    assert [api("users.info", user="U0ANA").get("error") for _ in range(4)] == [None, "fatal_error", "fatal_error", None]


def test_slowness_and_rate_limits_can_be_ordered(pg, api):
    pg.faults.add("auth.test", "slow", seconds=0.1)
    pg.faults.add("team.info", "429", retry_after=7)
    started = time.perf_counter()
    api("auth.test")

    assert time.perf_counter() - started > 0.1
    status, headers, _ = api.raw("POST", "/api/team.info", b"", api.authorization())
    assert (status, headers["Retry-After"]) == (429, "7")
    assert api("team.info")["ok"]


def test_an_unknown_kind_of_fault_is_refused_with_those_that_exist(pg):
    with pytest.raises(ValueError, match="reset_before"):
        pg.faults.add("chat.update", "explode")


def test_the_wire_log_keeps_what_was_called_and_how_long_it_took(pg, api):
    api("users.info", user="U0NOBODY")

    entry = pg.wire.calls("users.info")[0]
    assert (entry.direction, entry.ok, entry.error) == ("←bot", False, "user_not_found")
    assert entry.sent == {"user": "U0NOBODY"}
    assert entry.ms is not None
    assert entry.ms < PATIENCE * 1000
