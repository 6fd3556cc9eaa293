"""The matrix: every surface × every role, and everybody who is not let in: allowed, or refused in words with nothing leaked.

It is written from the registry, so that a new command cannot be forgotten: one that needs a value that nobody can guess fails here
until RECIPES has it.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from slack_bolt import BoltRequest

from bot.receiving.intake import Intake
from bot.receiving.listeners import build_app
from bot.settings import Settings
from bot.working.pool import Pool
from commands.kit.access.access import _WORDS, Outside
from playground.hosting import Playground
from playground.transport.wire import FROM_BOT, WireEntry
from playground.workspace.seed import TEAM_ID, Member
from risk_engine.approvals.proposal import ProposalState
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.references import ResponseId
from storage.database import Database
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.migrations import migrate
from storage.people import people
from storage.register import responses
from storage.schema import ApprovalRow, BreachRow, DeliveryRow, NoticeRow, Table
from storage.sight import EVERYTHING
from tests.bot.executing import carry_out, executor_for, load
from tests.bot.surfaces import Surface, everything
from tests.conftest import MANIFEST
from tests.databases import Masters

# nothing of this is typed by anybody in the matrix: whoever receives one of them was told something about a customer
NAME, OTHER, TITLE, MEASURE, AMOUNT = "Quuxwerke", "ZEBRA77", "grumbled about flux", "assign the gronk", "7654321"
# as it stands in a table, in a sentence and in a file; ids and times have such digits by chance, but not by themselves
AS_SHOWN = rf"(?<![\w.])(?:{AMOUNT}|7[,.\s]654[,.\s]321|7[.,]65\b)"
SECRETS = re.compile("|".join([NAME, "Zebrafink", OTHER, TITLE, MEASURE, AS_SHOWN]), re.IGNORECASE)
BOOK = f"id,name,sector,department,manager\nQX1,{NAME} AG,Metals,Corporate,U0MEI\n{OTHER},Zebrafink Power,Energy,,\n"
LENT = f"id,customer,kind,currency,limit,outstanding\nF1,QX1,term_loan,EUR,9000000,{AMOUNT}\n"
READ = "customer,indicator,as_of,value\nQX1,dscr,2026-09-30,1.00\n"
LACKING = re.compile("You need the role|cannot decide approvals|you are not one of them")

ANA = "U0ANA"
MEMBERS: list[Role | None] = [*Role, None]
OUTSIDERS = {
    "U0GUS": Outside.GUEST,
    "U0SINGLE": Outside.GUEST,
    "U0STRANGE": Outside.STRANGER,
    "U0GONE": Outside.LEFT,
    "U0MACHINE": Outside.APP,
    "U0UNKNOWN": Outside.UNKNOWN,
}


EVERYWHERE = ("U0GUS", "U0STRANGE")
Reachable = Callable[[list[Surface]], list[Surface]]


class AtOnce(Pool):
    """A pool without threads: what is handed in is done before the next line."""

    def __init__(self) -> None:
        super().__init__(workers=0)

    def submit(self, work: Any, *, priority: int = 0) -> bool:
        work()
        return True

    @property
    def full(self) -> bool:
        return False


@dataclass(frozen=True)
class Surroundings:
    """The whole bot in one thread."""

    workspace: Playground
    database: Database
    policy: Policy
    app: Any
    courier: Any
    surfaces: list[Surface]
    # what has gone over the wire since somebody last reached in
    sent: list[WireEntry]

    def take(self, surface: Surface, who: Member) -> tuple[str, str]:
        """Reach in by a surface: what was acknowledged, and all that was sent to Slack because of it."""
        self.sent.clear()
        ways_back = (self.workspace.core.tickets.trigger(who.id), self.workspace.core.workspace.direct(who.id).id)
        response = self.app.dispatch(BoltRequest(mode="socket_mode", body=surface.send(who, *ways_back)))
        assert response.status == 200, (surface.name, response.body)
        while self.courier.step():
            pass
        sent = [[entry.what, entry.sent] for entry in self.sent if entry.direction == FROM_BOT and not entry.what.startswith("users.")]
        return str(response.body), json.dumps([sent, self._left()], ensure_ascii=False)

    def _left(self) -> list[Any]:
        """What could not be brought to anybody, as Slack has no way to them; it is taken out of the way."""
        with self.database.begin(EVERYTHING, write=True) as tx:
            waiting = sa.delete(DeliveryRow).where(DeliveryRow.state == "pending").returning(DeliveryRow.notice_id)
            notices = list(tx.connection.execute(waiting).scalars())
            return list(tx.connection.execute(sa.select(NoticeRow.facts).where(NoticeRow.id.in_(notices))).scalars()) if notices else []

    def plays(self, role: Role | None) -> None:
        """Let Ana play one role, or none."""
        with self.database.begin(EVERYTHING, write=True) as tx:
            held = frozenset() if role is None else frozenset({role})
            people.save(tx, replace(people.get(tx, ANA), roles=held, given_by="U0EVA", given_at=datetime.now(UTC)))

    def written(self) -> list[tuple[Any, ...]]:
        """How much stands in each table, but for the bookkeeping of requests and refusals."""
        with self.database.begin(EVERYTHING) as tx:
            return [tuple(row) for row in tx.connection.execute(_ALL_TABLES)]


def _count(table: sa.Table) -> sa.Select[Any]:
    versions = sa.func.coalesce(sa.func.sum(table.c.version), 0) if "version" in table.c else sa.literal(0)
    query = sa.select(sa.literal(table.name), sa.func.count(), versions)
    return query.where(table.c.kind != "access.refused") if table.name == "event" else query


_BOOKKEEPING = {"inbox", "notice", "delivery", "greeting", "home_visit"}
_ALL_TABLES = sa.union_all(*(_count(table) for table in Table.metadata.sorted_tables if table.name not in _BOOKKEEPING))


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory, policy: Policy, masters: Masters) -> Iterator[Surroundings]:
    folder = tmp_path_factory.mktemp("matrix")
    database = Database(masters.sqlite(migrate.upgrade, folder / "riskbot.db"))
    # nobody cuts the machine's power here, and thousands of requests would wait for the disk
    sa.event.listen(database.engine, "connect", lambda connection, _entry: connection.execute("PRAGMA synchronous=OFF"))
    # whoever looks after customers of their own sees those alone; none of the book is Ana's
    own = policy.roles.relationship_manager.model_copy(update={"reach": Reach.OWN})
    rules = policy.model_copy(update={"roles": policy.roles.model_copy(update={"relationship_manager": own})})
    with Playground(folder / "playground", rate_limits=False, manifest=MANIFEST) as workspace:
        members = workspace.core.workspace.members
        members["U0SINGLE"] = Member("U0SINGLE", "Sina Single", "sina", guest=True, single=True)
        members["U0MACHINE"] = Member("U0MACHINE", "A machine", "machine", bot=True)
        executor = executor_for(workspace, database, rules)
        recipes = furnished(executor, folder)
        intake = Intake(executor, AtOnce())
        settings = Settings(slack_bot_token=workspace.bot_token, slack_app_token=workspace.app_token, slack_api_url=workspace.api_url)
        app = build_app(settings, executor.client, intake, TEAM_ID)
        sent: list[WireEntry] = []
        workspace.wire.listeners.append(sent.append)
        yield Surroundings(workspace, database, rules, app, executor.courier, list(everything(recipes)), sent)
    database.close()


def furnished(executor: Any, folder: Path) -> dict[str, str]:
    """A book with something of everything in it, roles given, nothing in the outbox; and what the buttons carry."""
    database = executor.database
    for kind, text in (("customers", BOOK), ("facilities", LENT), ("observations", READ)):
        load(database, folder, kind, text)
    risk = {"customer": "QX1", "category": "credit", "likelihood": 4, "severity": 3, "scope": 2, "title": TITLE}
    carry_out(executor, "log", risk, "U0MEI")
    carry_out(executor, "respond", {"strategy": "reduce", "measure": MEASURE, "risk": "R-1"}, "U0MEI")
    carry_out(executor, "respond", {"strategy": "share", "measure": MEASURE, "risk": "R-1"}, "U0MEI")
    carry_out(executor, "control", {"risk": "R-1", "title": MEASURE}, "U0MEI")
    now, key = datetime.now(UTC), uuid.uuid4().hex
    with database.begin(EVERYTHING, write=True) as tx:
        answers.keep(tx, Answer(key, "list", {}, ANA, now, now + timedelta(days=1)))
        people.save(tx, replace(people.get(tx, "U0EVA"), roles=frozenset({Role.ADMINISTRATOR}), given_by="U0EVA", given_at=now))
        approval = tx.connection.execute(sa.select(ApprovalRow.key).order_by(ApprovalRow.id)).scalars().first()
        second = responses.get(tx, ResponseId(2))
        responses.save(tx, second.into(ProposalState.APPROVED, by="U0OMAR", at=now))
        breach = tx.connection.execute(sa.select(BreachRow.key).limit(1)).scalar()
    while executor.courier.step():
        pass
    return RECIPES | {"reply.key": key, "approval.key": approval, "breach.key": breach or key, "condition.condition": f"{approval}.1"}


# what cannot be guessed from an argument's type
RECIPES: dict[str, str] = {
    "customer": "QX1",
    "key": uuid.uuid4().hex,
    "channel": "C0GENERAL",
    "view": "help",
    "file.look.file": "F0NOWHERE",
    "find.text": "Quu",
    "outbox.again.what": "1",
    "outbox requeue.what": "1",
    "policy change.key": "responses.default_days",
    "policy change.value": "60",
}


def rights_of(application: Surroundings, role: Role | None) -> frozenset[Right]:
    """What somebody with this role may do in the book: what waits there is of an ordinary kind, on which only those speak who decide."""
    rights = application.policy.roles.rights([role] if role else [])
    return rights if Right.DECIDE in rights else rights - {Right.VOICE}


def amiss(application: Surroundings, surface: Surface, who: Member, role: Role | None) -> str | None:
    """What is wrong with how somebody of the house was answered."""
    rights = rights_of(application, role)
    ack, sent = application.take(surface, who)
    told, sees_none = ack + sent, Right.READ not in rights or role is Role.RELATIONSHIP_MANAGER
    if "Something went wrong" in told:
        return "it failed"
    if sees_none and (found := SECRETS.search(told)):
        return f"it leaks {found[0]!r}: {told}"
    if surface.silent:
        return None if ('"value"' in ack) is (surface.needs <= rights and not sees_none) else f"it offers {ack}"
    if surface.needs <= rights:
        return f"it is refused: {told}" if LACKING.search(told) else None
    return None if LACKING.search(told) else f"it is not refused: {told}"


def by_kind_and_rights(surfaces: list[Surface]) -> list[Surface]:
    """One surface of each kind for each set of rights that it can take."""
    return list({(_kind(one), one.needs): one for one in surfaces}.values())


# each surface, and so each command, as each role: the longer ring; at every change, the ways in and the rights that they take
REACH = [pytest.param(by_kind_and_rights, id="each kind"), pytest.param(list, id="every surface", marks=pytest.mark.long)]


@pytest.mark.parametrize("role", MEMBERS, ids=lambda role: role.value if role else "no role")
@pytest.mark.parametrize("reach", REACH)
def test_whoever_plays_a_role_may_do_what_the_policy_says_and_nothing_else(application: Surroundings, role: Role | None, reach: Reachable):
    application.plays(role)
    rights, surfaces = rights_of(application, role), reach(application.surfaces)
    ana, before = application.workspace.core.workspace.members[ANA], application.written()
    # what is refused comes first: not one of these leaves anything behind
    refused = {one.name: found for one in surfaces if not one.needs <= rights and (found := amiss(application, one, ana, role))}
    left = application.written()
    allowed = {one.name: found for one in surfaces if one.needs <= rights and (found := amiss(application, one, ana, role))}

    assert refused == {}
    assert left == before
    assert allowed == {}


def test_what_must_not_leak_is_what_a_viewer_does_see(application: Surroundings):
    application.plays(Role.VIEWER)
    ana = application.workspace.core.workspace.members[ANA]
    seen = "".join(
        application.take(one, ana)[1] for one in application.surfaces if one.name in {"types /risk show", "types /risk list", "writes show"}
    )

    assert NAME in seen
    assert "Zebrafink" in seen
    assert TITLE in seen
    assert re.search(AS_SHOWN, seen)


def one_of_a_kind(surfaces: list[Surface]) -> list[Surface]:
    return [next(each) for _kind, each in by_kind(surfaces)]


@pytest.mark.parametrize(
    ("id", "reach"),
    [
        *(pytest.param(id, one_of_a_kind, id=id) for id in OUTSIDERS),
        # all of them are stopped at one door: a guest and a stranger try every surface, the others one of each kind
        *(pytest.param(id, list, id=f"{id} everywhere", marks=pytest.mark.long) for id in EVERYWHERE),
    ],
)
def test_whoever_is_not_let_in_is_told_so_everywhere_and_learns_nothing(application: Surroundings, id: str, reach: Reachable):
    application.plays(Role.ANALYST)
    who, before = application.workspace.core.workspace.members.get(id) or Member(id, "Nobody", "nobody"), application.written()
    wrong = {surface.name: found for surface in reach(application.surfaces) if (found := unfriendly(application, surface, who))}

    assert wrong == {}
    assert application.written() == before


def by_kind(surfaces: list[Surface]) -> Iterator[tuple[str, Iterator[Surface]]]:
    """The surfaces by how one reaches in: the first word of their names."""
    return groupby(sorted(surfaces, key=_kind), key=_kind)


def _kind(surface: Surface) -> str:
    return surface.name.split()[0]


def unfriendly(application: Surroundings, surface: Surface, who: Member) -> str | None:
    """What is wrong with how somebody was answered who is not let in."""
    ack, sent = application.take(surface, who)
    if found := SECRETS.search(ack + sent):
        return f"it leaks {found[0]!r}: {ack} {sent}"
    if surface.silent:
        return None if json.loads(ack) == {"options": []} else f"it offers {ack}"
    return None if str(_WORDS[OUTSIDERS[who.id]]) in ack + sent else f"no word of why: {ack} {sent}"


def test_a_refusal_is_written_into_the_trail_once_an_hour_for_each_person_and_thing(application: Surroundings):
    application.plays(None)
    members = application.workspace.core.workspace.members
    for surface in [one for one in application.surfaces if one.name in {"types /risk log", "submits the form of log", "opens Home"}] * 2:
        for id in (ANA, "U0GUS"):
            application.take(surface, members[id])
    with application.database.begin(EVERYTHING) as tx:
        rows = tx.connection.exec_driver_sql("SELECT actor, payload, substr(at, 1, 13) FROM event WHERE kind = 'access.refused'").all()
    tried = [(actor, json.loads(payload)["what"], json.loads(payload)["lacking"], hour) for actor, payload, hour in rows]

    assert {(actor, what, lacking) for actor, what, lacking, _hour in tried} >= {(ANA, "log", "write"), ("U0GUS", "the door", "guest")}
    assert len(tried) == len(set(tried))
