"""Fifty people press at the same instant, from two processes: one wins, and every other hears who, what and when.

Run with ``python -m tests.chaos.deciders [--rounds 200] [--postgres] [--minutes M]``; the test suite runs a few.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from datetime import UTC, datetime

from risk_engine.approvals import approval as engine
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice, Stage, Voter
from risk_engine.approvals.refusals import AlreadyDecided
from risk_engine.people.people_policy import People
from risk_engine.people.roles import Role
from risk_engine.references import ApprovalId, ResponseId
from storage import events
from storage.approvals import approvals
from storage.database import Busy, Database
from storage.sight import EVERYTHING
from tests.chaos import running
from tests.processes import at_once, wait_until

PEOPLE, PROCESSES = 50, 2
# the pace of the rounds: all fifty are waiting when one begins
SECONDS_A_ROUND = 0.1
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHOICES = (Choice.APPROVE, Choice.REJECT, Choice.RETURN)


def ask(database: Database, rounds: int) -> None:
    """Put the requests on record."""
    with database.begin(EVERYTHING, write=True) as tx:
        for _round in range(rounds):
            id, about = approvals.next_id(tx), {"kind": ApprovalKind.RESPONSE, "title": "sell the plant"}
            subject = ResponseId(id)
            approvals.add(
                tx, engine.request(id, key=uuid.uuid4().hex, subject=subject, stages=(Stage(),), by="U0", at=AT, days=9, **about)[0]
            )


def press(database: Database, id: ApprovalId, person: str, choice: Choice) -> str:
    """What somebody hears: that they decided, or who had before them."""
    while True:
        try:
            with database.begin(EVERYTHING, write=True) as tx:
                before = approvals.get(tx, id)
                voter = Voter.own(person, frozenset({Role.APPROVER}))
                after, happened = engine.decide(before, choice, by=voter, at=AT, people=People(), reason="because")
                approvals.save(tx, before, after)
                events.record(tx, happened)
            return "decided"
        except Busy:
            continue
        except AlreadyDecided as refused:
            return f"already {refused.verdict} by {refused.by}"


def half(instant: float, url: str, first: int, rounds: int) -> list[list[str]]:
    """Half of the people, each a thread: what each heard, a round."""
    database, told = Database(url), [[""] * (PEOPLE // PROCESSES) for _round in range(rounds)]

    def person(number: int) -> None:
        for turn in range(rounds):
            wait_until(instant + turn * SECONDS_A_ROUND)
            who = first + number + 1
            told[turn][number] = press(database, ApprovalId(turn + 1), f"U{who}", CHOICES[(who + turn) % 3])

    threads = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE // PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    return told


def play(url: str, rounds: int) -> list[Counter[str]]:
    """What the fifty heard in each round."""
    database = Database(url)
    ask(database, rounds)
    database.close()
    halves = at_once(half, [(url, number * PEOPLE // PROCESSES, rounds) for number in range(PROCESSES)])
    return [Counter(one + other) for one, other in zip(*halves, strict=True)]


def faults(rounds: list[Counter[str]]) -> list[str]:
    """What is wrong: a round without one winner, or whose losers heard different things."""
    return [f"round {turn}: {heard}" for turn, heard in enumerate(rounds, 1) if heard["decided"] != 1 or len(heard) != 2]


def main() -> None:
    """A long campaign; fails aloud."""
    wanted = running.arguments(__doc__)
    # the pace is fixed, and so is how many rounds there is time for
    rounds = max(1, min(wanted.rounds, int((wanted.until - time.monotonic()) / SECONDS_A_ROUND)))
    with running.staged(postgres=wanted.postgres) as (_workspace, database, url, _policy):
        wrong = faults(play(url, rounds))
        print(
            f"{database.dialect}: {rounds} rounds of {PEOPLE} people in {PROCESSES} processes, {len(wrong)} of them wrong", *wrong, sep="\n"
        )
    assert not wrong, "a round has one winner, and every other hears the same"


if __name__ == "__main__":
    main()
