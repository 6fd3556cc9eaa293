"""Slack tells one replica that somebody is out, or that others read a channel: the others know it from the next request on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.application import Application
from bot.delivering.courier import READ_BY_OTHERS
from bot.receiving import intake
from bot.settings import Settings
from bot.working.executor import Executor
from bot.working.welcome import NotWelcome
from commands.kit.access.access import Outside
from playground.hosting import Playground
from playground.transport import interactions
from playground.transport.tickets import ResponseUrl
from playground.transport.transport import Ack, Envelope
from playground.workspace import happenings
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import deliveries, slack_news
from storage.delivery.deliveries import DeliveryState
from storage.migrations import migrate
from storage.schema import DeliveryRow
from storage.sight import EVERYTHING
from tests.bot.executing import MAKER, RISK, approval_waits, ends, executor_for, keep, load, ticket, titles
from tests.conftest import BRISK, MANIFEST, anchored_in, eventually, free_port
from tests.databases import Masters
from tests.stories.desk import ask, newest, words

GONE = "This account is deactivated."
GUEST = "guests cannot see or change it"


@dataclass(frozen=True)
class Replicas:
    """Two bots behind one workspace, over HTTP; requests and events go to the one that is named."""

    workspace: Playground
    bots: tuple[Application, Application]
    urls: tuple[str, str]

    def to(self, number: int) -> None:
        """Let everything from now on go to this replica."""
        self.workspace.bot_url = self.urls[number]

    def happens(self, what: Any, *about: object, **how: object) -> None:
        """Let something happen whose event goes to the first replica alone; from then on the second is asked."""
        self.to(0)
        self.workspace.happens(what, *about, **how)
        self.to(1)

    def deliver(self, kind: str, payload: dict[str, Any]) -> Ack:
        """Send what Slack would send, on behalf of somebody who has no window any more."""
        return self.workspace.run(self.workspace.core.post.deliver(Envelope(kind, "a test", payload, answerable=True)))

    def types(self, person: str, line: str) -> str:
        """Type a line in #general for somebody; returns what they are told with its acknowledgement."""
        core = self.workspace.core
        who, room = core.workspace.members[person], core.workspace.channels["C0GENERAL"]
        url, trigger = core.response_url("commands", ResponseUrl(person, room.id, core.tickets.now())), core.tickets.trigger(person)
        ack = self.deliver("slash_commands", interactions.slash_command(who, room, "/risk", line, url, trigger))
        return json.dumps(ack.payload)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def replicas(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, masters: Masters, policy: Policy
) -> Iterator[Replicas]:
    folder = tmp_path_factory.mktemp("replicas")
    sqlite = request.param == "sqlite"
    address = masters.sqlite(migrate.upgrade, folder / "riskbot.db") if sqlite else masters.postgresql(migrate.upgrade)
    ports = free_port(), free_port()
    urls = f"http://127.0.0.1:{ports[0]}/slack/events", f"http://127.0.0.1:{ports[1]}/slack/events"
    with Playground(
        folder / "playground", rate_limits=False, manifest=MANIFEST, transport="http", bot_url=urls[0], retry_delays=(0.0, 0.2, 0.2)
    ) as workspace:
        first, second = (_bot(workspace, address, port, folder, policy) for port in ports)
        try:
            # whatever is posted, the second posts it
            first.courier.close()
            workspace.wait_for_bot()
            load(first.database, folder)
            yield Replicas(workspace, (first, second), urls)
        finally:
            first.close()
            second.close()


def _bot(workspace: Playground, address: str, port: int, folder: Path, policy: Policy) -> Application:
    env = Settings(
        slack_bot_token=workspace.bot_token,
        slack_signing_secret=workspace.signing_secret,
        slack_api_url=workspace.api_url,
        riskbot_audit_key="a key that nobody guesses, for tests",
        port=port,
        riskbot_bind="127.0.0.1",
    )
    bot = Application(env, Database(address), anchored_in(folder, policy), pace=BRISK)
    bot.start()
    return bot


@pytest.fixture
def here(replicas: Replicas) -> Iterator[Replicas]:
    """The two, and afterwards everybody and every channel as before; everybody was asked about a moment ago."""
    core = replicas.workspace.core
    people, rooms = dict(core.workspace.members), {name: set(core.workspace.channels[name].members) for name in core.workspace.channels}
    replicas.to(1)
    for bot in replicas.bots:
        for person in people:
            bot.people.user(person)
        assert bot.channels.unsafe("C0APPROVALS") is None
    yield replicas
    replicas.workspace.faults.clear()
    core.workspace.members.update(people)
    for name, members in rooms.items():
        core.workspace.channels[name].members = members
    for bot in replicas.bots:
        bot.people.forget_all()
        bot.channels.forget_all()
        for name in rooms:
            bot.channels.told({"type": "channel_unshared", "channel": name})


