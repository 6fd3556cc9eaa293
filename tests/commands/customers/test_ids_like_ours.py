"""Customers whose ids read like ours: a typed id means our thing first, and ``customer:R-1`` the customer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from commands.audit import audit_erasing
from commands.audit.audit_exporting import subject_named
from commands.audit.verification.auditing import AuditRefused
from commands.customers.find import customer_meant, customer_options
from commands.data.importing import ImportRefused, run_import
from commands.kit.contract import Refused
from storage import events
from storage.audit import erasing, extract, history, trail
from storage.schema import CustomerVersionRow, EventRow
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, text_of
from tests.conftest import MONDAY
from tests.raw_events import RawEvent

ALIKE = "id,name,department\nR-1,Quartz Mining,Corporate\nC-1042,Cobalt Works,Corporate\nA-1,Alpine Rail,Corporate\n"
REASON = "asked to be forgotten"


@pytest.fixture
def alike(one_book: Book) -> Book:
    """A book with customers called R-1, C-1042 and A-1, where the risk R-1 and the approval A-1 are another customer's."""
    one_book.load("customers", ALIKE)
    one_book.ask('log ACME credit L4 S5 X2 "lost its main buyer"')
    one_book.ask('respond R-1 reduce "assign the receivables to us" due=2027-03-31')
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        for customer in ("R-1", "A-1"):
            events.record(tx, RawEvent("score.changed", customer, "score", MONDAY, {"customer": customer, "from": "low", "to": "high"}))
    one_book.told()
    return one_book


def test_to_erase_a_customer_called_like_a_risk_leaves_the_risk_of_another_alone(alike: Book):
    with alike.database.begin(EVERYTHING) as tx:
        numbers = erasing.about(tx, "R-1").events
        kinds = set(tx.connection.execute(sa.select(EventRow.kind).where(EventRow.id.in_(numbers))).scalars())

    assert kinds == {"score.changed"}


def test_erasing_takes_the_unambiguous_form_only(alike: Book):
    with alike.database.begin(EVERYTHING) as tx:
        with pytest.raises(AuditRefused, match="type --customer customer:R-1"):
            audit_erasing.look(tx, "R-1", REASON)
        with pytest.raises(AuditRefused, match="type --customer customer:c-1042"):
            audit_erasing.look(tx, "c-1042", REASON)
        plan = audit_erasing.look(tx, "customer:R-1", REASON)
        plain = audit_erasing.look(tx, "ACME", REASON)

    assert plan.customer == "R-1"
    assert len(plan.events) == 1
    assert len(plain.events) > 1


@pytest.mark.parametrize(
    "line", ['log {} credit L4 S5 X2 "a second buyer has left"', 'override {} high until=2027-01-31 "the buyer has left"']
)
@pytest.mark.parametrize("id", ["R-1", "r1", "C-1042", "A-1"])
def test_what_changes_something_asks_for_the_unambiguous_form(alike: Book, line: str, id: str):
    with pytest.raises(Refused, match=r"looks like one of Riskbot's own ids|No customer matches|never been scored|no grade"):
        alike.ask(line.format(id))


def test_the_unambiguous_form_changes_the_customer(alike: Book):
    alike.ask('log customer:R-1 credit L4 S5 X2 "its pit is flooded"')

    assert "Quartz Mining" in text_of(alike.ask("show R-2").blocks)


def test_a_typed_id_means_our_thing_first_and_the_prefix_the_customer(alike: Book):
    assert "lost its main buyer" in text_of(alike.ask("show R-1").blocks)
    assert alike.ask("show customer:R-1").text.startswith("Quartz Mining")
    assert alike.ask("show CUSTOMER:r-1").text.startswith("Quartz Mining")
    assert alike.ask("show C-1042").text.startswith("Cobalt Works")
    assert "There is no customer with the id “R-9”" in alike.refusal("show customer:R-9")


def test_the_trail_of_a_risk_and_that_of_a_customer_called_so_are_two(alike: Book):
    risk, customer = (text_of(alike.ask(f"audit {thing}").blocks) for thing in ("R-1", "customer:R-1"))

    assert "Entered it into the register" in risk
    assert "Regraded" not in risk
    assert "Regraded" in customer
    assert "Entered it into the register" not in customer


def test_a_thing_has_its_own_entries_and_the_export_tells_them_apart(alike: Book):
    with alike.database.begin(EVERYTHING) as tx:
        things = {entry.event.kind for entry in history.of_subject(tx, "A-1", 50)}
        until = MONDAY + timedelta(days=1)
        counts = [trail.count(tx, trail.Wanted(until=until, subjects=["R-1"])), extract.count(tx, extract.Wanted("R-1"))]
        subject, customer = subject_named("customer:R-1")
        whole = extract.count(tx, extract.Wanted(subject, customer=customer))

    assert things == {"approval.requested"}
    assert counts == [1, 1]
    assert whole == 1


def test_the_search_of_a_form_gives_the_form_that_is_meant(alike: Book, asks):
    with alike.database.begin(EVERYTHING) as tx:
        found = {value: label for label, value in customer_options("quartz", asks(), tx)}
        begun = customer_meant("customer:R-1", asks(), tx)
        typed = customer_options("customer:R-1", asks(), tx)

    assert list(found) == ["customer:R-1"]
    assert begun is not None
    assert begun[1] == "customer:R-1"
    assert typed[0][1] == "customer:R-1"


def test_views_of_such_a_customer_stay_the_customers(alike: Book):
    alike.observe("R-1,dscr,2026-09-30,1.30")
    reply = alike.ask("show customer:R-1")

    assert {page.customer for _label, page in reply.pages} == {"customer:R-1"}


# --- import ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "id", ["../../etc/passwd", "a/b", "C:\\x", "<@U0ANA>", "<b>", "*bold*", "`x`", "~x~", "A&B", "A|B", "a\x07b", "customer:R-1", "a  b"]
)
def test_paths_markup_and_controls_in_ids_are_refused_with_row_and_value(one_book: Book, tmp_path: Path, id: str):
    file = tmp_path / "customers.csv"
    file.write_text(f"id,name\nGOOD,Good Ltd\n{id},Bad Ltd\n", "utf-8")
    with pytest.raises(ImportRefused) as refused:
        run_import(one_book.database, "customers", file, at=MONDAY, rejects=tmp_path / "rejects.csv")

    assert "Row 3, id = “" in str(refused.value)
    with one_book.database.begin(EVERYTHING) as tx:
        assert id not in set(tx.connection.execute(sa.select(CustomerVersionRow.customer_id)).scalars())


def test_a_mapping_gives_every_customers_id_a_prefix(one_book: Book, tmp_path: Path):
    mapping = tmp_path / "map.toml"
    mapping.write_text('[ids]\ncustomer_prefix = "K#"\n[customers]\n[facilities]\n', "utf-8")
    for kind, text in (
        ("customers", "id,name\nR-26,Quartz Mining\n"),
        ("facilities", "id,customer,kind,currency,limit,outstanding\nF26,R-26,term_loan,EUR,100,50\n"),
    ):
        (tmp_path / f"{kind}.csv").write_text(text, "utf-8")
        run_import(one_book.database, kind, tmp_path / f"{kind}.csv", at=MONDAY, mapping_path=mapping)

    assert one_book.ask("show K#R-26").text.startswith("Quartz Mining · EUR 50")
