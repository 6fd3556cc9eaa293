"""Judgements about default: stored, found again, and read by scoring as they were known on a day; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from risk_engine.approvals import approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice, Stage, Voter
from risk_engine.approvals.proposal import ProposalState
from risk_engine.classification.judgement import Judgement
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.people.people_policy import People
from risk_engine.people.roles import Role
from risk_engine.references import JudgementId
from storage.approvals import approvals
from storage.classification import approved_judgements, judgements
from storage.database import Conflict, Database, Tx
from storage.schema import CustomerRow, ImportRow
from storage.scoring.score_facts.judgements import judgements as facts
from storage.scoring.score_facts.owned import Book
from storage.sight import EVERYTHING

MONDAY, DAY = datetime(2026, 11, 23, 9, tzinfo=UTC), timedelta(days=1)
TODAY = MONDAY.date()
BOOK = Book(np.array(["ACME", "NOVA", "OTHER"]))
NEVER = "NaT"


@pytest.fixture
def customers(database: Database) -> Database:
    with database.begin(EVERYTHING, write=True) as tx:
        counts = dict.fromkeys(("rows", "added", "changed", "unchanged", "merged", "refused"), 0)
        tx.connection.execute(ImportRow.__table__.insert().values(id=1, kind="customers", file="book.csv", sha256="", at=MONDAY, **counts))
        tx.connection.execute(CustomerRow.__table__.insert(), [{"id": id, "since_import": 1} for id in ("ACME", "NOVA")])
    return database


def propose(tx: Tx, kind: JudgementKind = JudgementKind.UNLIKELY_TO_PAY, customer: str = "ACME", **more: Any) -> Judgement:
    said = {"kind": kind, "customer": customer, "since": TODAY, "reason": "no support", "proposed_by": "U0ANA", "proposed_at": MONDAY}
    made = Judgement(id=judgements.next_id(tx), **said | more)
    judgements.add(tx, made)
    return made


def decide(tx: Tx, made: Judgement, choice: Choice = Choice.APPROVE, at: datetime = MONDAY) -> Judgement:
    """Decide a judgement as its approval does; an approved end also ends its judgement."""
    id = approvals.next_id(tx)
    about = {"subject": made.id, "kind": ApprovalKind.DEFAULT, "customer": made.customer, "title": made.reason}
    asked, _event = approval.request(id, key=f"key {int(id)}", stages=(Stage(),), by="U0ANA", at=MONDAY, days=400, **about)
    approvals.add(tx, asked)
    voter = Voter.own("U0OMAR", frozenset({Role.APPROVER}))
    decided, _event = approval.decide(asked, choice, by=voter, at=at, people=People(), reason="because")
    approvals.save(tx, asked, decided)
    assert decided.verdict is not None
    judgements.save(tx, made.become(decided.verdict))
    if made.ends is not None and decided.verdict is ProposalState.APPROVED:
        standing = judgements.get(tx, made.ends)
        assert standing is not None
        judgements.save(tx, standing.become(ProposalState.ENDED))
    return replace(made, state=decided.verdict, version=2)


def read(tx: Tx, as_of: date = TODAY, at: datetime | None = None) -> list[tuple[str, int, str, str, str]]:
    """The facts as (customer, number, kind, first day, last day)."""
    found = facts(tx, BOOK, as_of, at)
    rows = zip(BOOK.ids[found.owner], found.ids, found.kinds.texts(), found.since, found.until, strict=True)
    return [(str(who), int(id), str(kind), str(since), str(until)) for who, id, kind, since, until in rows]


def test_a_judgement_is_found_again_as_it_was_written(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        made = propose(tx, JudgementKind.REBUTTAL, until=TODAY + DAY)
        later = propose(tx, JudgementKind.VOID)
        end = propose(tx, JudgementKind.END, ends=made.id)

        assert [judgements.get(tx, one.id) for one in (made, later, end)] == [made, later, end]
        assert judgements.get(tx, JudgementId(9)) is None
        assert judgements.waiting(tx, "ACME", JudgementKind.REBUTTAL) == made
        assert judgements.waiting(tx, "NOVA", JudgementKind.REBUTTAL) is None
        assert judgements.on_record(tx, "ACME") == [end, later, made]
        assert judgements.on_record(tx, "ACME", at=MONDAY - DAY) == []


def test_of_one_kind_only_one_is_pending_for_a_customer(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        decide(tx, propose(tx), Choice.REJECT)
        propose(tx)
        propose(tx, JudgementKind.VOID)
        propose(tx, customer="NOVA")
    with pytest.raises(Conflict, match="pending"), customers.begin(EVERYTHING, write=True) as tx:
        propose(tx)


def test_only_approved_judgements_that_last_are_in_force(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        unlikely, rebuttal = decide(tx, propose(tx)), decide(tx, propose(tx, JudgementKind.REBUTTAL, until=TODAY))
        decide(tx, propose(tx, JudgementKind.VOID))
        propose(tx, customer="NOVA")

        assert judgements.in_force(tx, "ACME", on=TODAY) == [rebuttal, unlikely]
        assert judgements.in_force(tx, "ACME", on=TODAY + DAY) == [unlikely]
        assert judgements.in_force(tx, "ACME", on=TODAY - DAY) == []
        assert judgements.in_force(tx, "NOVA", on=TODAY) == []


def test_scoring_reads_approved_judgements_from_their_first_day(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        decide(tx, propose(tx, since=TODAY - 9 * DAY))
        decide(tx, propose(tx, JudgementKind.VOID, customer="NOVA"))
        decide(tx, propose(tx, JudgementKind.REBUTTAL, until=TODAY), Choice.REJECT)
        propose(tx, JudgementKind.REBUTTAL, until=TODAY)

        first = ("ACME", 1, "unlikely_to_pay", "2026-11-14", NEVER)
        assert read(tx) == [first, ("NOVA", 2, "void", "2026-11-23", NEVER)]
        assert read(tx, TODAY - DAY) == [first]
        assert read(tx, TODAY - 10 * DAY) == []


def test_scoring_reads_a_judgement_only_as_approved_by_the_moment(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        decide(tx, propose(tx), at=MONDAY + DAY)

        assert read(tx, at=MONDAY) == []
        assert len(read(tx, at=MONDAY + DAY)) == 1


def test_a_rebuttal_has_its_last_day_and_stays_when_it_is_over(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        decide(tx, propose(tx, JudgementKind.REBUTTAL, until=TODAY + DAY))

        assert read(tx, TODAY) == read(tx, TODAY + 9 * DAY) == [("ACME", 1, "rebuttal", "2026-11-23", "2026-11-24")]


def test_of_two_last_days_the_earlier_counts(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        rebuttal = decide(tx, propose(tx, JudgementKind.REBUTTAL, until=TODAY + 30 * DAY))
        decide(tx, propose(tx, JudgementKind.END, ends=rebuttal.id), at=MONDAY + 3 * DAY)

        assert read(tx) == [("ACME", 1, "rebuttal", "2026-11-23", "2026-11-25")]


def test_the_last_day_of_a_judgement_is_that_before_its_end_was_approved(customers: Database):
    approved = MONDAY + 5 * DAY
    with customers.begin(EVERYTHING, write=True) as tx:
        standing = decide(tx, propose(tx))
        end = propose(tx, JudgementKind.END, ends=standing.id, since=TODAY + DAY)
        before = read(tx, TODAY + 4 * DAY)
        decide(tx, end, at=approved)

        assert before == [("ACME", 1, "unlikely_to_pay", "2026-11-23", NEVER)]
        assert read(tx) == read(tx, TODAY + 5 * DAY) == [("ACME", 1, "unlikely_to_pay", "2026-11-23", "2026-11-27")]
        # as it was known before the end was approved
        assert read(tx, TODAY + 4 * DAY, at=approved - DAY) == before


def test_an_end_that_was_rejected_ends_nothing(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        standing = decide(tx, propose(tx))
        decide(tx, propose(tx, JudgementKind.END, ends=standing.id), Choice.REJECT)
        decide(tx, propose(tx, JudgementKind.END, ends=standing.id), Choice.REJECT)

        assert read(tx, TODAY + 9 * DAY) == [("ACME", 1, "unlikely_to_pay", "2026-11-23", NEVER)]


def test_a_judgement_counts_from_its_first_day_to_that_before_its_end_as_known_at_the_moment(customers: Database):
    with customers.begin(EVERYTHING, write=True) as tx:
        standing = decide(tx, propose(tx))
        decide(tx, propose(tx, JudgementKind.END, ends=standing.id), at=MONDAY + 5 * DAY)
        decide(tx, propose(tx, JudgementKind.REBUTTAL, until=TODAY + DAY))
        (unlikely, rebuttal), (before, _rebuttal) = (approved_judgements.of_customer(tx, "ACME", at=at) for at in (None, MONDAY))

    assert (unlikely.judgement.id, rebuttal.judgement.id) == (JudgementId(1), JudgementId(3))
    assert [unlikely.counts(TODAY + n * DAY) for n in (-1, 0, 4, 5)] == [False, True, True, False]
    assert [rebuttal.counts(TODAY + n * DAY) for n in (0, 1, 2)] == [True, True, False]
    assert before.counts(TODAY + 900 * DAY)
