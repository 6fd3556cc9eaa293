"""How many customers one person takes along in files within a day, and what a second person allows on top."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from commands.delivery import quota, reads, record
from commands.kit.contract import Refused, Sheet
from playground.person import PATIENCE
from storage.audit import reads as kept_reads
from storage.audit.reconciliation.reconciling import reconcile
from storage.delivery.answers import Answer, keep
from storage.policy import policies
from storage.sight import EVERYTHING
from tests.commands.conftest import buttons_of, text_of
from tests.conftest import MONDAY
from tests.raw_events import RawEvent

HOUR = timedelta(hours=1)
ANSWERS = ("a" * 32, "b" * 32)


def policy_of(policy, most, **people):
    more = {"reads": policy.reads.model_copy(update={"exported_a_day": most}), "people": policy.people.model_copy(update=people)}
    return policy.model_copy(update=more)


@pytest.fixture
def take(database, policy, asks):
    """Somebody takes a file with these customers along; the answer if it was held back."""

    def taking(customers, *, most=3, user="U0ANA", at=MONDAY, answer="a" * 32, **people):
        request = asks(user, at=at, policy=policy_of(policy, most, **people))
        sheet = Sheet("list", ["id"], [[one] for one in customers.split()], customers.split())
        with database.begin(EVERYTHING, write=True) as tx:
            return quota.taken(sheet, answer, [reads.exported(sheet, "list", {}, request)], request, tx)

    return taking


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["A B C"], None),
        (["A B C D"], "4 customers within 24 hours, and the limit is 3"),
        (["A B", "C D"], "4 customers within 24 hours, and the limit is 3"),
        (["A", "B", "C", "D"], "4 customers within 24 hours, and the limit is 3"),
        (["A B", "B C"], None),
        (["A B C", "A B C", "C B"], None),
        (["A A A B B"], None),
        (["", "A B C"], None),
    ],
)
def test_customers_are_counted_once_however_many_files_they_are_in(take, files, said):
    *before, last = [take(customers) for customers in files]

    assert before == [None] * len(before)
    assert (last is None) if said is None else said in last.text


@pytest.mark.parametrize(
    ("who", "later", "people", "held"),
    [
        ("U0ANA", HOUR, {}, True),
        ("U0ANA", timedelta(hours=24), {}, True),
        ("U0ANA", timedelta(hours=24, seconds=1), {}, False),
        ("U0OMAR", HOUR, {}, False),
        ("U0OMAR", HOUR, {"accounts": {"U0OMAR": "U0ANA"}}, True),
        ("U0ANA", HOUR, {"accounts": {"U0ANA": "U0OMAR"}}, True),
    ],
    ids=["later", "a day later", "the next day", "somebody else", "by a second account", "by the first account"],
)
def test_a_day_is_of_24_hours_and_a_person_is_all_of_their_accounts(take, who, later, people, held):
    first = "U0OMAR" if people.get("accounts") == {"U0ANA": "U0OMAR"} else "U0ANA"
    take("A B C", user=first, **people)

    assert (take("D", user=who, at=MONDAY + later, **people) is not None) is held


def test_what_was_held_back_is_on_record_and_was_not_taken(take, database):
    take("A B C D")
    with database.begin(EVERYTHING) as tx:
        taken = kept_reads.taken(tx, ["U0ANA"], since=MONDAY - HOUR)
        entry = tx.connection.exec_driver_sql("SELECT kind, actor, payload FROM event").one()

    assert taken == frozenset()
    assert (entry[0], entry[1]) == ("export.held", "U0ANA")
    assert '"quota":3' in str(entry[2]).replace(" ", "").replace("'", '"')


def test_the_second_of_two_files_at_once_is_counted_with_the_first(take, database):
    said = []
    second = threading.Thread(target=lambda: said.append(take("C D")))
    with database.begin(EVERYTHING, write=True) as tx:
        before = kept_reads.taken(tx, ["U0ANA"], since=MONDAY - HOUR)
        exported = RawEvent("answer.exported", "list", "U0ANA", MONDAY, {"customers": ["A", "B"]})
        kept_reads.disclosed(tx, record(tx, exported, policies.read(None)).id, ["A", "B"])
        second.start()
        # it would be through by then if it did not wait
        second.join(0.3)
    second.join(PATIENCE)

    assert before == frozenset()
    assert "4 customers within 24 hours, and the limit is 3" in said[0].text


# --- a second person -------------------------------------------------------------------------------------------------


@pytest.fixture
def held(book):
    """A book of which one person may take three customers along, with two answers about all five."""
    book.policy = policy_of(book.policy, 3)
    with book.database.begin(EVERYTHING, write=True) as tx:
        for key in ANSWERS:
            keep(tx, Answer(key, "list", {}, "U0ANA", MONDAY, MONDAY + timedelta(days=30)))
    return book


def ask(book, user="U0ANA", key="a" * 32):
    return book.press("export.ask", user, key=key, reason="the auditors want the whole book")


def export(book, user="U0ANA", key="a" * 32, at=MONDAY):
    """Press *Export*, as the bot carries it out; None if the file is sent."""
    reply = book.press("reply.export", user, key=key, at=at)
    request = replace(book._request(user, at=at), policy=book.policy)
    with book.database.begin(EVERYTHING, write=True) as tx:
        return quota.taken(reply.sheet, key, reply.noted, request, tx)


def test_the_refusal_says_how_many_of_how_many_and_asks_by_its_button(held):
    refused = export(held)

    assert refused.text == (
        "Nothing was exported: with this file you would have exported 5 customers within 24 hours, and the limit is 3 per person. "
        "Narrow the list, or ask a second person to approve this file."
    )
    assert buttons_of(refused.blocks) == {"export.ask": "a" * 32}


def test_a_second_person_sees_what_is_asked_for_and_the_asker_gets_the_button_that_sends_it(held):
    said = ask(held)
    ((_delivery, request),) = held.told()
    key = buttons_of(request.blocks)["approval.approve"]
    with pytest.raises(Refused, match="You requested"):
        held.press("approval.approve", "U0ANA", key=key)
    held.press("approval.approve", "U0OMAR", key=key)
    outcome = next(message for delivery, message in held.told() if delivery.audience == "person:U0ANA")

    assert said.text == "E-1 is requested: 5 customers of /risk list as a file; A-1 is with the approvers."
    for part in ("5 customers of /risk list as a file", "the auditors want the whole book"):
        assert part in text_of(request.blocks)
    assert buttons_of(outcome.blocks) == {"reply.export": "a" * 32}
    assert export(held) is None


def approved(book):
    ask(book)
    ((_delivery, request),) = book.told()
    book.press("approval.approve", "U0OMAR", key=buttons_of(request.blocks)["approval.approve"])
    return book


@pytest.mark.parametrize(("user", "key"), [("U0MEI", "a" * 32), ("U0ANA", "b" * 32)], ids=["somebody else", "another answer"])
def test_the_approval_is_for_one_answer_and_for_its_asker(held, user, key):
    approved(held)

    assert export(held, user, key) is not None


def test_an_approved_file_that_has_grown_takes_another_approval(held):
    approved(held)
    with held.database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql("UPDATE export_request SET customers = 4")

    assert export(held) is not None


def test_what_was_approved_counts_for_the_rest_of_the_day(held):
    approved(held)
    export(held)
    held.load("customers", "id,name\nNEW,New Works\n")

    assert "6 customers" in export(held, key="b" * 32, at=MONDAY + HOUR).text


@pytest.mark.parametrize("action", ["approval.reject", "approval.return"])
def test_without_a_yes_nothing_is_sent(held, action):
    ask(held)
    ((_delivery, request),) = held.told()
    held.press(action, "U0OMAR", key=buttons_of(request.blocks)["approval.approve"], reason="not the whole book")

    assert export(held) is not None


def test_a_second_request_for_the_same_file_waits_for_the_first(held):
    ask(held)

    with pytest.raises(Refused, match="A-1 for this file is already pending"):
        ask(held)


def test_what_is_within_the_quota_needs_nobody(held, policy):
    held.policy = policy

    with pytest.raises(Refused, match="needs no approval"):
        ask(held)


def test_the_trail_answers_for_what_was_taken_along_and_for_what_was_asked(held):
    approved(held)
    export(held)
    with held.database.begin(EVERYTHING) as tx:
        before = reconcile(tx).count
    with held.database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql("DELETE FROM disclosure WHERE customer_id = 'ACME'")
        tx.connection.exec_driver_sql("UPDATE export_request SET customers = 5000")
    with held.database.begin(EVERYTHING) as tx:
        found = {one.table for one in reconcile(tx).first}

    assert before == 0
    assert found == {"disclosure", "export_request"}


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ({}, "what=customers\n"),
        ({"sector": "Energy", "page": 3}, "sector=Energy what=customers\n"),
        ({"country": "DE"}, "country=DE what=customers\n"),
    ],
)
def test_the_second_person_sees_which_part_of_the_book_is_asked_for(book, filters, shown):
    book.policy = policy_of(book.policy, 0)
    with book.database.begin(EVERYTHING, write=True) as tx:
        keep(tx, Answer("c" * 32, "list", filters, "U0ANA", MONDAY, MONDAY + timedelta(days=30)))
    ask(book, key="c" * 32)
    ((_delivery, request),) = book.told()

    assert f"Selection  {shown}" in text_of(request.blocks)
