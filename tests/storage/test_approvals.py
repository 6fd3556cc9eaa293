"""Approvals: decided once, whatever races, and never by the one who asked; the database itself holds it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from risk_engine import approval as engine
from risk_engine.approval import Approval, Verdict
from risk_engine.references import ApprovalId
from risk_engine.refusals import AlreadyDecided
from storage import approvals
from storage.database import Busy, Conflict, Database, Tx
from storage.rows import insert_row
from storage.schema import ApprovalRow, DecisionRow
from tests.conftest import MONDAY
from tests.processes import at_once, wait_until

MAKER, OMAR, EVA = "U0ANA", "U0OMAR", "U0EVA"
ROUNDS = 20


def ask(database: Database, count: int = 1) -> list[ApprovalId]:
    with database.begin(write=True) as tx:
        ids = [approvals.next_id(tx) for _ in range(count)]
        for id in ids:
            about = {"subject": f"T-{int(id)}", "customer": "ACME", "title": "sell the plant"}
            asked, _event = engine.request(id, key=f"key {int(id)}", by=MAKER, at=MONDAY + timedelta(minutes=int(id)), **about)
            approvals.add(tx, asked)
    return ids


def decide(tx: Tx, id: ApprovalId, verdict: Verdict, by: str) -> None:
    asked = approvals.get(tx, id)
    decided, _event = engine.decide(asked, verdict, by=by, at=MONDAY, reason="because")
    approvals.decide(tx, decided)


def decide_patiently(database: Database, id: ApprovalId, verdict: Verdict, by: str) -> str:
    """What a person is told: that they decided, or who had before them."""
    while True:
        try:
            with database.begin(write=True) as tx:
                decide(tx, id, verdict, by)
            return "decided"
        except Busy:
            continue
        except AlreadyDecided as refused:
            return f"already {refused.facts['verdict']} by {refused.facts['by']}"


def decisions(database: Database) -> list[tuple[int, str, str]]:
    with database.begin() as tx:
        return [
            tuple(row)
            for row in tx.connection.execute(
                sa.select(DecisionRow.approval_id, DecisionRow.verdict, DecisionRow.by).order_by(DecisionRow.approval_id)
            )
        ]


def test_a_decision_is_read_back_with_who_when_and_why(database: Database):
    (id,) = ask(database)
    with database.begin(write=True) as tx:
        decide(tx, id, Verdict.REJECTED, OMAR)

    with database.begin() as tx:
        found = approvals.by_key(tx, "key 1")
    assert (found.verdict, found.decided_by, found.decided_at, found.reason) == (Verdict.REJECTED, OMAR, MONDAY, "because")
    assert decisions(database) == [(1, "rejected", OMAR)]


def test_a_decision_on_an_approval_as_it_was_before_another_decision_is_a_conflict(database: Database):
    (id,) = ask(database)
    with database.begin() as tx:
        seen = approvals.get(tx, id)
    with database.begin(write=True) as tx:
        decide(tx, id, Verdict.APPROVED, OMAR)
    late, _event = engine.decide(seen, Verdict.REJECTED, by=EVA, at=MONDAY, reason="no")

    with pytest.raises(Conflict), database.begin(write=True) as tx:
        approvals.decide(tx, late)
    assert decisions(database) == [(1, "approved", OMAR)]


def test_even_past_the_version_a_second_decision_row_cannot_exist(database: Database):
    (id,) = ask(database)
    with database.begin(write=True) as tx:
        insert_row(tx, DecisionRow, {"approval_id": int(id), "verdict": "approved", "by": OMAR, "at": MONDAY})

    with pytest.raises(Conflict, match="A-1 has a decision"), database.begin(write=True) as tx:
        decide(tx, id, Verdict.REJECTED, EVA)
    with database.begin() as tx:
        assert approvals.get(tx, id).verdict is None


@pytest.mark.parametrize(
    "columns",
    [
        {"verdict": "approved", "decided_by": MAKER},
        {"verdict": "approved", "decided_by": None},
        {"verdict": None, "decided_by": OMAR},
    ],
    ids=["by the maker", "by nobody", "without a verdict"],
)
def test_the_database_refuses_a_decision_by_the_maker_or_by_nobody_whoever_writes_it(database: Database, columns: dict):
    (id,) = ask(database)

    with pytest.raises(IntegrityError, match="ck_approval_"), database.begin(write=True) as tx:
        tx.connection.execute(sa.update(ApprovalRow).where(ApprovalRow.id == int(id)).values(**columns))


def test_what_waits_is_listed_oldest_first_with_its_whole_number(database: Database):
    ids = ask(database, 5)
    with database.begin(write=True) as tx:
        decide(tx, ids[1], Verdict.RETURNED, OMAR)

    with database.begin() as tx:
        count, first = approvals.waiting(tx, limit=2)
        newest = approvals.of_subject(tx, "T-3")
    assert (count, [str(asked.id) for asked in first]) == (4, ["A-1", "A-3"])
    assert isinstance(newest, Approval)


def race(instant: float, url: str, verdict: str, by: str) -> list[str]:
    database = Database(url)
    wait_until(instant)
    said = [decide_patiently(database, ApprovalId(number), Verdict(verdict), by) for number in range(1, ROUNDS + 1)]
    database.close()
    return said


def test_of_two_processes_that_approve_and_reject_at_the_same_instant_one_wins_and_the_other_is_told(database: Database, database_url: str):
    ask(database, ROUNDS)
    approver, rejecter = at_once(race, [(database_url, "approved", OMAR), (database_url, "rejected", EVA)])

    pairs = set(zip(approver, rejecter, strict=True))
    assert pairs <= {("decided", f"already approved by {OMAR}"), (f"already rejected by {EVA}", "decided")}
    assert [verdict for _id, verdict, _by in decisions(database)] == ["approved" if said == "decided" else "rejected" for said in approver]


def test_of_many_threads_that_decide_the_same_approval_one_wins(database: Database):
    ids = ask(database, 5)
    told: dict[tuple[int, int], str] = {}
    start = threading.Barrier(6)

    def person(number: int) -> None:
        start.wait()
        for id in ids:
            told[number, int(id)] = decide_patiently(database, id, list(Verdict)[number % 3], f"U{number}")

    people = [threading.Thread(target=person, args=(number,)) for number in range(6)]
    for one in people:
        one.start()
    for one in people:
        one.join(30)

    winners = {int(id): [n for n in range(6) if told[n, int(id)] == "decided"] for id in ids}
    assert {id: len(who) for id, who in winners.items()} == {int(id): 1 for id in ids}
    assert [(id, by) for id, _verdict, by in decisions(database)] == [(id, f"U{who[0]}") for id, who in winners.items()]