@pytest.mark.parametrize("line", ["show ACME", 'log ACME credit L4 S3 X2 "lost its main buyer"', "log", "help"])
def test_the_next_line_of_somebody_who_is_deactivated_is_refused_by_the_other_replica_whatever_slack_answers(here: Replicas, line: str):
    here.workspace.faults.add("users.info", "error:internal_error", times=1000)
    here.happens(happenings.changes, "U0OMAR", deleted=True)
    said = here.types("U0OMAR", line)

    assert GONE in said


def test_a_button_is_refused_by_the_other_replica(here: Replicas):
    ana = here.workspace.person("ana")
    answer = ask(ana, "/risk show ACME")
    here.happens(happenings.changes, "U0EVA", guest=True)
    core = here.workspace.core
    eva, room = core.workspace.members["U0EVA"], core.workspace.channels["C0GENERAL"]
    button = {"type": "button", "block_id": "b", "action_ts": "1.2", "action_id": "form.new:log", "value": "log", "text": {"text": "Log"}}
    url, trigger = core.response_url("actions", ResponseUrl("U0EVA", room.id, core.tickets.now())), core.tickets.trigger("U0EVA")
    here.deliver("interactive", interactions.message_action(eva, room, answer, False, button, {}, url, trigger))

    assert eventually(lambda: [seen for seen in core.workspace.ephemerals(room.id, "U0EVA") if GUEST in seen["text"]])
    assert here.workspace.person("eva").modal() is None


def test_home_is_closed_by_the_other_replica(here: Replicas):
    eva = here.workspace.person("eva")
    here.happens(happenings.changes, "U0EVA", guest=True)
    eva.open_home()

    assert GUEST in words(eva.wait_home(GUEST))


def test_somebody_who_comes_back_is_let_in_by_the_other_replica(here: Replicas):
    here.happens(happenings.changes, "U0EVA", guest=True)
    refused = here.types("U0EVA", "show ACME")
    here.happens(happenings.changes, "U0EVA", guest=False)
    last = newest(here.workspace.person("eva"), "general")
    here.types("U0EVA", "show ACME")

    assert GUEST in refused
    assert "Acme Steel" in here.workspace.person("eva").wait_message("general", after=last)["text"]


def posted(here: Replicas) -> str:
    """The request for approval that the second replica posts."""
    ana = here.workspace.person("ana")
    risk = ask(ana, '/risk log ACME credit L4 S3 X2 "lost its main buyer"')["text"].split()[0]
    last = newest(ana, "risk-approvals")
    ask(ana, f'/risk respond {risk} reduce "assign the receivables"')
    return words(ana.wait_message("risk-approvals", "A-", after=last))


@pytest.fixture
def executors(workspace: Playground, database: Database, policy: Policy, tmp_path: Path) -> list[Executor]:
    """What two replicas carry requests out with; both know everybody."""
    load(database, tmp_path)
    made = [executor_for(workspace, database, policy) for _replica in range(2)]
    for one in made:
        one.people.user(MAKER)
    return made


def test_what_was_queued_before_the_news_is_not_done_by_the_other_replica(executors: list[Executor], workspace: Playground):
    one, other = executors
    key, question, form = keep(other.database, ticket("log", RISK)), ticket("show", {"customer": "ACME"}), ticket("log", RISK)
    told(one, deleted=True)
    other.write(key)
    other.read(question)
    with pytest.raises(NotWelcome, match=GONE):
        other.change_now(form, patience=1)

    assert titles(other.database) == []
    assert ends(other.database) == ["refused"]
    assert "Acme Steel" not in str(list(workspace.core.workspace.ephemerals("C0GENERAL", MAKER)))


def test_a_replica_that_was_away_for_long_forgets_what_it_knew(executors: list[Executor], workspace: Playground):
    one, other = executors
    told(one, deleted=True)
    with one.database.begin(EVERYTHING, write=True) as tx:
        slack_news.tell(tx, {"type": "channel_rename", "channel": "C0RANDOM"}, at=one.clock.now() + slack_news.KEPT + timedelta(seconds=1))
    workspace.happens(happenings.changes, MAKER, deleted=True, quietly=True)
    other.courier.news.look()

    assert other.people.why_outside(MAKER) is Outside.LEFT


def test_a_replica_does_not_hear_its_own_news_again(executors: list[Executor]):
    one, _other = executors
    told(one, deleted=False)
    before = one.people._news_of(MAKER)
    one.courier.news.look()

    assert one.people._news_of(MAKER) == before


