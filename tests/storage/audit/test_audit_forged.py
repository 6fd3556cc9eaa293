"""Erasures that somebody makes without the key: whatever they write, the payload that is gone is named, and the record as forged."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import events
from storage.audit import erasing, sealing
from storage.audit.anchoring.known import Known, identity
from storage.audit.chain import Head
from storage.audit.erased import BY_COMMAND, TrailErased, signature
from storage.audit.findings import Fault
from storage.schema import EventRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.raw_events import RawEvent
from tests.storage.trail import KEY, OTHER, PLAIN, found, run, sealed, sealing_on

RUNS = [[3, 3]]
HONEST = {"reason": "asked to be forgotten", "count": 1, "events": RUNS}


def take_away(tx, facts, *, actor="U0DPO"):
    """What somebody who has the file can do: the payload of the third event goes, and a record says that it was erased."""
    run(tx, "UPDATE event SET payload = NULL, salt = '' WHERE id = 3")
    events.record(tx, RawEvent(TrailErased.kind, "C0", actor, MONDAY, facts))


def signed(key, database, **changed):
    facts = {**HONEST, "command": BY_COMMAND, "database": database, "key": key.id, **changed}
    return {**facts, "mac": signature(key, database, "C0", "U0DPO", facts)}


FORGERIES = {
    "as before there were signatures": lambda database: HONEST,
    "no signature": lambda database: {**signed(KEY, database), "mac": ""},
    "a signature that is no text": lambda database: {**signed(KEY, database), "mac": 7},
    "with the hash that anybody can make": lambda database: signed(PLAIN, database),
    "with a key of their own": lambda database: signed(OTHER, database),
    "with a key of their own under the name of ours": lambda database: {**signed(OTHER, database), "key": KEY.id},
    "an honest one that named others": lambda database: {**signed(KEY, database, events=[[5, 5]]), "events": RUNS},
    "an honest one with more": lambda database: {**signed(KEY, database, events=[[5, 5]]), "events": [[3, 3], [5, 5]]},
    "an honest one of another database": lambda database: signed(KEY, "0123456789abcdef"),
    "a command that does not erase": lambda database: signed(KEY, database, command="risk log"),
    "no facts at all": lambda database: {},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.parametrize("seals", [True, False], ids=["sealed by the bot", "not sealed yet"])
def test_a_payload_that_went_with_a_forged_record_is_named(sqlite, forgery, seals):
    sealed(sqlite, 6)
    with sqlite.begin(EVERYTHING, write=True) as tx:
        take_away(tx, forgery(identity(tx).database))
    if seals:
        sealing.seal_all(sqlite, KEY, guard=sealing_on)
    broken = found(sqlite, KEY).broken

    assert broken is not None
    assert (broken.seq, broken.event_id) == (3, 3)
    assert broken.fault is (Fault.ERASED if forgery(None) == {} else Fault.FORGED)


def test_a_forged_record_is_named_although_nothing_is_gone(database):
    sealed(database, 3)
    with database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent(TrailErased.kind, "C0", "U0DPO", MONDAY, HONEST))
    sealing.seal_all(database, KEY, guard=sealing_on)
    broken = found(database).broken

    assert (broken.fault, broken.seq, broken.event_id) == (Fault.RECORD, 4, 4)


def test_an_erasure_with_the_key_counts_and_so_does_one_with_an_older_key(database):
    sealed(database, 6)
    for key, number in ((KEY, 3), (OTHER, 5)):
        with database.begin(EVERYTHING, write=True) as tx:
            erasing.erase(tx, [number], subject="C0", reason="asked to be forgotten", by="U0DPO", at=MONDAY, key=key, command=BY_COMMAND)
        sealing.seal_all(database, key, guard=sealing_on)

    assert found(database, KEY, OTHER).broken is None


def test_without_the_key_nothing_is_erased(database):
    sealed(database, 3)

    with pytest.raises(sealing.KeyIsMissing), database.begin(EVERYTHING, write=True) as tx:
        erasing.erase(tx, [2], subject="C2", reason="asked to be forgotten", by="U0DPO", at=MONDAY, key=PLAIN, command=BY_COMMAND)
    with database.begin(EVERYTHING) as tx:
        assert tx.connection.execute(sa.select(EventRow.payload).where(EventRow.id == 2)).scalar_one() is not None


# --- trails from before erasures were signed ------------------------------------------------------------------------------


def from_before(database):
    """A trail with an honest erasure, brought up to date by the migration after it."""
    sealed(database, 6)
    with database.begin(EVERYTHING, write=True) as tx:
        take_away(tx, HONEST)
        run(tx, "UPDATE trail SET bound_after = 7")
    sealing.seal_all(database, KEY, guard=sealing_on)


def anchored(database, key=KEY):
    """The first signed anchor, which says for good up to where erasures are not signed."""
    with database.begin(EVERYTHING, write=True) as tx:
        head = Head(7, "f" * 64, key.id)
        events.record(tx, RawEvent("audit.anchored", "audit", "anchor", MONDAY, Known.signed(identity(tx), 0, head, key).facts()))
    sealing.seal_all(database, key, guard=sealing_on)


@pytest.mark.parametrize("after", [lambda database: None, anchored], ids=["before the first signed anchor", "after it"])
def test_an_honest_erasure_from_before_stays_valid(database, after):
    from_before(database)
    after(database)

    assert (found(database).broken, found(database).erased) == (None, 1)


def test_once_anchored_the_database_cannot_say_otherwise_from_when_on_erasures_are_signed(database):
    sealed(database, 6)
    anchored(database)
    with database.begin(EVERYTHING, write=True) as tx:
        take_away(tx, HONEST)
        run(tx, "UPDATE trail SET bound_after = 999")
    sealing.seal_all(database, KEY, guard=sealing_on)

    assert found(database).broken.fault is Fault.FORGED


@pytest.mark.parametrize("key", [PLAIN, OTHER], ids=["that anybody can sign", "with a key of their own"])
def test_an_anchor_of_somebody_else_does_not_say_it_either(database, key):
    with database.begin(EVERYTHING, write=True) as tx:
        run(tx, "UPDATE trail SET bound_after = 999")
        theirs = Known.signed(identity(tx), 0, Head(1, "f" * 64, key.id), key)
        events.record(tx, RawEvent("audit.anchored", "audit", "a", MONDAY, theirs.facts()))
        run(tx, "UPDATE trail SET bound_after = 0")
    sealed(database, 6)
    anchored(database)
    with database.begin(EVERYTHING, write=True) as tx:
        take_away(tx, HONEST)
    sealing.seal_all(database, KEY, guard=sealing_on)

    assert found(database).broken.fault is Fault.FORGED
