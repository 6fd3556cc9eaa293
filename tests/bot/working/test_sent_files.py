"""Files sent to the bot, as the executor carries them out: once, for their sender alone, and from Slack's own host."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.working.executor import Executor
from playground.hosting import Playground
from playground.workspace.uploads import from_person
from risk_engine.people.roles import Reach
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.schema import AnswerRow, CustomerRow, EventRow, ImportRow
from storage.sight import EVERYTHING
from tests.bot.executing import MAKER, OMAR, carry_out, executor_for, heard, keep, load, ticket

BOOK = "Kundennummer;Firma\nC-77;Böhm Stahl\n"


@pytest.fixture
def executor(workspace: Playground, database: Database, policy: Policy, tmp_path: Path) -> Executor:
    load(database, tmp_path)
    return executor_for(workspace, database, policy)


def a_file(workspace: Playground, text: str = BOOK, person: str = MAKER) -> str:
    return str(from_person(workspace.core, "kunden.csv", text.encode(), person)["id"])


def shown(executor: Executor, file: str, person: str = MAKER) -> str:
    """Look at a file; the key of its buttons."""
    carry_out(executor, "file.look", {"file": file}, person)
    with executor.database.begin(EVERYTHING) as tx:
        return str(tx.connection.execute(sa.select(AnswerRow.key).where(AnswerRow.command == "file.look")).scalars().all()[-1])


def imports(executor: Executor) -> list[tuple[str, str]]:
    with executor.database.begin(EVERYTHING) as tx:
        return [tuple(row) for row in tx.connection.execute(sa.select(ImportRow.kind, ImportRow.file).order_by(ImportRow.id))][1:]


def test_an_import_that_is_taken_up_again_after_a_kill_loads_once_and_names_its_person(executor: Executor, workspace: Playground):
    asked = keep(executor.database, ticket("file.import", {"key": shown(executor, a_file(workspace))}))

    executor.write(asked)
    executor.write(asked, again=True)

    assert imports(executor) == [("customers", "kunden.csv")]
    with executor.database.begin(EVERYTHING) as tx:
        actors = tx.connection.execute(sa.select(EventRow.actor).where(EventRow.kind == "import.loaded")).scalars().all()
        assert tx.connection.execute(sa.select(CustomerRow.id).where(CustomerRow.id == "C-77")).scalar() == "C-77"
    assert actors == [MAKER]


def test_a_file_is_shown_and_imported_to_its_sender_alone(executor: Executor, workspace: Playground):
    file = a_file(workspace)
    key = shown(executor, file)

    carry_out(executor, "file.look", {"file": file}, OMAR)
    carry_out(executor, "file.import", {"key": key}, OMAR)

    assert all("sent by somebody else" in said for said in heard(workspace, "omar"))
    assert len(heard(workspace, "omar")) == 2
    assert imports(executor) == []


def test_a_file_is_fetched_from_slacks_host_alone(executor: Executor, workspace: Playground):
    file = a_file(workspace)
    workspace.core.files[file]["url_private_download"] = "http://files.example.org/kunden.csv"

    carry_out(executor, "file.look", {"file": file})

    assert "Slack does not answer" in heard(workspace, "ana")[-1]


def test_somebody_who_sees_some_customers_only_imports_nothing(workspace: Playground, database: Database, policy: Policy, tmp_path: Path):
    load(database, tmp_path)
    own = policy.roles.risk_manager.model_copy(update={"reach": Reach.OWN})
    others = {name: getattr(policy.roles, name).model_copy(update={"reach": Reach.OWN}) for name in ("approver", "auditor")}
    narrow = policy.roles.model_copy(update={"risk_manager": own, **others})
    executor = executor_for(workspace, database, policy.model_copy(update={"roles": narrow}))

    carry_out(executor, "file.look", {"file": a_file(workspace)})

    assert "takes a role that sees all customers" in heard(workspace, "ana")[-1]
