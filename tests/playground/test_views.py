"""Modals and Home through the Web API: triggers, stack, hash, external ids, kept input."""

from __future__ import annotations

import pytest

from playground.transport.tickets import ResponseUrl, Tickets


def view(title="A", **more):
    label = {"type": "plain_text", "text": "L"}
    field = {"type": "input", "block_id": "f", "label": label, "element": {"type": "plain_text_input", "action_id": "v"}}
    text = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": text, "submit": {"type": "plain_text", "text": "Go"}, "blocks": [field], **more}


@pytest.fixture
def trigger(pg):
    """Trigger ids of Ana's, from outside or from inside a view."""
    return lambda view_id="": pg.core.tickets.trigger("U0ANA", view_id)


@pytest.fixture
def ana(pg):
    return pg.person("ana")


def titles(person):
    return [v["title"]["text"] for v in person.state()["views"]]


def test_a_trigger_works_once(api, trigger):
    id = trigger()

    assert api("views.open", trigger_id=id, view=view())["ok"]
    assert api("views.open", trigger_id=id, view=view())["error"] == "exchanged_trigger_id"


def test_a_trigger_lives_three_seconds(pg, api, trigger):
    id, now = trigger(), pg.core.tickets.now()
    pg.core.tickets.now = lambda: now + 3.5

    assert api("views.open", trigger_id=id, view=view())["error"] == "expired_trigger_id"


def test_an_invented_trigger_is_an_invalid_argument(api):
    refused = api("views.open", trigger_id="1.2.3", view=view())

    assert refused["response_metadata"]["messages"] == ["[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]"]


def test_views_are_pushed_from_inside_three_deep_and_no_deeper(api, trigger, ana):
    first = api("views.open", trigger_id=trigger(), view=view("A"))["view"]
    second = api("views.push", trigger_id=trigger(first["id"]), view=view("B"))["view"]
    third = api("views.push", trigger_id=trigger(second["id"]), view=view("C"))["view"]

    assert (third["previous_view_id"], third["root_view_id"]) == (second["id"], first["id"])
    assert api("views.push", trigger_id=trigger(third["id"]), view=view("D"))["error"] == "push_limit_reached"
    assert titles(ana) == ["A", "B", "C"]
    assert api("views.push", trigger_id=trigger(), view=view("D"))["error"] == "invalid_arguments"


def test_a_stale_hash_conflicts(api, trigger):
    opened = api("views.open", trigger_id=trigger(), view=view())["view"]

    updated = api("views.update", view_id=opened["id"], hash=opened["hash"], view=view("B"))
    again = api("views.update", view_id=opened["id"], hash=opened["hash"], view=view("C"))

    assert updated["view"]["hash"] != opened["hash"]
    assert again["error"] == "hash_conflict"


def test_an_external_id_names_one_view(api, trigger, ana):
    api("views.open", trigger_id=trigger(), view=view(external_id="mine"))

    assert api("views.update", external_id="mine", view=view("B", external_id="mine"))["ok"]
    assert titles(ana) == ["B"]
    refused = api("views.publish", user_id="U0ANA", view={"type": "home", "blocks": [], "external_id": "mine"})
    assert refused["error"] == "duplicate_external_id"


def test_a_closed_view_is_not_found(api, trigger, ana):
    opened = api("views.open", trigger_id=trigger(), view=view())["view"]
    ana.close(ana.modal())

    assert api("views.update", view_id=opened["id"], view=view())["error"] == "not_found"


def test_an_update_keeps_what_was_typed_where_the_ids_stay(pg, api, trigger, ana):
    opened = api("views.open", trigger_id=trigger(), view=view())["view"]
    pg.core.modals.get(opened["id"]).values = {"f": {"v": {"type": "plain_text_input", "value": "typed"}}}

    updated = api("views.update", view_id=opened["id"], view=view("B"))["view"]

    assert updated["state"]["values"]["f"]["v"]["value"] == "typed"


def test_home_is_each_persons_own(api, ana, pg):
    assert api("views.publish", user_id="U0ANA", view={"type": "home", "blocks": [{"type": "divider"}]})["ok"]
    assert ana.home()["blocks"][0]["type"] == "divider"
    assert pg.person("mei").home() is None
    assert api("views.publish", user_id="U0ANA", hash="0.x", view={"type": "home", "blocks": []})["error"] == "hash_conflict"
    assert api("views.publish", user_id="U0NOBODY", view={"type": "home", "blocks": []})["error"] == "invalid_arguments"


def test_home_needs_the_tab_to_be_enabled(make, manifest, caller):
    without = manifest | {"features": manifest["features"] | {"app_home": {"home_tab_enabled": False}}}
    api = caller(make(manifest=without).port)

    assert api("views.publish", user_id="U0ANA", view={"type": "home", "blocks": []})["error"] == "not_enabled"


def test_the_cross_closes_the_whole_stack(api, trigger, ana):
    first = api("views.open", trigger_id=trigger(), view=view("A"))["view"]
    api("views.push", trigger_id=trigger(first["id"]), view=view("B"))

    ana.close(ana.modal(), whole=True)

    assert ana.modal() is None


def test_other_peoples_views_are_out_of_reach(pg, api, trigger, ana):
    api("views.open", trigger_id=trigger(), view=view())

    with pytest.raises(LookupError, match="not on the screen"):
        pg.person("omar").submit(ana.modal(), {"f": "x"})


class TestResponseUrls:
    """The addresses that come with commands and actions."""

    @pytest.fixture
    def url(self, pg):
        return pg.core.response_url("commands", ResponseUrl("U0ANA", "C0GENERAL", pg.core.tickets.now()))

    def test_an_answer_is_ephemeral_unless_it_says_otherwise(self, pg, api, url, ana):
        assert api.post(url, {"text": "for you"}) == (200, "ok")
        assert api.post(url, {"text": "for all", "response_type": "in_channel"}) == (200, "ok")
        assert [m["text"] for m in ana.messages("general")] == ["for you", "for all"]
        assert [m["text"] for m in pg.person("mei").messages("general")] == ["for all"]

    def test_five_answers_are_taken_and_a_sixth_is_not(self, api, url):
        taken = [api.post(url, {"text": "x"})[0] for _ in range(5)]
        status, body = api.post(url, {"text": "x"})

        assert taken == [200] * 5
        assert (status, "used_url" in body) == (404, True)

    def test_after_half_an_hour_none_is_taken(self, pg, api, url):
        now = pg.core.tickets.now()
        pg.core.tickets.now = lambda: now + 1801

        assert api.post(url, {"text": "x"})[0] == 404
        assert "expired_url" in api.post(url, {"text": "x"})[1]

    def test_bad_answers_are_refused_with_400(self, api, url):
        assert api.post(url, {"text": ""})[0] == 400
        assert "invalid_blocks" in api.post(url, {"blocks": [{"type": "section"}]})[1]

    def test_the_message_acted_on_can_be_deleted(self, pg, api, ana):
        ts = api("chat.postMessage", channel="C0GENERAL", text="gone soon")["ts"]
        url = pg.core.response_url("actions", ResponseUrl("U0ANA", "C0GENERAL", pg.core.tickets.now(), ts))

        assert api.post(url, {"delete_original": True})[0] == 200
        assert ana.messages("general") == []

    def test_faults_can_strike_here_too(self, pg, api, url, ana):
        pg.faults.add("response_url", "500_before")

        assert api.post(url, {"text": "x"})[0] == 500
        assert ana.messages("general") == []


def test_an_unknown_response_url_serves_nobody():
    with pytest.raises(Exception, match="no_service"):
        Tickets().respond("none")
