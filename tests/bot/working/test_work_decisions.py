"""Two people decide the same request at the same instant: one of them did, the other is told who and when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.working.executor import Executor
from commands.kit.registry import registry
from playground.hosting import Playground
from playground.person import PATIENCE
from risk_engine.approvals.refusals import MakerCannotDecide
from risk_engine.policy.policy import Policy
from risk_engine.references import ResponseId
from risk_engine.refusals import Refusal
from storage.approvals import approvals
from storage.database import Database
from storage.schema import ApprovalRow, DecisionRow, EventRow, ResponseRow
from storage.sight import EVERYTHING
from tests.bot.executing import EVA, MAKER, OMAR, approval_waits, carry_out, ends, executor_for, heard, keep, load, ticket

ROUNDS = 6
WON = {"approved": "approved; ", "rejected": "rejected; "}


@pytest.fixture
def executor(workspace: Playground, database: Database, policy: Policy, tmp_path: Path) -> Executor:
    load(database, tmp_path)
    return executor_for(workspace, database, policy)


def decisions(database: Database) -> list[tuple[str, str, str, str]]:
    """Verdict and decider by approval, what its response has become, and how many events say so."""
    with database.begin(EVERYTHING) as tx:
        rows = tx.connection.execute(
            sa.select(DecisionRow.verdict, DecisionRow.by, ApprovalRow.verdict, ResponseRow.state)
            .join(ApprovalRow, ApprovalRow.id == DecisionRow.approval_id)
            .join(ResponseRow, approvals.about(ResponseId, ResponseRow.id))
            .order_by(ApprovalRow.id)
        ).all()
    return [tuple(row) for row in rows]


def decided_events(database: Database) -> int:
    with database.begin(EVERYTHING) as tx:
        return tx.connection.execute(sa.select(sa.func.count()).where(EventRow.kind == "approval.decided")).scalar_one()


def together(*acts: Callable[[], object]) -> None:
    start = threading.Barrier(len(acts))

    def begin(act: Callable[[], object]) -> None:
        start.wait()
        act()

    threads = [threading.Thread(target=begin, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE)


def test_a_press_and_a_form_at_the_same_instant_have_one_winner_and_the_other_is_told(executor: Executor, workspace: Playground):
    buttons = approval_waits(executor, ROUNDS)
    eva_heard: list[str] = []
    before = len(heard(workspace, "omar"))

    def reject(button: str) -> None:
        try:
            eva_heard.append(executor.change_now(ticket("approval.reject", {"key": button, "reason": "too thin"}, EVA), patience=2).text)
        except Refusal as refused:
            eva_heard.append(str(registry().refused(refused).sentence))

    for button in buttons:
        key = keep(executor.database, ticket("approval.approve", {"key": button}, OMAR))
        together(lambda key=key: executor.write(key), lambda button=button: reject(button))

    found, omar_heard = decisions(executor.database), heard(workspace, "omar")[before:]
    assert len(found) == len(omar_heard) == len(eva_heard) == decided_events(executor.database) == ROUNDS
    for number, (verdict, by, stands, state) in enumerate(found):
        winner, loser = (omar_heard, eva_heard) if by == OMAR else (eva_heard, omar_heard)
        assert verdict == stands == state == ("approved" if by == OMAR else "rejected")
        assert f"is {verdict}; " in winner[number]
        assert f"was already {verdict} by <@{by}>" in loser[number]


def test_two_presses_in_two_replicas_have_one_winner_and_the_other_is_told(executor: Executor, workspace: Playground, policy: Policy):
    buttons = approval_waits(executor, ROUNDS)
    replica = executor_for(workspace, executor.database, policy)
    for button in buttons:
        one = keep(executor.database, ticket("approval.approve", {"key": button}, OMAR))
        other = keep(executor.database, ticket("approval.approve", {"key": button}, EVA))
        together(lambda one=one: executor.write(one), lambda other=other: replica.write(other))

    said = list(zip(heard(workspace, "omar"), heard(workspace, "eva"), strict=True))
    assert [sorted("already approved" in each for each in pair) for pair in said] == [[False, True]] * ROUNDS
    assert decided_events(executor.database) == ROUNDS
    assert ends(executor.database).count("refused") == ROUNDS


def test_a_second_press_by_the_same_person_is_told_and_changes_nothing(executor: Executor, workspace: Playground):
    (button,) = approval_waits(executor)
    for _ in range(2):
        carry_out(executor, "approval.approve", {"key": button}, OMAR)

    assert f"A-1 was already approved by <@{OMAR}>" in heard(workspace, "omar")[-1]
    assert len(decisions(executor.database)) == 1


@pytest.mark.parametrize("verdict", ["approve", "reject", "return"])
def test_whoever_asked_cannot_decide(executor: Executor, verdict: str):
    (button,) = approval_waits(executor)
    values = {"key": button} | ({} if verdict == "approve" else {"reason": "I changed my mind"})

    with pytest.raises(MakerCannotDecide):
        executor.change_now(ticket(f"approval.{verdict}", values, MAKER), patience=2)

    assert decisions(executor.database) == []
