"""Who reads a channel is checked at every post: guests and other organisations never read a customer's name or a figure."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.delivering import audience, channels
from bot.working.executor import Executor
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from commands.digest.digest import send_now
from commands.digest.editions import editions
from playground.hosting import Playground
from playground.person import PATIENCE
from playground.workspace import happenings
from playground.workspace.seed import Channel, Member
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import deliveries, outbox
from storage.delivery.deliveries import DeliveryState
from storage.migrations import migrate
from storage.policy import policies
from storage.schema import AnswerRow, DeliveryRow, NoticeRow
from storage.sight import EVERYTHING
from tests.bot.executing import ANSWER, RISK, carry_out, executor_for, heard, keep, load, ticket
from tests.conftest import MANIFEST, eventually

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
FACILITIES = "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,5000000,4200000\n"
SECRET = re.compile(r"Acme Steel|lost its main buyer|assign the receivables|EUR|4[.,]2 m|4[.,]?200[.,]?000|0[.,]69×")
ROOMS = ("risk-alerts", "risk-approvals", "risk-digest", "deals")
POSTING = ("chat.postMessage", "chat.update", "files.completeUploadExternal", "files.getUploadURLExternal")
# every kind of post: a card, a card written anew, a reply in its thread, a request with buttons, a digest, a shared answer with its picture
KINDS = {
    ("breach.alert", "post"),
    ("breach.alert", "update"),
    ("breach.follow_up", "reply"),
    ("approval.request", "post"),
    ("digest", "post"),
    ("shared", "post"),
}


@dataclass(frozen=True)
class Stage:
    """A workspace, and a bot in the hand that has told its channels everything once, while they were safe."""

    workspace: Playground
    executor: Executor
    folder: Path

    @property
    def database(self) -> Database:
        return self.executor.database

    def carry(self) -> None:
        while self.executor.courier.step():
            pass

    def observe(self, value: float) -> None:
        # two days make a chart
        rows = f"ACME,current_ratio,{YESTERDAY},1.4,customer\nACME,current_ratio,{TODAY},{value},customer"
        file = self.folder / "observations.csv"
        file.write_text(f"customer,indicator,as_of,value,source\n{rows}\n", "utf-8")
        after = follow_up(self.executor.policies.now, file=file.name, by="import")
        run_import(self.database, "observations", file, at=datetime.now(UTC), progress=False, after_load=after)

    def tell_again(self) -> list[dict[str, Any]]:
        """Post, rewrite and reply everything that goes to channels once more; what was sent to Slack for it, by its state."""
        with self.database.begin(EVERYTHING, write=True) as tx:
            fresh = {
                "state": DeliveryState.PENDING.value,
                "attempt": 0,
                "due_at": datetime.now(UTC),
                "lease_until": None,
                "first_try_at": None,
            }
            tx.connection.execute(sa.update(DeliveryRow).where(~DeliveryRow.audience.startswith("person:")).values(**fresh))
        before = len(self.workspace.wire)
        self.executor.courier._resting.clear()
        self.carry()
        sent = [entry for entry in list(self.workspace.wire)[before:] if entry.what in POSTING]
        return [entry.sent for entry in sent]

    def ended(self) -> dict[tuple[str, str], tuple[str, str]]:
        """How each kind of post ended, and why."""
        with self.database.begin(EVERYTHING) as tx:
            ended = sa.select(NoticeRow.name, DeliveryRow.operation, DeliveryRow.state, DeliveryRow.error).join(
                NoticeRow, NoticeRow.id == DeliveryRow.notice_id
            )
            rows = tx.connection.execute(ended.where(~DeliveryRow.audience.startswith("person:"))).all()
        return {(name, operation): (state, error or "") for name, operation, state, error in rows}

    def troubles(self) -> list[str]:
        return [str(trouble) for trouble in self.executor.courier.channels.watched()]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder, policy = tmp_path_factory.mktemp("audience"), policies.read(None)
    database = Database(f"sqlite:///{folder / 'riskbot.db'}")
    migrate.upgrade(database)
    with Playground(folder / "playground", rate_limits=False, manifest=MANIFEST) as workspace:
        load(database, folder)
        load(database, folder, "facilities", FACILITIES)
        stage = Stage(workspace, executor_for(workspace, database, policy), folder)
        _everything_once(stage, policy)
        yield stage
        database.close()


def _everything_once(stage: Stage, policy: Policy) -> None:
    executor = stage.executor
    stage.observe(0.69)
    carry_out(executor, "log", RISK)
    carry_out(executor, "respond", ANSWER)
    stage.carry()
    executor.read(ticket("show", {"customer": "ACME", "view": "trend"}, channel="C0DEALS"))
    with stage.database.begin(EVERYTHING) as tx:
        kept = tx.connection.execute(sa.select(AnswerRow.key, AnswerRow.arguments)).all()
    key = next(key for key, arguments in kept if arguments.get("view") == "trend")
    asked = ticket("reply.share", {"key": key}, channel="C0DEALS")
    executor.write(keep(stage.database, asked))
    stage.observe(1.5)
    with stage.database.begin(EVERYTHING, write=True) as tx:
        (edition,) = [one for one in editions(policy, tx) if one.runs][:1]
        send_now(edition, datetime.now(UTC), policy, tx)
    stage.carry()


def secrets(sent: list[Any]) -> list[str]:
    """What outsiders must not read, in what was sent to Slack."""
    return [found.group() for entry in sent if (found := SECRET.search(json.dumps(entry, ensure_ascii=False)))]


def rooms(stage: Stage) -> Iterator[Channel]:
    for name in ROOMS:
        channel = stage.workspace.core.workspace.named(name)
        assert channel is not None
        yield channel


@pytest.fixture
def safe(stage: Stage) -> Iterator[Stage]:
    """The stage, and afterwards everything as it was."""
    core, channels, people = stage.workspace.core, stage.executor.courier.channels, dict(stage.workspace.core.workspace.members)
    before = {channel.id: replace(channel, members=set(channel.members)) for channel in rooms(stage)}
    yield stage
    stage.workspace.faults.clear()
    core.workspace.members.update(people)
    for id, kept in before.items():
        core.workspace.channels[id] = kept
        channels.told({"type": "channel_unshared", "channel": id})
    for person in people:
        stage.executor.people.forget(person)
    stage.executor.courier.clock.move(1000)
    channels.look_again()


def everywhere(what: Callable[..., None], *about: object, **how: object) -> Callable[[Stage], None]:
    """Something that happens in every channel at once; no event reaches the bot in the hand."""

    def happen(stage: Stage) -> None:
        for room in ROOMS:
            stage.workspace.happens(what, room, *about, quietly=True, **how)

    return happen


def failing(method: str) -> Callable[[Stage], None]:
    """Slack does not answer a question."""

    def fail(stage: Stage) -> None:
        stage.executor.courier.clock.move(1000)
        stage.workspace.faults.add(method, "error:internal_error", times=1000)

    return fail


def demoted(stage: Stage) -> None:
    """A member of the channels becomes a guest, the event is lost, and ten minutes pass."""
    stage.workspace.happens(happenings.changes, "U0OMAR", guest=True, quietly=True)
    stage.executor.courier.clock.move(601)


def asked_in(stage: Stage) -> None:
    """Another organisation is invited; of that Slack sends no event."""
    for room in ROOMS:
        stage.workspace.happens(happenings.invites, room)


CONDITIONS: dict[str, tuple[Callable[[Stage], None], str]] = {
    "another organisation has joined": (everywhere(happenings.shares), "Other organisations can read #risk-alerts."),
    "another organisation is invited": (asked_in, "Another organisation has been invited to #risk-alerts."),
    "a guest has joined": (everywhere(happenings.joins, "U0GUS"), "1 guest can read #risk-alerts: gus."),
    "somebody of another workspace has joined": (everywhere(happenings.joins, "U0STRANGE"), "1 guest can read #risk-alerts: sam."),
    "a member has become a guest": (demoted, "1 guest can read #risk-alerts: omar."),
    "Slack does not describe channels": (failing("conversations.info"), "Slack does not say who can read"),
    "Slack does not list members": (failing("conversations.members"), "Slack does not say who can read #risk-alerts"),
    "Slack does not say who somebody is": (failing("users.info"), "Slack does not say who can read #risk-alerts"),
}


def test_where_full_members_alone_read_every_kind_of_post_is_whole(safe: Stage):
    sent = safe.tell_again()

    assert {kind for kind, (state, why) in safe.ended().items() if (state, why) == ("sent", "")} == KINDS
    assert len(secrets(sent)) >= len(KINDS)
    assert safe.troubles() == []


@pytest.mark.parametrize("what", CONDITIONS)
def test_no_name_and_no_figure_leaves_where_others_read_and_the_status_says_why(safe: Stage, what: str):
    happens, said = CONDITIONS[what]
    happens(safe)
    sent = safe.tell_again()
    ended = safe.ended()

    assert secrets(sent) == []
    assert {kind for kind, (state, _why) in ended.items() if state == "sent"} >= KINDS - {("shared", "post")}
    assert ended["shared", "post"][0] == DeliveryState.DEAD.value
    assert any(said in trouble and "appear there without names, figures and texts" in trouble for trouble in safe.troubles())


def test_in_an_archived_channel_everything_waits(safe: Stage):
    for channel in rooms(safe):
        channel.archived = True
    sent = safe.tell_again()

    assert sent == []
    assert {state for state, _why in safe.ended().values()} <= {DeliveryState.PENDING.value, DeliveryState.DEAD.value}


@pytest.mark.parametrize("said", ["channel_not_found", "not_in_channel"])
def test_in_a_channel_that_the_bot_does_not_see_everything_waits_until_it_does(safe: Stage, said: str):
    """The answer is a moment old when the message is posted: by then the bot is in again, and so are others."""
    for room in ROOMS:
        safe.workspace.happens(happenings.joins, room, "U0GUS", quietly=True)
    safe.workspace.faults.add("conversations.info", f"error:{said}", times=1000)
    sent = safe.tell_again()
    waiting = safe.ended()
    safe.workspace.faults.clear()
    safe.executor.courier.clock.move(60)
    before = len(safe.workspace.wire)
    safe.carry()
    later = [entry.sent for entry in list(safe.workspace.wire)[before:] if entry.what in POSTING]

    assert sent == []
    assert {state for state, _why in waiting.values()} == {DeliveryState.PENDING.value}
    assert "There is no channel" in waiting["breach.alert", "post"][1]
    assert later
    assert secrets(later) == []


def test_a_card_that_stood_in_a_private_channel_is_rewritten_where_it_stands(safe: Stage):
    """The route has moved on to a safe channel; what is rewritten is in the old one, which others read by now."""
    policy = safe.executor.policies.now
    safe.tell_again()
    moved = policy.model_copy(update={"channels": policy.channels.model_copy(update={"alerts": "risk-signals"})})
    safe.workspace.happens(happenings.shares, "risk-alerts", quietly=True)
    with safe.database.begin(EVERYTHING, write=True) as tx:
        again = sa.update(DeliveryRow).where(DeliveryRow.operation == "update").values(state=DeliveryState.PENDING.value, attempt=0)
        tx.connection.execute(again)
    before = len(safe.workspace.wire.calls("chat.update"))
    courier = executor_for(safe.workspace, safe.database, moved).courier
    while courier.step():
        pass
    rewritten = safe.workspace.wire.calls("chat.update")[before:]

    assert [entry.sent["channel"] for entry in rewritten] == ["C0ALERTS"]
    assert secrets([entry.sent for entry in rewritten]) == []


def test_a_post_costs_one_question_about_its_channel_and_none_about_its_members(safe: Stage):
    safe.tell_again()
    wire = safe.workspace.wire
    asked = ("conversations.info", "conversations.members", "users.info", "users.list", "chat.postMessage", "chat.update")
    before = {method: len(wire.calls(method)) for method in asked}
    safe.tell_again()
    cost = {method: len(wire.calls(method)) - before[method] for method in asked}

    # the digest's second part is asked for as well, and has nothing to say
    assert cost["conversations.info"] == cost["chat.postMessage"] + cost["chat.update"] + 1
    assert cost["conversations.members"] == cost["users.info"] == cost["users.list"] == 0


def test_where_slack_takes_no_more_questions_nothing_is_posted_until_it_does(safe: Stage):
    safe.executor.courier.clock.move(1000)
    safe.workspace.faults.add("conversations.info", "429", times=1000, retry_after=7)
    limited = safe.tell_again()
    safe.workspace.faults.clear()
    safe.executor.courier.clock.move(8)
    safe.carry()

    assert limited == []
    assert safe.ended()["breach.alert", "post"][0] == "sent"


def looks(stage: Stage, work: Callable[[], object]) -> list[str]:
    """Which channels Slack was asked about meanwhile."""
    before = len(stage.workspace.wire.calls("conversations.info"))
    work()
    return [str(entry.sent["channel"]) for entry in stage.workspace.wire.calls("conversations.info")[before:]]


def test_a_few_channels_are_looked_at_again_in_turn_and_none_that_was_just_looked_at(safe: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(channels, "AT_ONCE", 2)
    posts, clock = safe.executor.courier.channels, safe.executor.courier.clock
    for room in rooms(safe):
        posts.look(room.id)
    began = clock.monotonic()
    posts.look("C0ALERTS")
    rounds = [looks(safe, lambda: posts.look_again(before=began)) for _ in range(3)]

    assert [len(each) for each in rounds] == [2, 1, 0]
    assert {*rounds[0], *rounds[1]} == {room.id for room in rooms(safe)} - {"C0ALERTS"}


def test_where_slack_takes_no_more_questions_no_further_channel_is_looked_at(safe: Stage):
    posts = safe.executor.courier.channels
    for room in rooms(safe):
        posts.look(room.id)
    safe.executor.courier.clock.move(1000)
    safe.workspace.faults.add("conversations.info", "429", times=1000, retry_after=7)

    assert len(looks(safe, posts.look_again)) == 1


def test_a_channel_that_is_gone_is_not_looked_at_again(safe: Stage):
    posts = safe.executor.courier.channels
    for room in rooms(safe):
        posts.look(room.id)
    safe.workspace.happens(happenings.shares, "risk-alerts", quietly=True)
    posts.look("C0ALERTS")
    watched = len(safe.troubles())
    posts.told({"type": "channel_left", "channel": "C0ALERTS"})
    safe.workspace.faults.add("conversations.info", "error:channel_not_found", times=1)
    first = posts.audience.looked_at()[0]
    looks(safe, posts.look_again)

    assert (watched, len(safe.troubles())) == (1, 0)
    assert {"C0ALERTS", first}.isdisjoint(looks(safe, posts.look_again))


def test_the_list_of_a_large_channel_is_read_in_pages_and_its_people_in_one(safe: Stage):
    alerts, crowd = next(rooms(safe)), [Member(f"U1{number:03}", f"Clerk {number}", f"clerk{number}") for number in range(250)]
    for member in crowd:
        safe.workspace.happens(happenings.hires, member)
    alerts.members |= {member.id for member in crowd}
    before = len(safe.workspace.wire.calls("users.info"))
    alone = safe.executor.courier.channels.unsafe(alerts.id)
    safe.workspace.happens(happenings.changes, "U1249", guest=True, quietly=True)
    safe.executor.courier.clock.move(601)
    found = safe.executor.courier.channels.unsafe(alerts.id)

    assert alone is None
    assert found is not None
    assert found.guests == ("clerk249",)
    assert len(safe.workspace.wire.calls("users.info")) == before


def test_more_members_than_can_be_looked_through_are_not_trusted(safe: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audience, "MOST", 3)
    found = safe.executor.courier.channels.unsafe("C0ALERTS")

    assert found is not None
    assert found.why is audience.Why.CROWD


def test_a_press_that_shares_is_refused_in_words_where_a_guest_reads(safe: Stage):
    safe.workspace.happens(happenings.joins, "deals", "U0GUS", quietly=True)
    with safe.database.begin(EVERYTHING) as tx:
        key = tx.connection.execute(sa.select(AnswerRow.key).where(AnswerRow.command == "show")).scalars().first()
    asked = ticket("reply.share", {"key": key}, channel="C0DEALS")
    safe.executor.write(keep(safe.database, asked))

    assert heard(safe.workspace, "ana", "deals")[-1] == "This channel has guests (gus): customer risk is not shared here."


def test_a_press_that_shares_in_a_direct_message_is_refused_in_words_and_leaves_nothing_behind(safe: Stage):
    dm = str(safe.executor.client.conversations_open(users="U0ANA")["channel"]["id"])
    before = len(safe.workspace.wire.calls("conversations.info"))
    with safe.database.begin(EVERYTHING) as tx:
        key = tx.connection.execute(sa.select(AnswerRow.key).where(AnswerRow.command == "show")).scalars().first()
    safe.executor.write(keep(safe.database, ticket("reply.share", {"key": key}, channel=dm)))
    safe.carry()
    said = [message["text"] for message in safe.workspace.person("ana").messages("dm")]

    assert said[-1] == "This is a direct message: there is no channel here to share to."
    assert safe.troubles() == []
    assert safe.executor.courier.channels.unsafe(dm) is not None
    assert safe.troubles() == []
    assert dm not in safe.executor.courier.channels.audience.looked_at()
    assert len(safe.workspace.wire.calls("conversations.info")) == before


def test_an_answer_in_a_direct_message_has_no_button_that_shares_it(safe: Stage):
    dm = str(safe.executor.client.conversations_open(users="U0ANA")["channel"]["id"])
    for channel in ("C0DEALS", dm):
        safe.executor.read(ticket("show", {"customer": "ACME"}, channel=channel))
    (in_deals, in_private) = (json.dumps(safe.workspace.person("ana").messages(room)[-1]) for room in ("deals", "dm"))

    assert "reply.share" in in_deals
    assert "Acme Steel" in in_private
    assert "reply.share" not in in_private


def test_a_message_to_somebody_who_has_become_a_guest_is_held_back(safe: Stage):
    safe.workspace.happens(happenings.changes, "U0OMAR", guest=True, quietly=True)
    safe.executor.people.changed({"id": "U0OMAR", "name": "omar", "is_restricted": True})
    with safe.database.begin(EVERYTHING, write=True) as tx:
        facts = {"text": "Acme Steel", "blocks": []}
        told = {"reason": "a test", "thread": "to omar", "at": safe.executor.clock.now()}
        deliveries.enqueue(tx, "turned_away", facts=facts | {"text": "no"}, audience="person:U0OMAR", **told | {"thread": "a no"})
        deliveries.enqueue(tx, "answer", facts=facts, audience="person:U0OMAR", **told)
    safe.carry()
    with safe.database.begin(EVERYTHING) as tx:
        stuck = outbox.causes(tx, before=datetime.now(UTC) + timedelta(days=1))

    assert [message["text"] for message in safe.workspace.person("omar").messages("dm")][-1] == "no"
    assert "Acme Steel" not in str(safe.workspace.person("omar").messages("dm"))
    assert {cause.error for cause in stuck if cause.audience == "person:U0OMAR"} == {
        "omar is not an active full member of this workspace: direct messages to them are held back."
    }


def test_a_picture_that_was_on_its_way_when_others_came_is_written_anew(safe: Stage):
    """The upload takes a moment; meanwhile Slack tells of another organisation."""
    safe.workspace.core.weather.change({"older": True})
    # the refusal of the chart is met and remembered
    safe.tell_again()
    slow = safe.workspace.faults.add("files.completeUploadExternal", "slow", seconds=0.3)
    posts, told = safe.executor.courier.channels, threading.Event()

    def come() -> None:
        eventually(lambda: slow.times == 0)
        posts.told({"type": "channel_shared", "channel": "C0DEALS"})
        told.set()

    threading.Thread(target=come).start()
    sent = safe.tell_again()
    told.wait(PATIENCE)

    assert [entry["channel"] for entry in sent if entry.get("channel") == "C0DEALS" and secrets([entry])] == []


def test_a_policy_may_let_messages_wait_instead_and_they_go_out_whole_when_the_others_have_gone(safe: Stage):
    policy = safe.executor.policies.now
    strict = policy.model_copy(update={"privacy": policy.privacy.model_copy(update={"outsiders": "public"})})
    executor = executor_for(safe.workspace, safe.database, strict)
    stage = replace(safe, executor=executor)
    safe.workspace.happens(happenings.joins, "risk-alerts", "U0GUS", quietly=True)
    sent = stage.tell_again()
    waiting, troubles = stage.ended()["breach.alert", "post"], stage.troubles()
    safe.workspace.happens(happenings.leaves, "risk-alerts", "U0GUS")
    executor.courier.clock.move(60)
    before = len(safe.workspace.wire)
    stage.carry()
    posted = [entry.sent for entry in list(safe.workspace.wire)[before:] if entry.what == "chat.postMessage"]

    assert [entry for entry in sent if entry.get("channel") == "C0ALERTS"] == []
    assert waiting[0] == DeliveryState.PENDING.value
    assert "1 guest can read #risk-alerts: gus. Messages about customers wait. Remove them from the channel" in waiting[1]
    assert waiting[1] in troubles
    assert any(entry["channel"] == "C0ALERTS" and secrets([entry]) for entry in posted)
