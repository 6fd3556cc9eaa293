"""Who is shown a customer is known: whatever a reading command names, it names where it is noted."""

from __future__ import annotations

import re

import pytest

from commands.delivery import reads
from commands.home.home import View, home
from commands.kit.access import masking
from commands.kit.access.authority import authority_of
from commands.kit.contract import Command, Refused, Reply
from commands.kit.registry import registry
from storage.customers import customers
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, text_of
from tests.conftest import MONDAY

READING = [command for command in registry().commands.values() if not command.writes]
# the ids of the packaged examples, and those of the book here
STAND_INS = {
    "VK-01": "ACME",
    "Vltava Kov a.s.": "Acme Steel",
    "R-17": "R-1",
    "Transport": "Metals",
    "nordhvn": "nordwnd",
    "2026-10": "2026-11",
}
PRESSES = {"home.ask": [{"view": view.value} for view in View], "customer.show": [{"customer": "ACME"}]}


@pytest.fixture
def lived(one_book):
    one_book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    one_book.ask('respond R-1 reduce "assign the receivables to us"', "U0MEI")
    one_book.observe("NORD,dscr,2026-09-30,1.00", "JIAN,dscr,2026-09-30,1.17")
    return one_book


def named_and_shown(book: Book, answer) -> tuple[set[str], set[str]]:
    """The customers that were noted while an answer was made, and those whose names can be read in it."""
    with masking.noting() as named:
        reply: Reply = answer()
    with book.database.begin(EVERYTHING) as tx:
        names = customers.names(tx, ["ACME", "NOVA", "NORD", "JIAN", "SMITH"])
    screen = f"{reply.text} {text_of(reply.blocks)}"
    return {*named, *reply.shown}, {id for id, name in names.items() if name in screen}


def lines_of(command: Command) -> list[str]:
    """The command's examples, about the book here; and its bare word."""
    found = []
    for example in (command.name, *command.examples):
        for theirs, ours in STAND_INS.items():
            example = example.replace(theirs, ours)
        found.append(re.sub(r"@(\w+)", lambda match: f"<@U0{match[1].upper()}>", example))
    return found


@pytest.mark.parametrize("command", READING, ids=lambda command: command.name)
def test_whoever_is_named_in_an_answer_is_noted(lived, command):
    answered = 0
    # one of the commands is an administrator's alone
    roles = lived.policy.roles.known_as(members={}, administrators=frozenset({"U0ANA"}))
    policy = lived.policy.model_copy(update={"roles": roles})
    for line in lines_of(command):
        try:
            named, shown = named_and_shown(lived, lambda line=line: lived.ask(line, policy=policy))
        except Refused:
            continue
        answered += 1

        assert shown <= named, line

    assert answered, f"no example of {command.name} was answered: give it one, or a stand-in"


@pytest.mark.parametrize(("action", "values"), [(name, values) for name, each in PRESSES.items() for values in each])
def test_whoever_is_named_after_a_press_is_noted(lived, action, values):
    named, shown = named_and_shown(lived, lambda: lived.press(action, "U0MEI", **values))

    assert shown <= named


def test_no_reading_button_is_forgotten():
    known = {action.name for action in registry().actions.values() if not action.writes}

    # these run a command again, or a typed question, which is noted as itself
    assert known - {"reply.again", "reply.export", "find.ask"} <= set(PRESSES)


def test_some_answers_name_somebody(lived):
    named, shown = named_and_shown(lived, lambda: lived.ask("show ACME"))

    assert named == shown == {"ACME"}
    assert len(named_and_shown(lived, lambda: lived.ask("list"))[0]) == 5


def test_home_notes_whom_it_names(lived, asks):
    with lived.database.begin(EVERYTHING) as tx:
        request = asks("U0MEI", authority=authority_of(tx, "U0MEI", lived.policy, at=MONDAY))
        with masking.noting() as named:
            screen = text_of(home(request, tx))

    assert "Acme Steel" in screen
    assert "ACME" in named


def test_one_customer_is_the_subject_and_many_are_counted_and_the_first_named(lived, asks, policy):
    few = policy.model_copy(update={"reads": policy.reads.model_copy(update={"named": 2})})
    request = asks("U0ANA", policy=few)
    with lived.database.begin(EVERYTHING) as tx:
        (one,) = reads.look({"ACME"}, "show", request, tx)
        (many,) = reads.look({"NOVA", "ACME", "JIAN"}, "list", request, tx)

    assert (one.kind, one.subject, one.facts["customers"]) == ("detail.read", "ACME", ["ACME"])
    assert (many.subject, many.facts["customers"], many.facts["count"]) == ("list", ["ACME", "JIAN"], 3)
