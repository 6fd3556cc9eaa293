"""Every command × every argument × values that nobody means: refused in words or taken, never a fault, on both databases.

What is tried comes from the registry: a new command is tried without being named here.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa

from commands.data.importing import run_import
from commands.kit.contract import Authority, Command, Person, Refused, Request
from commands.kit.input import inline
from commands.kit.input.fields import Argument, arguments
from commands.kit.registry import registry
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.refusals import Refusal
from storage.database import Database
from storage.delivery import answers, inbox
from storage.delivery.answers import Answer
from storage.migrations import migrate
from storage.policy import policies
from storage.schema import ApprovalRow, BreachRow
from storage.sight import EVERYTHING
from tests.bot.surfaces import filled
from tests.conftest import ENGLISH, LET_IN, MONDAY
from tests.databases import Fill

# each is tried in the place of every argument
HOSTILE = {
    "a bell": "lost \x07 its main buyer",
    "NUL": "lost \x00 its main buyer",
    "only controls": "\x01\x02\x1b[31m\x07\x08",
    "DEL and C1": "lost \x7f\x85\x9b its buyer",
    "a lone surrogate": "lost \ud800 its main buyer",
    "an override of direction": "lost \u202e its main buyer",
    "nothing that is seen": "\u200b\u2060\ufeff\u00ad",
    "blanks": " \t \n \u3000 \u00a0 ",
    "a separator of lines": "lost\u2028its\u2029buyer",
    "no character": "lost \ufffe\U0001ffff its buyer",
    "one long word": "W" * 2900,
    "a long word that wraps": "W" * 290,
    "nested brackets": "[" * 480 + "]" * 480,
    "open brackets": "[" * 999,
    "nested tables": "{a=" * 240 + "1" + "}" * 240,
    "dotted": ".".join("a" * 400),
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "a day beyond": "10000-01-01",
    "no day": "2026-02-30",
    "year 0": "0000-00-00",
    "beyond 64 bit": "99999999999999999999",
    "an id beyond 64 bit": "R-99999999999999999999",
    "the largest id": "R-999999999999",
    "a power": "1e9",
    "not a number": "NaN",
    "infinity": "-inf",
    "minus one": "-1",
    "other digits": "٣٣",
    "SQL": "'; DROP TABLE event; --",
    "LIKE": "%_\\%",
    "markup": "<!channel> <@U0ANA> <https://evil|x> & `*_~",
    "a format": "{0} {customer} %s %(a)s",
    "a zone": "../../etc/passwd",
    "a folder of zones": "America",
    "true": True,
    "a month": "9999-12",
    "month 0": "0000-00",
    "month 13": "2026-13",
    "a time": "24:00",
    "a mention": "<@U0>",
    "a range of mentions": "<!subteam^S1>",
}
# none of these is taken for an argument of any kind
UNKEPT = {
    "a bell",
    "NUL",
    "only controls",
    "DEL and C1",
    "a lone surrogate",
    "an override of direction",
    "a separator of lines",
    "no character",
}
NOTHING = {"nothing that is seen", "blanks"}
# nor these for a day
FAR = {"the last day", "the first day", "a day beyond", "year 0"}
UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
EVERY_RIGHT = Authority(frozenset({Role.RISK_MANAGER, Role.APPROVER, Role.AUDITOR}), frozenset(Right), Reach.ALL)
BOOK = {
    "customers": "id,name,sector,department,manager\nQX1,Quuxwerke AG,Metals,Corporate,U0MEI\n",
    "observations": "customer,indicator,as_of,value\nQX1,dscr,2026-11-20,0.50\n",
}
RECIPES = {
    "customer": "QX1",
    "channel": "C0GENERAL",
    "file.look.file": "F0NOWHERE",
    "find.text": "Quu",
    "outbox.again.what": "1",
    "outbox requeue.what": "1",
    "view": "risks",
    "policy change.key": "responses.default_days",
    "policy change.value": "60",
    "people set.roles": "analyst",
}


def request(policy: Policy, user: str) -> Request:
    return Request(Person(user, user.title(), ENGLISH), MONDAY, policy, f"test {uuid.uuid4().hex}", "C0GENERAL", EVERY_RIGHT, **LET_IN)


def carry_out(database: Database, policy: Policy, name: str, values: Mapping[str, Any]) -> None:
    command = registry().asked(name)
    with database.begin(EVERYTHING, write=True) as tx:
        command.run(inline.check(command, values), request(policy, "U0MEI"), tx)


def furnish(database: Database) -> None:
    "A book with a risk, a response that pending approval, a breach and an answer's buttons."
    migrate.upgrade(database)
    policy = policies.read(None)
    with TemporaryDirectory() as folder:
        for kind, text in BOOK.items():
            (Path(folder) / f"{kind}.csv").write_text(text, "utf-8")
            run_import(database, kind, Path(folder) / f"{kind}.csv", at=datetime.now(UTC), progress=False)
    risk = {"customer": "QX1", "category": "credit", "likelihood": 4, "severity": 3, "scope": 2, "title": "lost its main buyer"}
    carry_out(database, policy, "log", risk)
    carry_out(database, policy, "respond", {"strategy": "reduce", "measure": "assign the receivables", "risk": "R-1"})
    carry_out(database, policy, "digest subscribe", {})
    with database.begin(EVERYTHING, write=True) as tx:
        answers.keep(tx, Answer("a" * 32, "list", {}, "U0ANA", MONDAY, MONDAY.replace(year=2030)))


@pytest.fixture(scope="module")
def stock() -> Fill:
    return furnish


def recipes_of(database: Database) -> dict[str, str]:
    with database.begin(EVERYTHING) as tx:
        approval = tx.connection.execute(sa.select(ApprovalRow.key)).scalar_one()
        breach = tx.connection.execute(sa.select(BreachRow.key).limit(1)).scalar() or "b" * 32
    keys = {"key": "a" * 32, "approval.key": approval, "breach.key": breach, "condition.condition": f"{approval}.1"}
    return {**RECIPES, **keys}


def attempts(recipes: Mapping[str, str], every: int) -> Iterator[tuple[str, str, Command, Argument, dict[str, Any]]]:
    """Every so many of: each command with one hostile value in the place of one argument."""
    values, turn = list(HOSTILE.items()), 0
    for command in [*registry().commands.values(), *registry().actions.values()]:
        usual = filled(command, recipes)
        for argument in arguments(command.args):
            # the next argument begins elsewhere, so that each value is tried in many places
            turn += 1
            for kind, value in values[turn % every :: every]:
                yield f"{command.name} {argument.name}: {kind}", kind, command, argument, {**usual, argument.name: value}


def outcome(database: Database, policy: Policy, command: Command, values: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether it is taken, and what the asker is told; nothing stays behind."""
    asked = request(policy, "U0OMAR")
    try:
        args = inline.check(command, values)
        with database.begin(EVERYTHING, write=True) as tx:
            try:
                inbox.accept(tx, asked.key, {"values": dict(values)}, at=MONDAY)
                reply = command.run(args, asked, tx)
                return True, json.dumps([reply.text, reply.blocks], ensure_ascii=False)
            finally:
                transaction = tx.connection.get_transaction()
                assert transaction is not None
                transaction.rollback()
    except (Refused, Refusal) as error:
        return False, str(registry().refused(error).sentence)


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
def test_a_hostile_value_is_refused_in_words_or_taken_and_never_a_fault(database: Database, policy: Policy, every: int):
    faults, unspeakable, taken = {}, {}, {}
    for label, kind, command, argument, values in attempts(recipes_of(database), every):
        try:
            was_taken, said = outcome(database, policy, command, values)
        except Exception as error:  # a person would read "Something went wrong"
            faults[label] = f"{type(error).__name__}: {str(error)[:80]}"
            continue
        if UNSPEAKABLE.search(said):
            unspeakable[label] = ascii(said)
        if was_taken and (kind in UNKEPT or kind in NOTHING or (argument.type is date and kind in FAR)):
            taken[label] = said

    assert faults == {}
    assert unspeakable == {}
    assert taken == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('log QX1 credit L4 S3 X2 "lost \x07 its buyer"', "Your line contains a character that cannot be stored, U+0007: remove it."),
        ("find lost\ud800", "Your line contains a character that cannot be stored, U+D800: remove it."),
        ("nonsense\x1b[31m", "Your line contains a character that cannot be stored, U+001B: remove it."),
        ('log QX1 credit L4 S3 X2 "   "', "What happened or may happen “   ” is not accepted: expected text of 3 to 300 characters."),
        ('list owner=""', "Owner “” is not accepted: expected a person, as @name."),
        ("audit until=9999-12-31", "Until “9999-12-31” is not accepted: expected a day from 1900-01-01 to 2199-12-31."),
        ("audit since=0001-01-01", "Since “0001-01-01” is not accepted: expected a day from 1900-01-01 to 2199-12-31."),
        ("respond R-99999999999999999999 reduce", "Risk “R-99999999999999999999” is not accepted: expected an id like R-17."),
        ("respond R-2147483648 reduce", "Risk “R-2147483648” is not accepted: expected an id like R-17."),
        ("top 5 page=1e9", "Page “1e9” is not accepted: expected a whole number from 1 to 100000."),
    ],
)
def test_what_is_typed_is_refused_by_name(line: str, said: str):
    with pytest.raises(Refused) as refused:
        inline.read(registry(), line).check_given()

    assert str(refused.value.sentence) == said


def test_a_response_is_not_due_when_nobody_lives_any_more(sqlite: Database, policy: Policy):
    late = {"strategy": "reduce", "measure": "assign the receivables", "risk": "1", "due": "2077-01-01"}

    assert outcome(sqlite, policy, registry().commands["respond"], late) == (
        False,
        "1 Jan 2077 is too far away: the due date must be 23 Nov 2076 or earlier.",
    )


def test_a_message_becomes_the_beginning_of_a_form_without_what_cannot_be_kept():
    prefill = registry().shortcuts["log_message"].prefill
    assert prefill is not None

    assert prefill("lost\x07 its \u202ebuyer\ud800", None)["title"] == "lost\ufffd its buyer\ufffd"
