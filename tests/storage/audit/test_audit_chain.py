"""The audit chain: whatever is done to it is found, and the first broken link is named; what is not found is said too."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.audit import erasing, sealing
from storage.audit.chain import GENESIS, Fact, Head
from storage.audit.chain import sealed as chained
from storage.audit.erased import BY_COMMAND
from storage.audit.findings import Fault
from storage.audit.verifying import Verifier
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.storage.trail import KEY, OTHER, PLAIN, found, run, sealed, sealing_on, unguarded, verify, write

COUNT = 9
ERASED = 4
TEXTS = ("kind", "subject", "actor", "digest", "request_key")


@pytest.fixture
def trail(database):
    """Nine events with one payload erased on record, all sealed."""
    sealed(database, COUNT)
    with database.begin(EVERYTHING, write=True) as tx:
        erasing.erase(tx, [ERASED], subject="C1", reason="asked for", by="U0DPO", at=MONDAY, key=KEY, command=BY_COMMAND)
    sealing.seal_all(database, KEY, guard=sealing_on)
    return database


def altered(draw, text):
    """The text with one character replaced, one added, or one taken away."""
    place = draw(st.integers(0, max(len(text) - 1, 0)))
    other = draw(st.sampled_from([letter for letter in "aZ0 .\u00e9\u98ce=\n" if letter != text[place : place + 1]]))
    return draw(st.sampled_from([text[:place] + other + text[place + 1 :], text[:place] + other + text[place:], text + other]))


def changed(value, column, data):
    if column == "payload" and value is None:
        return "{}"
    if column == "policy_version":
        return 7
    if isinstance(value, int):
        return value + data.draw(st.sampled_from([100, 1000]))
    if value is None or isinstance(value, str):
        return altered(data.draw, value or "")
    # an instant on PostgreSQL
    return value.replace(microsecond=(value.microsecond + data.draw(st.integers(1, 999_999))) % 1_000_000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.sampled_from(["id", *TEXTS, "at", "policy_version", "payload", "salt"]), st.integers(1, COUNT + 1), st.data())
def test_any_change_of_any_event_is_found_and_its_link_named(trail, column, number, data):
    with trail.begin(EVERYTHING, write=True) as tx:
        nested = unguarded(tx).connection.begin_nested()
        value = tx.connection.execute(sa.text(f"SELECT {column} FROM event WHERE id = {number}")).scalar_one()
        run(tx, f"UPDATE event SET {column} = :value WHERE id = {number}", value=changed(value, column, data))
        broken = verify(tx).broken
        nested.rollback()

    payload = column in {"payload", "salt"}
    assert broken is not None
    assert (broken.seq, broken.event_id) == (number, number)
    assert broken.fault is (Fault.PAYLOAD if payload else Fault.EVENT if column == "id" else Fault.ROW)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.sampled_from(["seq", "event_id", "key_id", "hash"]), st.integers(1, COUNT + 1), st.data())
def test_any_change_of_any_seal_is_found_and_named(trail, column, seq, data):
    with trail.begin(EVERYTHING, write=True) as tx:
        nested = unguarded(tx).connection.begin_nested()
        value = tx.connection.execute(sa.text(f"SELECT {column} FROM seal WHERE seq = {seq}")).scalar_one()
        run(tx, f"UPDATE seal SET {column} = :value WHERE seq = {seq}", value=changed(value, column, data))
        broken = verify(tx).broken
        nested.rollback()

    last = Fault.ROW if seq == COUNT + 1 else Fault.SEAL
    assert broken is not None
    assert broken.seq == seq
    assert broken.fault is {"seq": Fault.MISSING, "event_id": Fault.EVENT, "key_id": Fault.ROW, "hash": last}[column]


@pytest.mark.parametrize("key", [PLAIN.id, OTHER.id])
def test_a_seal_that_is_given_another_keys_name_is_found(trail, key):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE seal SET key_id = :key WHERE seq = 3", key=key)
        result = verify(tx)

    assert result.broken is not None
    assert (result.broken.seq, result.broken.fault) == (3, Fault.ROW)


@pytest.mark.parametrize("column", ["kind", "subject", "at", "payload", "salt", "digest"])
def test_bytes_that_are_no_text_are_found(sqlite, column):
    sealed(sqlite, 3)

    with sqlite.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), f"UPDATE event SET {column} = CAST(CAST({column} AS BLOB) || X'FF' AS TEXT) WHERE id = 2")
    broken = found(sqlite).broken

    assert broken is not None
    assert broken.seq == 2


def test_a_deleted_event_is_named(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "DELETE FROM event WHERE id = 5")

    assert found(trail).broken == replace(found(trail).broken, fault=Fault.EVENT, seq=5, event_id=5, subject=None)


def test_a_deleted_link_is_named_with_the_next_one(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "DELETE FROM event WHERE id IN (5, 6)")
        run(tx, "DELETE FROM seal WHERE seq IN (5, 6)")
    broken = found(trail).broken

    assert (broken.fault, broken.seq, broken.other) == (Fault.MISSING, 5, 7)


def test_a_deleted_link_whose_followers_were_moved_up_is_found_where_it_stood(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "DELETE FROM event WHERE id = 5")
        run(tx, "DELETE FROM seal WHERE seq = 5")
        for seq in range(6, COUNT + 2):
            run(tx, f"UPDATE seal SET seq = {seq - 1} WHERE seq = {seq}")

    assert (found(trail).broken.fault, found(trail).broken.seq) == (Fault.ROW, 5)


@pytest.mark.parametrize("table", ["event", "seal.event_id", "seal.seq"])
def test_two_rows_that_were_swapped_are_both_named(trail, table):
    name, _dot, column = table.partition(".")
    column = column or "id"
    with trail.begin(EVERYTHING, write=True) as tx:
        unguarded(tx)
        for old, new in ((2, 902), (7, 2), (902, 7)):
            run(tx, f"UPDATE {name} SET {column} = {new} WHERE {column} = {old}")
    broken = found(trail).broken

    assert (broken.fault, broken.seq, broken.other) == (Fault.SWAPPED, 2, 7)


def test_a_cut_tail_that_held_the_record_of_an_erasure_is_found(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "DELETE FROM seal WHERE seq > 7")
        run(tx, "DELETE FROM event WHERE id > 7")

    assert (found(trail).count, found(trail).broken.fault, found(trail).broken.seq) == (7, Fault.ERASED, ERASED)


def test_a_tail_that_was_cut_off_is_found_against_an_anchor_and_only_so(database):
    sealed(database, 5)
    with database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "DELETE FROM seal WHERE seq > 3")
        run(tx, "DELETE FROM event WHERE id > 3")
    cut = found(database, places={5})

    assert (cut.broken, cut.count, cut.at) == (None, 3, {})


@pytest.mark.parametrize("key", [PLAIN, OTHER], ids=["plain", "another key"])
def test_a_rebuilt_trail_has_another_hash_where_it_was_anchored(database, key):
    sealed(database, 5)
    before = found(database, places={5})
    with database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "DELETE FROM seal")
        run(tx, "UPDATE event SET actor = 'U0MALLORY' WHERE id = 2")
        sealing.seal(tx, key)
    after = found(database, places={5})

    assert after.broken is None
    assert after.at[5] != before.at[5]
    assert (after.unknown, list(after.keys)) == ([] if key is PLAIN else [OTHER.id], [key.id])


def test_a_forger_without_the_key_cannot_go_on_with_the_chain(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        write(unguarded(tx), 1, first=50)
        last = tx.connection.execute(sa.text("SELECT hash FROM seal WHERE seq = :seq"), {"seq": COUNT + 1}).scalar_one()
        fact = Fact(*tx.connection.execute(sa.text("SELECT id FROM event WHERE subject = 'R-50'")).one(), *("",) * 9)
        link = next(chained([fact], Head(COUNT + 1, last, KEY.id), PLAIN))
        run(tx, "INSERT INTO seal VALUES (:seq, :event, 'plain', :hash)", seq=link.seq, event=fact.id, hash=link.hash)

    assert found(trail).broken.seq == COUNT + 2


def test_without_the_key_the_sealer_waits_instead_of_going_on_with_a_plain_hash(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        write(tx, 1, first=50)

    with pytest.raises(sealing.KeyIsMissing):
        sealing.seal_all(trail, PLAIN, guard=sealing_on)
    assert found(trail).count == COUNT + 1


def test_a_plain_seal_after_one_with_a_key_is_a_finding(database):
    sealed(database, 2)
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 1, first=3)
        head = Head(2, found(database).head, PLAIN.id)
        fact = sealing.rows.unsealed(tx)[0]
        link = next(chained([fact], head, PLAIN))
        run(tx, "INSERT INTO seal VALUES (3, 3, 'plain', :hash)", hash=link.hash)

    assert (found(database).broken.fault, found(database).broken.seq) == (Fault.PLAIN, 3)


def test_a_chain_that_began_without_a_key_goes_on_with_one_and_then_with_another(database):
    for first, key in ((1, PLAIN), (3, KEY), (5, OTHER)):
        with database.begin(EVERYTHING, write=True) as tx:
            write(tx, 2, first=first)
        sealing.seal_all(database, key, guard=sealing_on)

    both, one = found(database, KEY, OTHER), found(database, OTHER)
    assert both.broken is one.broken is None
    assert [(key, stretch.first, stretch.last) for key, stretch in both.keys.items()] == [("plain", 1, 2), (KEY.id, 3, 4), (OTHER.id, 5, 6)]
    assert (both.unknown, one.unknown) == ([], [KEY.id])


# --- erased payloads ------------------------------------------------------------------------------------------------------


def test_an_erasure_on_record_leaves_the_chain_whole(trail):
    assert (found(trail).broken, found(trail).erased) == (None, 1)


def test_an_erasure_by_hand_is_found_although_the_triggers_let_it_through(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(tx, "UPDATE event SET payload = NULL, salt = '' WHERE id IN (6, 8)")
    broken = found(trail).broken

    assert (broken.fault, broken.seq, broken.event_id) == (Fault.ERASED, 6, 6)


def test_an_erasure_whose_record_was_erased_too_is_found(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(tx, f"UPDATE event SET payload = NULL, salt = '' WHERE id = {COUNT + 1}")

    assert (found(trail).broken.fault, found(trail).broken.seq) == (Fault.ERASED, ERASED)


def test_the_first_of_two_faults_is_named(trail):
    with trail.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE event SET actor = 'U0MALLORY' WHERE id = 8")
        run(tx, "UPDATE event SET payload = NULL, salt = '' WHERE id = 6")

    assert (found(trail).broken.fault, found(trail).broken.seq) == (Fault.ERASED, 6)


# --- the pure chain -------------------------------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(0, 2**32))
def test_any_order_of_the_same_links_but_the_right_one_is_found(count, seed):
    facts = [Fact(n, "k", f"R-{n}", "U", "2026-11-23T09:00:00.000000Z", None, None, "d", "", None) for n in range(1, count + 1)]
    links = list(chained(facts, Head(0, GENESIS, PLAIN.id), KEY))
    shuffled = random.Random(seed).sample(links, count)
    verifier = Verifier({KEY.id: KEY})
    verifier.take(link._replace(seq=place) for place, link in enumerate(shuffled, start=1))
    first = next((place for place, (a, b) in enumerate(zip(links, shuffled, strict=True), start=1) if a != b), None)
    broken = verifier.result([_record(count)]).broken

    assert (broken and broken.seq) == first


def _record(count):
    payload = f'{{"events":[[1,{count}]]}}'
    return Fact(99, "audit.erased", "C1", "U", "", None, None, hashlib.sha256(f"s\n{payload}".encode()).hexdigest(), "s", payload)
