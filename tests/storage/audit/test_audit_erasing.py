"""Erasure: a customer's payloads go, those of others stay, and the chain is as whole as before; anchors outside of the database."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage import events
from storage.audit import erasing, sealing
from storage.audit.anchoring import anchors
from storage.audit.anchoring.anchors import Anchor, Anchored, BadAnchor
from storage.audit.erased import BY_COMMAND, Ranges, runs
from storage.database import Database
from storage.schema import EventRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.raw_events import RawEvent
from tests.storage.trail import KEY, found, sealed, sealing_on, write


def payloads(database):
    with database.begin(EVERYTHING) as tx:
        return dict(tx.connection.execute(sa.select(EventRow.id, EventRow.payload)).all())


def erase(database, customer):
    with database.begin(EVERYTHING, write=True) as tx:
        numbers = erasing.about(tx, customer).events
        erasing.erase(tx, numbers, subject=customer, reason="asked to be forgotten", by="U0DPO", at=MONDAY, key=KEY, command=BY_COMMAND)
    return numbers


def test_a_customers_payloads_go_and_those_of_others_stay(database):
    sealed(database, 6)
    numbers = erase(database, "C1")
    left = payloads(database)

    assert numbers == [1, 4]
    assert [id for id, payload in left.items() if payload is None] == [1, 4]
    assert {name: left[7][name] for name in ("count", "events", "reason")} == {
        "count": 2,
        "events": [[1, 1], [4, 4]],
        "reason": "asked to be forgotten",
    }


def test_the_chain_is_whole_before_and_after_the_record_is_sealed(database):
    sealed(database, 6)
    erase(database, "C1")
    before = found(database)
    sealing.seal_all(database, KEY, guard=sealing_on)
    after = found(database)

    assert (before.broken, before.erased, before.count) == (None, 2, 6)
    assert (after.broken, after.erased, after.count) == (None, 2, 7)


def test_an_event_may_be_erased_before_it_is_sealed(database):
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 6)
    erase(database, "C1")
    sealing.seal_all(database, KEY, guard=sealing_on)

    assert found(database).broken is None


def test_who_only_is_among_others_is_counted_and_stays(database):
    with database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent("scores.changed", "score 1", "U0ANA", MONDAY, {"first": [{"customer": "C1"}, {"customer": "C2"}]}))
        events.record(tx, RawEvent("score.changed", "C11", "U0ANA", MONDAY, {"customer": "C11", "note": "C1 is another"}))

        assert erasing.about(tx, "C1") == erasing.About([], 1)


@pytest.mark.parametrize("customer", ["100%", "a_b", 'say "hi"', "Ö\\n"])
def test_ids_with_signs_of_their_own_are_taken_literally(database, customer):
    with database.begin(EVERYTHING, write=True) as tx:
        for id in (customer, "100x", "axb"):
            events.record(tx, RawEvent("risk.logged", "R-1", "U0ANA", MONDAY, {"customer": id}))

        assert erasing.about(tx, customer).events == [1]


def test_records_of_erasures_and_anchors_are_never_erased(database):
    sealed(database, 3)
    erase(database, "C1")
    with database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent(anchors.TrailAnchored.kind, "audit", "anchor", MONDAY, {"count": 3}))
        old = erasing.older(tx, MONDAY + timedelta(days=1), limit=100)

    assert old == [2, 3]
    assert erase(database, "C1") == []


def test_many_scattered_events_are_named_in_records_of_a_bounded_size(database, monkeypatch):
    monkeypatch.setattr(erasing, "RUNS", 2)
    sealed(database, 15)
    erase(database, "C1")
    sealing.seal_all(database, KEY, guard=sealing_on)
    records = [payload["events"] for id, payload in payloads(database).items() if id > 15]

    assert [len(each) for each in records] == [2, 2, 1]
    assert found(database).broken is None


def test_nothing_of_an_erased_payload_is_left_in_the_file(tmp_path, sqlite: Database):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        for n in range(200):
            events.record(
                tx, RawEvent("risk.logged", f"R-{n}", "U0ANA", MONDAY, {"customer": "C1", "title": f"Zephyrine Quillfeather {n}"})
            )
    held = [path.read_bytes().count(b"Quillfeather") for path in tmp_path.glob("riskbot.db*")]
    erase(sqlite, "C1")
    erasing.leave_no_copy(sqlite)
    left = [path.read_bytes().count(b"Quillfeather") for path in tmp_path.glob("riskbot.db*")]

    assert sum(held) >= 200
    assert sum(left) == 0


@given(st.sets(st.integers(1, 60)), st.integers(1, 60), st.integers(0, 20))
def test_runs_name_exactly_the_numbers_they_are_made_of(numbers, first, more):
    ranges = Ranges((low, high) for low, high in json.loads(json.dumps(runs(sorted(numbers)))))
    expected = next((number for number in range(first, first + more + 1) if number not in numbers), None)

    assert ranges.first_outside(first, first + more) == expected


# --- anchors --------------------------------------------------------------------------------------------------------------


def anchored(n):
    return Anchored(Anchor(n, f"{n:064x}"), "plain", MONDAY + timedelta(days=n))


def test_a_new_file_begins_with_the_newest_anchor_and_is_only_added_to(tmp_path):
    file = tmp_path / "anchors.txt"
    first = anchors.append(file, [anchored(1), anchored(2)])
    again = anchors.append(file, [anchored(1), anchored(2)])
    more = anchors.append(file, [anchored(n) for n in (1, 2, 3, 4)])

    assert (first, again, more) == ([anchored(2)], [], [anchored(3), anchored(4)])
    assert file.read_text().splitlines()[0] == f"2026-11-25T09:00:00Z 2:{2:064x} plain"
    assert anchors.read(file) == [anchored(n).anchor for n in (2, 3, 4)]


def test_a_line_that_was_cut_short_does_not_swallow_the_next(tmp_path):
    file = tmp_path / "anchors.txt"
    file.write_text("2026-11-24T")
    anchors.append(file, [anchored(5)])

    assert file.read_text().splitlines() == ["2026-11-24T", anchored(5).line()]
    with pytest.raises(BadAnchor, match="2026-11-24T") as refused:
        anchors.read(file)
    assert refused.value.line == 1


@pytest.mark.parametrize("text", ["", "12", "12:abc", ":" + "a" * 64, "0:" + "a" * 64, "-1:" + "a" * 64, "١:" + "a" * 64, "1:" + "g" * 64])
def test_what_is_no_anchor_is_refused(text):
    with pytest.raises(BadAnchor):
        Anchor.parse(text)


def test_an_anchor_may_be_pasted_in_capitals_and_with_spaces():
    assert Anchor.parse(f" 12:{'AB' * 32}\n") == Anchor(12, "ab" * 32)
