"""Approvals: decided once, whatever races, and never by the one who asked; the database itself holds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from risk_engine.approvals import approval as engine
from risk_engine.approvals import condition
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice, Stage, Voter
from risk_engine.approvals.proposal import ProposalState
from risk_engine.people.people_policy import People
from risk_engine.people.roles import Role
from risk_engine.references import ApprovalId, ResponseId
from storage.approvals import approvals, conditions
from storage.database import Conflict, Database, Tx
from storage.rows import insert_row
from storage.schema import ApprovalRow, DecisionRow, VoteRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

MAKER, OMAR, EVA = "U0ANA", "U0OMAR", "U0EVA"
TWO = (Stage(quorum=2), Stage(people=(OMAR, EVA, "U0MEI"), committee="credit", veto=(EVA,), share="3/4"))
HEARD = {"number": 9, "step": 0, "maker": MAKER, "choice": "approve", "at": MONDAY, "reason": None, "seen": None}


def ask(database: Database, count: int = 1, stages: tuple[Stage, ...] = (Stage(),), **more: Any) -> list[ApprovalId]:
    with database.begin(EVERYTHING, write=True) as tx:
        ids = [approvals.next_id(tx) for _ in range(count)]
        for id in ids:
            about = {"subject": ResponseId(id), "kind": ApprovalKind.RESPONSE, "customer": "ACME", "title": "sell the plant", **more}
            key, at = f"key {int(id)}", MONDAY + timedelta(minutes=int(id))
            approvals.add(tx, engine.request(id, key=key, stages=stages, by=MAKER, at=at, days=14, **about)[0])
    return ids


def say(tx: Tx, id: ApprovalId, choice: Choice, by: str, **more: Any) -> Approval:
    before = approvals.get(tx, id)
    after = spoken(before, choice, by, **more)
    approvals.save(tx, before, after)
    return after


def spoken(before: Approval, choice: Choice, by: str, **more: Any) -> Approval:
    voter = Voter.own(by, frozenset({Role.APPROVER}))
    return engine.decide(before, choice, by=voter, at=MONDAY, people=People(), reason="because", **more)[0]


def decisions(database: Database) -> list[tuple[int, str, str]]:
    with database.begin(EVERYTHING) as tx:
        return [
            tuple(row)
            for row in tx.connection.execute(
                sa.select(DecisionRow.approval_id, DecisionRow.verdict, DecisionRow.by).order_by(DecisionRow.approval_id)
            )
        ]


def test_a_decision_is_read_back_with_who_when_and_why(database: Database):
    (id,) = ask(database)
    with database.begin(EVERYTHING, write=True) as tx:
        say(tx, id, Choice.REJECT, OMAR)

    with database.begin(EVERYTHING) as tx:
        found = approvals.by_key(tx, "key 1")
    assert (found.verdict, found.decided_by, found.decided_at, found.reason) == (ProposalState.REJECTED, OMAR, MONDAY, "because")
    assert decisions(database) == [(1, "rejected", OMAR)]


def test_a_decision_on_an_approval_as_it_was_before_another_decision_is_a_conflict(database: Database):
    (id,) = ask(database)
    with database.begin(EVERYTHING) as tx:
        seen = approvals.get(tx, id)
    with database.begin(EVERYTHING, write=True) as tx:
        say(tx, id, Choice.APPROVE, OMAR)

    with pytest.raises(Conflict), database.begin(EVERYTHING, write=True) as tx:
        approvals.save(tx, seen, spoken(seen, Choice.REJECT, EVA))
    assert decisions(database) == [(1, "approved", OMAR)]


def test_even_past_the_version_a_second_decision_row_cannot_exist(database: Database):
    (id,) = ask(database)
    with database.begin(EVERYTHING, write=True) as tx:
        insert_row(tx, DecisionRow, {"approval_id": int(id), "verdict": "approved", "by": OMAR, "at": MONDAY})

    with pytest.raises(Conflict, match="A-1 has a decision, or this voice was heard"), database.begin(EVERYTHING, write=True) as tx:
        say(tx, id, Choice.REJECT, EVA)
    with database.begin(EVERYTHING) as tx:
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

    with pytest.raises(IntegrityError, match="ck_approval_"), database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(ApprovalRow).where(ApprovalRow.id == int(id)).values(**columns))


def test_what_waits_is_listed_oldest_first_with_its_whole_number(database: Database):
    ids = ask(database, 5)
    with database.begin(EVERYTHING, write=True) as tx:
        say(tx, ids[1], Choice.RETURN, OMAR)

    with database.begin(EVERYTHING) as tx:
        count, first = approvals.waiting(tx, limit=2)
        newest = approvals.of_subject(tx, ResponseId(3))
    assert (count, [str(asked.id) for asked in first]) == (4, ["A-1", "A-3"])
    assert isinstance(newest, Approval)


def test_steps_amount_and_picture_are_read_back_as_they_were_written(database: Database):
    (id,) = ask(database, stages=TWO, amount=Decimal("12345678.91"), picture={"grade": "low", "group": {"EUR": "5.00"}})

    with database.begin(EVERYTHING) as tx:
        found = approvals.get(tx, id)
    assert (found.stages, found.amount, found.picture) == (TWO, Decimal("12345678.91"), {"grade": "low", "group": {"EUR": "5.00"}})
    assert (found.kind, found.step, found.votes, found.expires_at) == (
        ApprovalKind.RESPONSE,
        0,
        (),
        found.requested_at + timedelta(days=14),
    )


def test_voices_and_conditions_are_read_back_in_their_order(database: Database):
    (id,) = ask(database, stages=TWO)
    with database.begin(EVERYTHING, write=True) as tx:
        say(tx, id, Choice.APPROVE, OMAR, conditions=[("file the deed", date(2026, 12, 1))], seen="abc", present="abc")
    with database.begin(EVERYTHING, write=True) as tx:
        after = say(tx, id, Choice.APPROVE, "U0ZOE", conditions=[("insure it", date(2026, 12, 2))])

    with database.begin(EVERYTHING) as tx:
        found = approvals.by_key(tx, "key 1")
    assert (found.votes, found.conditions, found.step, found.verdict) == (after.votes, after.conditions, 1, None)
    assert [vote.seen for vote in found.votes] == ["abc", None]


def test_a_voice_that_was_heard_cannot_be_written_again_whatever_the_version(database: Database):
    (id,) = ask(database, stages=TWO)
    with database.begin(EVERYTHING, write=True) as tx:
        insert_row(tx, VoteRow, {**HEARD, "approval_id": int(id), "person": OMAR, "authority": EVA})

    for who in (OMAR, EVA):
        with database.begin(EVERYTHING) as tx:
            unaware = replace(approvals.get(tx, id), votes=())
        with pytest.raises(Conflict, match="this voice was heard"), database.begin(EVERYTHING, write=True) as tx:
            approvals.save(tx, unaware, spoken(unaware, Choice.APPROVE, who))


@pytest.mark.parametrize("who", [{"person": MAKER, "authority": OMAR}, {"person": OMAR, "authority": MAKER}])
def test_the_database_refuses_the_makers_voice_also_through_a_deputy(database: Database, who: dict):
    (id,) = ask(database)

    with pytest.raises(IntegrityError, match="ck_vote_four_eyes"), database.begin(EVERYTHING, write=True) as tx:
        insert_row(tx, VoteRow, {**HEARD, "approval_id": int(id), **who})


def test_its_maker_may_take_a_request_back(database: Database):
    (id,) = ask(database)
    with database.begin(EVERYTHING, write=True) as tx:
        before = approvals.get(tx, id)
        approvals.save(tx, before, engine.withdraw(before, by=MAKER, at=MONDAY)[0])

    with database.begin(EVERYTHING) as tx:
        assert approvals.get(tx, id).verdict is ProposalState.WITHDRAWN
    assert decisions(database) == [(1, "withdrawn", MAKER)]


def test_what_has_ended_is_listed_with_the_last_first_and_what_waits_by_its_time(database: Database):
    ids = ask(database, 4)
    with database.begin(EVERYTHING, write=True) as tx:
        say(tx, ids[2], Choice.APPROVE, OMAR)
        say(tx, ids[0], Choice.REJECT, OMAR)

    with database.begin(EVERYTHING) as tx:
        count, ended = approvals.decided(tx, limit=1)
        reminding = {"remind_hours": (24, 72), "warn_hours": 24, "limit": 9}
        found = [approvals.to_look_after(tx, now=MONDAY + timedelta(days=days, minutes=2), **reminding) for days in (0, 1, 14)]
    assert (count, [str(one.id) for one in ended]) == (2, ["A-3"])
    assert [[str(id) for id in each] for each in found] == [[], ["A-2"], ["A-2", "A-4"]]


def test_a_condition_counts_once_its_request_is_approved_until_it_is_met(database: Database):
    first, second = ask(database, 2)
    with database.begin(EVERYTHING, write=True) as tx:
        for id, day in ((first, 5), (second, 3)):
            say(tx, id, Choice.APPROVE, OMAR, conditions=[("file the deed", date(2026, 12, day))])
        waiting = ask_in(tx)
        say(tx, waiting, Choice.APPROVE, OMAR, conditions=[("of what still waits", date(2026, 12, 1))])

    with database.begin(EVERYTHING, write=True) as tx:
        count, open_ = conditions.unmet(tx, limit=9)
        by_then, _page = conditions.unmet(tx, due=date(2026, 12, 4), limit=9)
        met, _event = condition.meet(open_[0], maker=MAKER, by=OMAR, at=MONDAY, evidence="entry 12")
        conditions.save(tx, met)
    assert (count, by_then, [(str(one.approval), one.due.day) for one in open_]) == (2, 1, [("A-2", 3), ("A-1", 5)])
    with database.begin(EVERYTHING, write=True) as tx:
        assert [str(one.approval) for one in conditions.unmet(tx, limit=9)[1]] == ["A-1"]
        assert approvals.get(tx, second).conditions[0].evidence == "entry 12"
        with pytest.raises(Conflict):
            conditions.save(tx, met)


def ask_in(tx: Tx) -> ApprovalId:
    id = approvals.next_id(tx)
    about = {"subject": ResponseId(9), "kind": ApprovalKind.RESPONSE, "title": "wait"}
    approvals.add(tx, engine.request(id, key="key 9", stages=TWO, by=MAKER, at=MONDAY, days=14, **about)[0])
    return id
