"""Messages: posting, whispering, changing, deleting, reacting, and reading them back."""

from __future__ import annotations

import pytest

TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "in blocks"}}


@pytest.fixture
def post(api):
    return lambda text="hi", channel="C0GENERAL", **more: api("chat.postMessage", channel=channel, text=text, **more)


def history(api, **more):
    return api("conversations.history", channel="C0GENERAL", **more)


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("C0RANDOM", "not_in_channel"),
        ("U0NOBODY", "channel_not_found"),
        ("U0GONE", "channel_not_found"),
    ],
)
def test_posting_where_the_bot_may_not_is_refused(post, channel, error):
    assert post(channel=channel)["error"] == error


@pytest.mark.parametrize("reference", ["C0GENERAL", "general", "#general"])
def test_a_channel_may_be_given_by_name(post, reference):
    assert post(channel=reference)["channel"] == "C0GENERAL"


def test_a_persons_id_means_their_direct_messages(pg, post):
    assert post(channel="U0ANA")["channel"] == "D0ANA" == pg.person("ana").dm()


def test_a_message_needs_words_or_blocks(post, api):
    assert post(text="")["error"] == "no_text"
    assert api("chat.postMessage", channel="C0GENERAL", blocks=[TEXT])["ok"]


def test_metadata_is_given_back_only_when_asked_for(post, api):
    metadata = {"event_type": "delivery", "event_payload": {"key": "7"}}
    ts = post(metadata=metadata, client_msg_id="x")["ts"]

    assert "metadata" not in history(api)["messages"][0]
    assert history(api, include_all_metadata=True)["messages"][0]["metadata"] == metadata
    assert api("conversations.replies", channel="C0GENERAL", ts=ts, include_all_metadata="1")["messages"][0]["metadata"] == metadata


@pytest.mark.parametrize("metadata", [{"event_type": "x"}, {"event_payload": {}}, ["x"]])
def test_metadata_must_have_a_type_and_a_payload(post, metadata):
    assert post(metadata=metadata)["error"] == "invalid_metadata_schema"


def test_replies_stay_in_their_thread_unless_broadcast(post, api):
    ts = post("parent")["ts"]
    reply = post("reply", thread_ts=ts)["ts"]
    post("nested", thread_ts=reply)
    post("loud", thread_ts=ts, reply_broadcast=True)

    assert [m["text"] for m in history(api)["messages"]] == ["loud", "parent"]
    thread = api("conversations.replies", channel="C0GENERAL", ts=reply)["messages"]
    assert [m["text"] for m in thread] == ["parent", "reply", "nested", "loud"]
    assert thread[0]["reply_count"] == 3
    assert api("conversations.replies", channel="C0GENERAL", ts="1.000001")["error"] == "thread_not_found"


def test_history_is_read_page_by_page_newest_first(post, api):
    ts = [post(str(n))["ts"] for n in range(5)]

    first = history(api, limit=2)
    second = history(api, limit=2, cursor=first["response_metadata"]["next_cursor"])
    last = history(api, limit=2, cursor=second["response_metadata"]["next_cursor"])

    assert [[m["text"] for m in page["messages"]] for page in (first, second, last)] == [["4", "3"], ["2", "1"], ["0"]]
    assert [page["has_more"] for page in (first, second, last)] == [True, True, False]
    assert [m["text"] for m in history(api, oldest=ts[1], latest=ts[3])["messages"]] == ["2"]
    assert [m["text"] for m in history(api, oldest=ts[1], latest=ts[3], inclusive=True)["messages"]] == ["3", "2", "1"]
    assert history(api, cursor="nonsense")["error"] == "invalid_cursor"
    assert history(api, oldest="yesterday")["error"] == "invalid_ts_oldest"


def test_words_without_blocks_remove_the_blocks_and_mark_the_message_as_edited(post, api):
    ts = post(blocks=[TEXT])["ts"]

    api("chat.update", channel="C0GENERAL", ts=ts, text="new", blocks=[TEXT])
    with_blocks = history(api)["messages"][0]
    api("chat.update", channel="C0GENERAL", ts=ts, text="newer")
    without = history(api)["messages"][0]

    assert ("blocks" in with_blocks, "edited" in with_blocks) == (True, False)
    assert ("blocks" in without, "edited" in without, without["text"]) == (False, True, "newer")


