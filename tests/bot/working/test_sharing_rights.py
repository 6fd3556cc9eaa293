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

from bot.working.executor import Executor
from commands.kit.contract import Refused
from playground.hosting import Playground
from playground.person import PATIENCE
from risk_engine.people.roles import Reach, Role
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.people import people
from storage.sight import EVERYTHING
from tests.bot.executing import MAKER, OMAR, RISK, carry_out, executor_for, heard, keep, load, ticket, titles


@pytest.fixture
def executor(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path) -> Executor:
    """Where whoever has the role of a relationship manager sees their own customers alone, and Ana has none."""
    load(sqlite, tmp_path)
    own = policy.roles.relationship_manager.model_copy(update={"reach": Reach.OWN})
    rules = policy.roles.model_copy(update={"relationship_manager": own})
    return executor_for(workspace, sqlite, policy.model_copy(update={"roles": rules}))


def plays(executor: Executor, person: str, *roles: Role) -> None:
    with executor.database.begin(EVERYTHING, write=True) as tx:
        people.save(tx, replace(people.get(tx, person), roles=frozenset(roles), given_by="U0EVA", given_at=datetime.now(UTC)))


def answer(executor: Executor, command: str = "show", person: str = MAKER) -> str:
    """An answer that was given to somebody, as its buttons know it."""
    now, values = datetime.now(UTC), {"customer": "ACME"} if command == "show" else {}
    with executor.database.begin(EVERYTHING, write=True) as tx:
        answers.keep(tx, kept := Answer(uuid.uuid4().hex, command, values, person, now, now + timedelta(days=1)))
    return kept.key


def shared(workspace: Playground) -> list[str]:
    return [message["text"] for message in workspace.person("omar").messages("general") if not message.get("ephemeral")]


def carried(executor: Executor) -> None:
    while executor.courier.step():
        pass


def leaves(workspace: Playground, executor: Executor) -> None:
    members = workspace.core.workspace.members
    members[MAKER] = replace(members[MAKER], deleted=True)
    executor.people.forget(MAKER)


CHANGES: dict[str, Callable[[Playground, Executor], None]] = {
    "their role was taken": lambda workspace, executor: plays(executor, MAKER),
    "their role does not share": lambda workspace, executor: plays(executor, MAKER, Role.VIEWER),
    "they see their own customers alone": lambda workspace, executor: plays(executor, MAKER, Role.RELATIONSHIP_MANAGER),
    "they have left": leaves,
}


def test_a_shared_answer_is_posted_with_the_rights_of_whoever_shares_it(executor: Executor, workspace: Playground):
    plays(executor, MAKER, Role.ANALYST)
    before = shared(workspace)
    carry_out(executor, "reply.share", {"key": answer(executor)})
    carried(executor)

    assert ["Acme Steel" in text for text in shared(workspace)[len(before) :]] == [True]


@pytest.mark.parametrize("what", CHANGES)
def test_between_the_press_and_the_post_rights_may_go_and_then_nothing_is_posted(executor: Executor, workspace: Playground, what: str):
    plays(executor, MAKER, Role.ANALYST)
    plays(executor, OMAR, Role.ANALYST)
    before = shared(workspace)
    carry_out(executor, "reply.share", {"key": answer(executor)})
    CHANGES[what](workspace, executor)
    carried(executor)

    assert shared(workspace)[len(before) :] == []


@pytest.mark.parametrize("button", ["reply.share", "reply.again"])
def test_somebody_elses_answer_is_asked_again_with_the_rights_of_whoever_presses(executor: Executor, workspace: Playground, button: str):
    plays(executor, OMAR, Role.ANALYST)
    plays(executor, MAKER, Role.RELATIONSHIP_MANAGER)
    pressed = ticket(button, {"key": answer(executor, person=OMAR)})
    if button == "reply.again":
        executor.read(pressed)
    else:
        carry_out(executor, button, pressed.values)
    carried(executor)

    assert "Acme" not in str(workspace.person("ana").messages("general"))


def test_a_question_is_refused_where_its_role_was_taken_since_the_answer(executor: Executor, workspace: Playground):
    plays(executor, OMAR, Role.ANALYST)
    executor.read(ticket("reply.again", {"key": answer(executor)}))

    assert "to see customers; your role" in heard(workspace, "ana")[-1]


def test_a_change_that_was_acknowledged_is_not_carried_out_for_somebody_who_has_left(executor: Executor, workspace: Playground):
    leaves(workspace, executor)
    carry_out(executor, "log", RISK)

    assert titles(executor.database) == []


@pytest.mark.parametrize("form", [False, True], ids=["typed", "submitted"])
def test_a_role_that_is_taken_while_the_change_waits_for_the_lock_does_not_count_any_more(
    executor: Executor, workspace: Playground, form: bool
):
    plays(executor, OMAR, Role.ANALYST)
    plays(executor, MAKER, Role.ANALYST)
    asked = ticket("log", RISK)
    key, said = ("", "") if form else keep(executor.database, asked), []

    def change() -> None:
        try:
            executor.change_now(asked, patience=PATIENCE) if form else executor.write(key)
        except Refused as refused:
            said.append(str(refused.sentence))

    worker = threading.Thread(target=change)
    with executor.database.begin(EVERYTHING, write=True) as tx:
        people.save(tx, replace(people.get(tx, MAKER), roles=frozenset(), given_by="U0EVA", given_at=datetime.now(UTC)))
        worker.start()
        # long enough for the first look, which still finds the role
        time.sleep(0.5)
    worker.join(PATIENCE)
    told = said or heard(workspace, "ana")

    assert titles(executor.database) == []
    assert "to edit the register; your role" in told[-1]


def test_an_answer_that_is_not_stored_yet_is_not_shared_before_its_channel_is_checked(executor: Executor, workspace: Playground):
    before = shared(workspace)
    carry_out(executor, "reply.share", {"key": uuid.uuid4().hex})
    carried(executor)

    assert "not stored yet" in heard(workspace, "ana")[-1]
    assert shared(workspace) == before
