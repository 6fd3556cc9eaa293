"""Files over a person's quota are not sent, also not two at once; a second person's approval brings the button that sends them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.working.executor import Executor
from commands.approvals import deciding
from playground.hosting import Playground
from playground.person import PATIENCE
from risk_engine.policy.policy import Policy
from storage.approvals import approvals
from storage.database import Database
from storage.schema import AnswerRow
from storage.sight import EVERYTHING
from tests.bot.executing import MAKER, OMAR, carry_out, executor_for, heard, load, ticket


@pytest.fixture
def executor(workspace: Playground, database: Database, policy: Policy, tmp_path: Path) -> Executor:
    """A book of two customers, of whom one person may take one along a day."""
    load(database, tmp_path)
    reads = policy.reads.model_copy(update={"exported_a_day": 1})
    return executor_for(workspace, database, policy.model_copy(update={"reads": reads}))


def answer_to(executor: Executor, **filters: str) -> str:
    """Ask for a list; the key of its buttons."""
    with executor.database.begin(EVERYTHING) as tx:
        before = set(tx.connection.execute(sa.select(AnswerRow.key)).scalars())
    executor.read(ticket("list", filters))
    with executor.database.begin(EVERYTHING) as tx:
        rows = tx.connection.execute(sa.select(AnswerRow.key, AnswerRow.arguments)).all()
    return next(key for key, arguments in rows if key not in before and arguments.get("page", 1) == 1)


def export(executor: Executor, key: str) -> None:
    executor.read(ticket("reply.export", {"key": key}))


def test_of_two_files_at_once_that_are_too_much_together_one_is_sent(executor: Executor, workspace: Playground):
    keys = [answer_to(executor, sector="Metals"), answer_to(executor, sector="Energy")]
    start = threading.Barrier(2)

    def press(key: str) -> None:
        start.wait()
        export(executor, key)

    pressing = [threading.Thread(target=press, args=(key,)) for key in keys]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join(PATIENCE)

    assert len(workspace.core.files) == 1
    assert sum("2 customers within 24 hours, and the limit is 1" in said for said in heard(workspace, "ana")) == 1


def test_the_approved_file_is_sent_to_its_asker_once_they_press(executor: Executor, workspace: Playground):
    key = answer_to(executor)
    export(executor, key)
    held = len(workspace.core.files)
    carry_out(executor, "export.ask", {"key": key, "reason": "the auditors want the whole book"})
    with executor.database.begin(EVERYTHING) as tx:
        (waiting,) = approvals.waiting(tx, limit=9)[1]
        asked = deciding.button_key(waiting, deciding.present(waiting, executor.policies.now, tx))
    carry_out(executor, "approval.approve", {"key": asked}, MAKER)
    export(executor, key)
    still_held = len(workspace.core.files)
    carry_out(executor, "approval.approve", {"key": asked}, OMAR)
    export(executor, key)

    assert (held, still_held, len(workspace.core.files)) == (0, 0, 1)
    assert "2 rows" in heard(workspace, "ana")[-1]