def test_a_bot_changes_and_deletes_only_its_own_messages(pg, post, api):
    pg.person("ana").send("general", "mine")
    ts = history(api)["messages"][0]["ts"]

    assert api("chat.update", channel="C0GENERAL", ts=ts, text="x")["error"] == "cant_update_message"
    assert api("chat.delete", channel="C0GENERAL", ts=ts)["error"] == "cant_delete_message"
    assert api("chat.update", channel="C0GENERAL", ts="1.000001", text="x")["error"] == "message_not_found"
    own = post()["ts"]
    assert api("chat.update", channel="C0GENERAL", ts=own, text="x" * 4001)["error"] == "msg_too_long"
    assert api("chat.delete", channel="C0GENERAL", ts=own)["ok"]
    assert api("chat.delete", channel="C0GENERAL", ts=own)["error"] == "message_not_found"


def test_long_words_are_cut(post):
    assert len(post("x" * 50_000)["message"]["text"]) == 40_000


def test_an_ephemeral_message_is_for_one_person_and_cannot_be_updated(pg, api):
    sent = api("chat.postEphemeral", channel="C0GENERAL", user="U0ANA", text="psst")

    assert pg.person("ana").messages("general")[0]["text"] == "psst"
    assert pg.person("omar").messages("general") == []
    assert api("chat.update", channel="C0GENERAL", ts=sent["message_ts"], text="x")["error"] == "message_not_found"
    assert api("chat.postEphemeral", channel="C0DEALS", user="U0EVA", text="psst")["error"] == "user_not_in_channel"
    assert history(api)["messages"] == []


def test_reactions_and_pins_are_counted_once(post, api):
    ts = post()["ts"]
    where = {"channel": "C0GENERAL", "timestamp": ts}

    assert api("reactions.add", name="eyes", **where)["ok"]
    assert api("reactions.add", name="eyes", **where)["error"] == "already_reacted"
    assert api("reactions.add", name="no such!", **where)["error"] == "invalid_name"
    assert api("reactions.add", name="eyes", channel="C0GENERAL", timestamp="1.000001")["error"] == "message_not_found"
    assert history(api)["messages"][0]["reactions"] == [{"name": "eyes", "users": ["U0RISKBOT"], "count": 1}]
    assert api("reactions.remove", name="eyes", **where)["ok"]
    assert api("reactions.remove", name="eyes", **where)["error"] == "no_reaction"
    assert api("pins.add", **where)["ok"]
    assert api("pins.add", **where)["error"] == "already_pinned"


def test_a_permalink_leads_to_an_existing_message(post, api):
    ts = post()["ts"]
    link = api("chat.getPermalink", channel="C0GENERAL", message_ts=ts)["permalink"]

    assert link.endswith(f"/archives/C0GENERAL/p{ts.replace('.', '')}")
    assert api("chat.getPermalink", channel="C0GENERAL", message_ts="1.000001")["error"] == "message_not_found"


def test_channels_are_listed_by_kind_page_by_page(api):
    first = api.form("conversations.list", types="public_channel,private_channel", limit="5", exclude_archived="true")
    second = api.form("conversations.list", types="public_channel,private_channel", cursor=first["response_metadata"]["next_cursor"])
    names = [c["name"] for page in (first, second) for c in page["channels"]]

    assert names == ["general", "risk-alerts", "risk-approvals", "risk-digest", "risk-signals", "risk-audit", "random", "visitors", "deals"]
    assert [c["is_member"] for c in first["channels"]] == [True] * 5
    assert "deals" not in [c["name"] for c in api("conversations.list")["channels"]]
    assert "random" not in [c["name"] for c in api("users.conversations")["channels"]]
    assert api("conversations.list", types="dungeon")["error"] == "invalid_types"


def test_direct_messages_are_opened_by_person(api):
    assert api("conversations.open", users="U0ANA")["channel"] == {"id": "D0ANA"}
    assert api("conversations.open", users="U0ANA", return_im=True)["already_open"]
    assert api("conversations.open")["error"] == "users_list_not_supplied"
    assert api("conversations.open", users="U0NOBODY")["error"] == "user_not_found"
    assert api("conversations.open", users="U0GONE")["error"] == "user_disabled"
    assert api("conversations.info", channel="D0ANA")["channel"]["user"] == "U0ANA"


def test_joining_makes_a_member_once(api):
    assert api("conversations.history", channel="C0RANDOM")["error"] == "not_in_channel"
    assert api("conversations.join", channel="C0RANDOM")["channel"]["is_member"]
    assert api("conversations.join", channel="C0RANDOM")["warning"] == "already_in_channel"
    assert api("conversations.join", channel="C0DEALS")["error"] == "method_not_supported_for_channel_type"
    assert "U0RISKBOT" in api("conversations.members", channel="C0RANDOM")["members"]