def test_the_courier_of_the_other_replica_holds_back_a_message_to_somebody_who_is_out(executors: list[Executor]):
    one, other = executors
    with other.database.begin(EVERYTHING, write=True) as tx:
        facts, at = {"text": "Acme Steel", "blocks": []}, other.clock.now()
        deliveries.enqueue(tx, "answer", facts=facts, audience=f"person:{MAKER}", at=at, thread="a test", reason="a test")
    told(one, deleted=True)
    other.courier.step()

    assert "not an active full member" in waiting(other)[f"person:{MAKER}"]


def test_a_message_is_written_anew_when_another_replica_hears_of_its_readers_while_slack_is_asked(
    executors: list[Executor], workspace: Playground
):
    one, other = executors
    approval_waits(other)
    slow = workspace.faults.add("conversations.info", "slow", seconds=0.3)
    carrying = threading.Thread(target=lambda: all(iter(other.courier.step, False)))
    carrying.start()
    eventually(lambda: slow.times == 0)
    one.courier.news.tell({"type": "channel_shared", "channel": "C0APPROVALS"}, patience=1)
    carrying.join()

    assert waiting(other) == {"route:approvals": READ_BY_OTHERS}


def waiting(executor: Executor) -> dict[str, str]:
    """Why messages wait, by whom they are for."""
    with executor.database.begin(EVERYTHING) as tx:
        query = sa.select(DeliveryRow.audience, DeliveryRow.error).where(DeliveryRow.state == DeliveryState.PENDING.value)
        return {row.audience: row.error for row in tx.connection.execute(query)}


def told(executor: Executor, **facts: object) -> None:
    """Slack tells a replica that the maker's account has changed."""
    event = {"type": "user_change", "user": {"id": MAKER, "real_name": "Ana", **facts}}
    executor.people.changed(event["user"])
    executor.courier.news.tell(event, patience=1)


def test_a_post_of_the_other_replica_is_whole_while_nothing_has_happened(here: Replicas):
    assert "Acme Steel" in posted(here)


def shared(core: Any) -> None:
    """Slack's event is there before its description of the channel."""
    core.events.send(
        "channel_shared", {"type": "channel_shared", "channel": "C0APPROVALS", "connected_team_id": "T0ELSEWHERE", "event_ts": "1.0"}
    )


def swapped(core: Any) -> None:
    """A guest comes, a member goes: they are as many as before."""
    happenings.joins(core, "risk-approvals", "U0GUS")
    happenings.leaves(core, "risk-approvals", "U0EVA")


def demoted(core: Any) -> None:
    """A member of the channel becomes a guest."""
    happenings.changes(core, "U0EVA", guest=True)


@pytest.mark.parametrize("what", [shared, swapped, demoted])
def test_the_next_post_of_the_other_replica_is_masked(here: Replicas, what: Any):
    here.happens(what)
    card = posted(here)

    assert "ACME" in card
    assert "Acme Steel" not in card


def test_an_event_that_could_not_be_written_is_not_acknowledged_and_comes_again(here: Replicas, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(intake, "PATIENCE", 0.1)
    with here.bots[0].database.begin(EVERYTHING, write=True) as tx:
        slack_news.tell(tx, {"type": "channel_rename", "channel": "C0RANDOM"}, at=datetime.now(UTC))
        here.to(0)
        first = here.deliver("events_api", _event("U0OMAR"))
        meanwhile = here.bots[0].people.known_outside("U0OMAR")
    here.to(0)
    second = here.deliver("events_api", _event("U0OMAR"))
    here.to(1)

    assert (first.ok, meanwhile, second.ok) == (False, Outside.LEFT, True)
    assert GONE in here.types("U0OMAR", "show ACME")


def _event(person: str) -> dict[str, Any]:
    event = {"type": "user_change", "user": {"id": person, "deleted": True}, "event_ts": "1.0"}
    return {"type": "event_callback", "team_id": "T0PLAY", "event": event, "event_id": "Ev0TEST", "event_time": 1}


def test_news_of_long_ago_is_not_heard_as_fresh_by_a_replica_that_starts(executors: list[Executor]):
    one, other = executors
    with one.database.begin(EVERYTHING, write=True) as tx:
        gone = {"type": "user_change", "user": {"id": MAKER, "deleted": True}}
        slack_news.tell(tx, gone, at=other.clock.now() - slack_news.KEPT - timedelta(seconds=1))
    other.courier.news.look()

    assert other.people.departures == 0
    assert other.people.why_outside(MAKER) is None
