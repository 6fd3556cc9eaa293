"""Whoever was told of an event, and whoever was not, can be looked up afterwards with the reason."""

from __future__ import annotations

import pytest

from commands.delivery import Draft, record, tell
from commands.kit.contract import To
from commands.kit.registry import registry
from storage.audit import trail
from storage.audit.trail import Wanted
from storage.delivery import deliveries
from storage.delivery.deliveries import Decision, DeliveryState
from storage.sight import EVERYTHING
from tests.commands.conftest import text_of
from tests.conftest import MONDAY
from tests.raw_events import RawEvent


def decisions(book, kind: str) -> list[list[tuple[str, Decision]]]:
    """What was decided about each event of a kind, the newest event first."""
    with book.database.begin(EVERYTHING) as tx:
        found = trail.entries(tx, Wanted(until=MONDAY, kind=kind), limit=100)
        told = deliveries.told_of(tx, [entry.event.id for entry in found])
        return [[(each.notice, each.decision) for each in told[entry.event.id]] for entry in found]


def crowd(book, count: int, value: str = "1.00") -> None:
    book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(count)))
    book.observe(*(f"X{n:02},dscr,2026-09-30,{value}" for n in range(count)))


def test_an_alert_of_its_own_was_delivered(book):
    book.observe("ACME,dscr,2026-09-30,1.17")

    assert decisions(book, "breach.opened") == [[("breach.alert", Decision.DELIVERED)]]


def test_each_of_many_breaches_says_that_one_message_told_of_it(book):
    crowd(book, 6)

    *others, last = reversed(decisions(book, "breach.opened"))
    assert others == [[("breach.alert", Decision.GROUPED)]] * 5
    assert last == [("breach.alert", Decision.GROUPED), ("breach.many", Decision.DELIVERED)]


def test_a_breach_that_is_history_says_that_nobody_was_told(one_book):
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        record(tx, RawEvent("breach.opened", "B-1", "monitor", MONDAY, {}), one_book.policy, tell=False)

    assert decisions(one_book, "breach.opened") == [[("breach.alert", Decision.HISTORY)]]
    assert one_book.told() == []


def test_who_owns_what_they_have_logged_themselves_says_that_nobody_else_is_concerned(one_book):
    one_book.ask("log ACME credit L4 S3 X2 lost its main buyer")

    assert decisions(one_book, "risk.logged") == [[("risk.assigned", Decision.NOBODY)]]


def test_the_state_of_a_delivery_stands_beside_its_decision(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    one_book.told()

    with one_book.database.begin(EVERYTHING) as tx:
        (entry,) = trail.entries(tx, Wanted(until=MONDAY, kind="breach.opened"), limit=2)
        (told,) = deliveries.told_of(tx, [entry.event.id])[entry.event.id]
    assert (told.audience, told.reason, told.state) == ("route:alerts", "an indicator crossed its threshold", DeliveryState.SENT)


def test_a_key_is_told_once_also_after_a_restart(book):
    message = Draft("answer", To("person:U0ANA", "a test"), {"text": "hello", "blocks": []}, "t", MONDAY, dedup="answer 1")

    told = []
    for _transaction in range(2):
        with book.database.begin(EVERYTHING, write=True) as tx:
            told += [tell(tx, message, book.policy), tell(tx, message, book.policy)]

    assert told == [True, False, False, False]
    assert len(book.told()) == 1


@pytest.mark.parametrize("key", ["breaches", "subjects"])
def test_a_notice_of_many_is_readable_that_an_earlier_version_has_queued(one_book, key):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    one_book.told()
    facts = {key: {"breach.opened": ["B-1"], "breach.worsened": [], "breach.closed": []}}

    with one_book.database.begin(EVERYTHING, write=True) as tx:
        tell(tx, Draft("breach.many", To("route:alerts", "many at once"), facts, "B-1…B-1", MONDAY), one_book.policy)
    ((_delivery, message),) = one_book.told()

    assert message.text == "1 indicator has crossed its threshold"
    assert "Acme Steel" in text_of(message.blocks)


def test_the_exported_trail_says_who_was_told_and_who_was_not(one_book):
    crowd(one_book, 6)

    with one_book.database.begin(EVERYTHING) as tx:
        command = registry().commands["audit"]
        asked = command.sheet(command.args(kind="breach.opened"), one_book._request("U0ANA"), tx)
    told = [row[asked.headings.index("told")] for row in asked.rows]

    assert set(told[1:]) == {"route:alerts: grouped (an indicator crossed its threshold)"}
    assert told[0].endswith("route:alerts: delivered (many indicators crossed their thresholds at once)")
