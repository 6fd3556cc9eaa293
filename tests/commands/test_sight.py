"""Whoever sees one department: whatever they ask, press, choose or open, nothing of another department's customers is in the answer.

The questions are made from the registry, so that a new command is asked too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from commands.home.home import home
from commands.kit.access.masking import noting
from commands.kit.contract import Authority, Command, Person, Refused, Reply, Request
from commands.kit.input import inline
from commands.kit.input.fields import Argument, arguments
from commands.kit.registry import registry
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.refusals import Refusal
from storage import events
from storage.approvals import approvals
from storage.database import Database, Tx
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.schema import ApprovalRow, BreachRow, JudgementRow, OverrideRow, ResponseRow, RiskRow
from storage.sight import EVERYTHING, Sight
from tests.conftest import ENGLISH, LET_IN, MONDAY, migrated
from tests.raw_events import RawEvent
from tests.storage.reach import Who, enter

ASKER = "U0MEI"
OURS = [Who("VIK-1", "Corporate", "U0ANA", "North Group"), Who("VIK-2", "corporate", ASKER, None, "USD", "Projects")]
THEIRS = [Who("HID-1", "Projects", "U0OMAR", "North Group", guarantor="VIK-1"), Who("HID-2", None, None, None, "USD", "Corporate")]
SIGHT = Sight(Reach.DEPARTMENT, frozenset({"CORPORATE"}), frozenset({ASKER}))
# it may do everything, so that what it does not get is not seen
AUTHORITY = Authority(frozenset(Role) - {Role.ADMINISTRATOR}, frozenset(Right), SIGHT.reach, SIGHT.departments, given=True)
ROWS = (RiskRow, OverrideRow, JudgementRow, ApprovalRow, BreachRow)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with a number: whose it is, and the key of its buttons."""

    id: str
    whose: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A book of two departments, and what may be typed about the customers of either."""

    database: Database
    policy: Policy
    # what no answer may hold, unless it was typed
    secrets: frozenset[str]
    keys: tuple[str, ...]
    # numbers of things: R-3, T-5 …
    things: Mapping[str, tuple[str, ...]]
    untouched: list[Any]

    def request(self, **more: Any) -> Request:
        person, more = Person(ASKER, "Mei", ENGLISH), LET_IN | more
        return Request(person, MONDAY + timedelta(hours=1), self.policy, "command test", "C0GENERAL", authority=AUTHORITY, **more)

    def answer(self, ask: Callable[[Any, Request, Tx], Any], about: Any) -> tuple[str, bool]:
        """Everything that an answer says, or its refusal, and which of the two."""
        with self.database.begin(EVERYTHING) as tx:
            return self._said(ask, about, tx)

    def tried(self, ask: Callable[[Any, Request, Tx], Any], about: Any) -> tuple[str, bool]:
        """The same of what may write: it writes nothing about those who are not seen, and nothing of the rest stays."""
        said = ("", False)
        with suppress(_LeaveNoTrace), self.database.begin(EVERYTHING, write=True) as tx:
            said = self._said(ask, about, tx)
            assert of_theirs(tx) == self.untouched, about
            raise _LeaveNoTrace
        return said

    def _said(self, ask: Callable[[Any, Request, Tx], Any], about: Any, tx: Tx) -> tuple[str, bool]:
        with noting() as named:
            try:
                return f"{everything_in(ask(about, self.request(), replace(tx, sight=SIGHT)))} {sorted(named)}", True
            except Refusal as refusal:
                return str(registry().refused(refusal).sentence), False
            except Refused as refused:
                return f"{refused.sentence} {list(getattr(refused, 'candidates', ()))}", False


class _LeaveNoTrace(Exception):
    pass


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Iterator[Shelf]:
    """The book of both departments."""
    yield from shelved(f"sqlite:///{tmp_path_factory.mktemp('shelf') / 'riskbot.db'}", policy, [*OURS, *THEIRS])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Iterator[Shelf]:
    """The same where the others never were."""
    yield from shelved(f"sqlite:///{tmp_path_factory.mktemp('alone') / 'riskbot.db'}", policy, OURS)


def shelved(url: str, policy: Policy, book: Sequence[Who]) -> Iterator[Shelf]:
    database = Database(migrated(url))
    with database.begin(EVERYTHING, write=True) as tx:
        # sentences give low numbers as examples
        for _number in range(20):
            approvals.next_id(tx)
        enter(tx, book)
    # a transaction of its own, so that the trail states the rows under no subject of theirs
    with database.begin(EVERYTHING, write=True) as tx:
        things = _things(tx)
        _events(tx, things)
        _answers(tx)
        untouched = of_theirs(tx)
    theirs = {who.id for who in THEIRS}
    told = [each for who in THEIRS for each in (who.id, who.name, f"F-{who.id}")]
    secrets = {*told, *(each for thing in things if thing.whose in theirs for each in (thing.id, thing.key) if each)}
    by_letter = {letter: (*(thing.id for thing in things if thing.id[0] == letter), f"{letter}-999") for letter in "RTABOJ"}
    keys = tuple(thing.key for thing in things if thing.key)
    yield Shelf(database, policy, frozenset(secrets), keys, by_letter, untouched)
    database.close()


def _things(tx: Tx) -> list[Thing]:
    """Everything that has a number."""
    found = []
    for letter, row in zip("ROJAB", ROWS, strict=True):
        key = row.key if hasattr(row, "key") else sa.null()
        found += [Thing(f"{letter}-{id}", *more) for id, *more in tx.connection.execute(sa.select(row.id, row.customer_id, key))]
    query = sa.select(ResponseRow.id, RiskRow.customer_id).join(RiskRow, RiskRow.id == ResponseRow.risk_id)
    return [*found, *(Thing(f"T-{id}", whose, None) for id, whose in tx.connection.execute(query))]


def of_theirs(tx: Tx) -> list[Any]:
    """Everything on record about those who are not seen."""
    ids = [who.id for who in THEIRS]
    found = [list(tx.connection.execute(sa.select(*row.__table__.columns).where(row.customer_id.in_(ids)))) for row in ROWS]
    treated = sa.select(ResponseRow.id, ResponseRow.state).join(RiskRow, RiskRow.id == ResponseRow.risk_id)
    return [*found, list(tx.connection.execute(treated.where(RiskRow.customer_id.in_(ids))))]


_KINDS = {
    "R": "risk.logged",
    "B": "breach.opened",
    "T": "response.proposed",
    "O": "override.proposed",
    "J": "judgement.proposed",
    "A": "approval.requested",
}


def _events(tx: Tx, things: Sequence[Thing]) -> None:
    """That each of them came to be; what is seen first, as the trail counts on."""
    ours = {who.id for who in OURS}
    for thing in sorted(things, key=lambda thing: thing.whose not in ours):
        facts = {"customer": thing.whose, "kri": "DSCR", "owner": "U0ANA", "title": f"of {thing.whose}"}
        events.record(tx, RawEvent(_KINDS[thing.id[0]], thing.id, "U0ANA", MONDAY, facts))


# what the asker was answered when they still saw everybody, and whose buttons are pressed again
ASKED = ({"customer": "HID-1"}, {"customer": "VIK-1"})


def _answers(tx: Tx) -> None:
    for number, values in enumerate(ASKED):
        key = f"{number:032x}"
        answers.keep(tx, Answer(key, "data" if number else "show", values, ASKER, MONDAY, MONDAY + timedelta(days=9)))


# --- what can be asked --------------------------------------------------------------------------------------------

LONG = "a text that is long enough to be a reason"
TYPED = (
    "HID-1",
    "VIK-1",
    "Company hid-1",
    "compnay hid-1",
    "North Group",
    "Projects",
    "R-3",
    "T-5",
    "J-5",
    "A-26",
    "B-5",
    LONG,
    "C0GENERAL",
    "conditions",
)


def values_for(argument: Argument, shelf: Shelf) -> Sequence[Any]:
    """What somebody might say for an argument, what is not theirs first; from its type, its bounds and its name alone."""
    if argument.choices:
        return list(argument.choices)
    if argument.is_reference:
        return shelf.things.get(argument.type.letter, ("D-1",))
    if argument.ask.person:
        return ["U0OMAR", ASKER]
    if argument.type is int:
        return [1, 2]
    if argument.type in (date, time):
        return ["2026-12-01"] if argument.type is date else ["08:30"]
    if argument.name == "key":
        return [*shelf.keys, *(f"{number:032x}" for number in range(len(ASKED)))]
    return TYPED if argument.required or argument.ask.options else TYPED[::6]


def questions(command: Command, shelf: Shelf) -> Iterator[dict[str, Any]]:
    """Arguments of a command: each of its values once, with the first that fits of the others."""
    known = list(arguments(command.args))
    pools = {argument.name: values_for(argument, shelf) for argument in known}
    usual = {argument.name: LONG if argument.ask.multiline else pools[argument.name][0] for argument in known if argument.required}
    if not any(len(pools[name]) for name in usual):
        yield {}
    for name, pool in pools.items():
        for value in pool:
            given = {**usual, name: value}
            with suppress(Refused):
                inline.check(command, given)
                yield given


def everything_in(reply: Any) -> str:
    """All that somebody could read, press or open of an answer."""
    if not isinstance(reply, Reply):
        return json.dumps(reply, ensure_ascii=False)
    pages = [args.model_dump(mode="json") for _label, args in reply.pages]
    sheet = [reply.sheet.name, *map(str, reply.sheet.rows)] if reply.sheet else []
    noted = [event.subject for event in reply.noted]
    return json.dumps([reply.text, reply.blocks, pages, sheet, noted], ensure_ascii=False, default=str)


def leaks(said: str, shelf: Shelf, given: Mapping[str, Any]) -> list[str]:
    """What is in an answer that nobody typed and that is not theirs."""
    typed = " ".join(str(value) for value in given.values()).lower()
    return sorted(
        secret
        for secret in shelf.secrets
        if secret.lower() not in typed and re.search(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", said, re.I)
    )


NAMES = [*registry().commands, *registry().actions]


def command_of(name: str) -> Command:
    found = registry().asked(name)
    assert found is not None
    return found


WRITING = [name for name in NAMES if command_of(name).writes]
READING = [name for name in NAMES if name not in WRITING]
# keys are made by chance; what follows is of the facts that lay before, and those of a whole group count whoever asks
KEY = re.compile(r"\b[0-9a-f]{32}(\.[0-9a-f]{12})?\b")


@pytest.mark.parametrize("name", WRITING)
def test_nothing_is_done_about_customers_whom_one_does_not_see_and_no_word_said(shelf, name):
    command = command_of(name)
    for given in questions(command, shelf):
        said, _ok = shelf.tried(command.run, inline.check(command, given))
        form, _ok = shelf.answer(command.ready, given) if command.ready else ("", True)

        assert leaks(f"{form} {said}", shelf, given) == [], (given, said)


@pytest.mark.parametrize("name", READING)
def test_the_answer_is_the_one_that_is_given_where_the_others_never_were(shelf, alone, name):
    command = command_of(name)
    for given in questions(command, shelf):
        for asked in filter(None, (command.run, command.sheet and _as_a_file(command))):
            here, there = (KEY.sub("…", each.answer(asked, inline.check(command, given))[0]) for each in (shelf, alone))

            assert here == there, given


def _as_a_file(command: Command) -> Callable[[Any, Request, Tx], Reply]:
    assert command.sheet is not None
    sheet = command.sheet
    return lambda args, request, tx: Reply("", sheet=sheet(args, request, tx))


@pytest.mark.parametrize("name", ["show", "respond", "breach.ack", "approval.reject", "log", "audit", "reply.export"])
def test_the_questions_reach_what_is_seen_and_what_is_not(shelf, name):
    command = command_of(name)

    assert {shelf.tried(command.run, inline.check(command, given))[1] for given in questions(command, shelf)} == {True, False}


@pytest.mark.parametrize("name", registry().options)
def test_no_list_of_choices_holds_anything_of_them(shelf, name):
    options = registry().options[name]
    for text in ("", *TYPED, "hid", "company", "1", "buyer"):
        found = shelf.answer(options.find, text)[0] + shelf.answer(options.meant, text)[0]

        assert leaks(found, shelf, {}) == [], text


def test_home_is_the_one_that_is_shown_where_the_others_never_were(shelf, alone):
    here, there = (KEY.sub("…", each.answer(lambda _nothing, request, tx: home(request, tx), None)[0]) for each in (shelf, alone))

    assert here == there
    assert OURS[0].name in here


@pytest.mark.parametrize(
    "line",
    [
        *(
            "show HID-1",
            "show Company hid-1",
            "data HID-1",
            "find HID-1",
            "find hid",
            "show R-3",
            "audit R-3",
            "show J-5",
            "default J-5",
            "audit J-5",
            "audit B-5",
            "audit HID-1",
        ),
        *("audit A-26", "audit T-5", "list department=Projects", "list risks department=Projects", "top department=Projects"),
        *("log HID-1 credit L4 S3 X2 it has lost its buyer", "respond R-3 reduce sell the plant", "override HID-1 low for a good reason"),
        *("default HID-1 unlikely it has lost its parent", "default HID-1 end the parent is back again"),
    ],
)
def test_what_is_not_seen_reads_exactly_like_what_is_not_there(shelf, alone, line):
    asked = inline.read(registry(), line)
    here, there = (each.tried(asked.command.run, asked.checked()) for each in (shelf, alone))

    assert here == there


def test_a_channel_gets_no_more_by_somebodys_wish_than_they_see(shelf):
    def subscribe(line: str) -> tuple[str, bool]:
        asked = inline.read(registry(), f"digest subscribe {line}")
        return shelf.tried(asked.command.run, asked.checked())

    assert subscribe("")[1] is False
    assert "CORPORATE" in subscribe("sector=Energy")[0]
    assert subscribe("department=Projects")[1] is False
    assert subscribe("department=Corporate")[1] is True
