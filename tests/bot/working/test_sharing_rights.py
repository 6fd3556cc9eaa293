"""Rights count when the work is done: what was pressed by somebody who may not any more is not done, and not posted."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.working.work import Workshop
from commands.kit.contract import Refused
from playground.hosting import Playground
from risk_engine.people.roles import Reach, Role
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.people import people
from tests.bot.workshop import MAKER, OMAR, RISK, carry_out, heard, keep, load, ticket, titles, workshop_for


@pytest.fixture
def workshop(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path) -> Workshop:
    """Where whoever has the role of a relationship manager sees their own customers alone, and Ana has none."""
    load(sqlite, tmp_path)
    own = policy.roles.relationship_manager.model_copy(update={"reach": Reach.OWN})
    rules = policy.roles.model_copy(update={"relationship_manager": own})
    return workshop_for(workspace, sqlite, policy.model_copy(update={"roles": rules}))


def plays(workshop: Workshop, person: str, *roles: Role) -> None:
    with workshop.database.begin(write=True) as tx:
        people.save(tx, replace(people.get(tx, person), roles=frozenset(roles), given_by="U0EVA", given_at=datetime.now(UTC)))


def answer(workshop: Workshop, command: str = "show", person: str = MAKER) -> str:
    """An answer that was given to somebody, as its buttons know it."""
    now, values = datetime.now(UTC), {"customer": "ACME"} if command == "show" else {}
    with workshop.database.begin(write=True) as tx:
        answers.keep(tx, kept := Answer(uuid.uuid4().hex, command, values, person, now, now + timedelta(days=1)))
    return kept.key


def shared(workspace: Playground) -> list[str]:
    return [message["text"] for message in workspace.person("omar").messages("general") if not message.get("ephemeral")]


def carried(workshop: Workshop) -> None:
    while workshop.courier.step():
        pass


def leaves(workspace: Playground, workshop: Workshop) -> None:
    members = workspace.core.workspace.members
    members[MAKER] = replace(members[MAKER], deleted=True)
    workshop.people.forget(MAKER)


CHANGES: dict[str, Callable[[Playground, Workshop], None]] = {
    "their role was taken": lambda workspace, workshop: plays(workshop, MAKER),
    "their role does not share": lambda workspace, workshop: plays(workshop, MAKER, Role.VIEWER),
    "they see their own customers alone": lambda workspace, workshop: plays(workshop, MAKER, Role.RELATIONSHIP_MANAGER),
    "they have left": leaves,
}


def test_a_shared_answer_is_posted_with_the_rights_of_whoever_shares_it(workshop: Workshop, workspace: Playground):
    plays(workshop, MAKER, Role.ANALYST)
    before = shared(workspace)
    carry_out(workshop, "reply.share", {"key": answer(workshop)})
    carried(workshop)

    assert ["Acme Steel" in text for text in shared(workspace)[len(before) :]] == [True]


@pytest.mark.parametrize("what", CHANGES)
def test_between_the_press_and_the_post_rights_may_go_and_then_nothing_is_posted(workshop: Workshop, workspace: Playground, what: str):
    plays(workshop, MAKER, Role.ANALYST)
    plays(workshop, OMAR, Role.ANALYST)
    before = shared(workspace)
    carry_out(workshop, "reply.share", {"key": answer(workshop)})
    CHANGES[what](workspace, workshop)
    carried(workshop)

    assert shared(workspace)[len(before) :] == []


@pytest.mark.parametrize("button", ["reply.share", "reply.again"])
def test_somebody_elses_answer_is_asked_again_with_the_rights_of_whoever_presses(workshop: Workshop, workspace: Playground, button: str):
    plays(workshop, OMAR, Role.ANALYST)
    plays(workshop, MAKER, Role.RELATIONSHIP_MANAGER)
    pressed = ticket(button, {"key": answer(workshop, person=OMAR)})
    if button == "reply.again":
        workshop.read(pressed)
    else:
        carry_out(workshop, button, pressed.values)
    carried(workshop)

    assert "Acme" not in str(workspace.person("ana").messages("general"))


def test_a_question_is_refused_where_its_role_was_taken_since_the_answer(workshop: Workshop, workspace: Playground):
    plays(workshop, OMAR, Role.ANALYST)
    workshop.read(ticket("reply.again", {"key": answer(workshop)}))

    assert "takes the right to see customers" in heard(workspace, "ana")[-1]


def test_a_change_that_was_acknowledged_is_not_carried_out_for_somebody_who_has_left(workshop: Workshop, workspace: Playground):
    leaves(workspace, workshop)
    carry_out(workshop, "log", RISK)

    assert titles(workshop.database) == []


@pytest.mark.parametrize("form", [False, True], ids=["typed", "submitted"])
def test_a_role_that_is_taken_while_the_change_waits_for_the_lock_does_not_count_any_more(
    workshop: Workshop, workspace: Playground, form: bool
):
    plays(workshop, OMAR, Role.ANALYST)
    plays(workshop, MAKER, Role.ANALYST)
    asked = ticket("log", RISK)
    key, said = ("", "") if form else keep(workshop.database, asked), []

    def change() -> None:
        try:
            workshop.change_now(asked, patience=5) if form else workshop.write(key)
        except Refused as refused:
            said.append(str(refused.sentence))

    worker = threading.Thread(target=change)
    with workshop.database.begin(write=True) as tx:
        people.save(tx, replace(people.get(tx, MAKER), roles=frozenset(), given_by="U0EVA", given_at=datetime.now(UTC)))
        worker.start()
        # long enough for the first look, which still finds the role
        time.sleep(0.5)
    worker.join(10)
    told = said or heard(workspace, "ana")

    assert titles(workshop.database) == []
    assert "takes the right to write in the register" in told[-1]
