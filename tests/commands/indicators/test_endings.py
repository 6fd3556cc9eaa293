"""Episodes that nothing could bring back within bounds end, and the alert, the list and the trail say why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from commands.kit.contract import Refused
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Kri
from storage import events
from storage.audit.reconciliation import reconciling
from storage.schema import EventRow
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, text_of
from tests.commands.indicators.test_ledger_owners import HEAD
from tests.commands.indicators.test_monitor import happened, running
from tests.commands.indicators.test_one_value import LATER, lend, open_breaches, score, send

NOT_BACK = "has not returned within bounds, but the breach is closed:"


def with_kri(book: Book, *kris: Kri) -> None:
    book.policy = book.policy.model_copy(update={"kri": kris})


def changed(book: Book, called: str, **terms: object) -> None:
    with_kri(book, *(Kri(**kri.model_dump() | terms) if kri.name == called else kri for kri in book.policy.kri))


def said(book: Book) -> list[str]:
    return [message.text for _delivery, message in book.told() if message is not None]


def test_an_indicator_that_the_policy_no_longer_has_ends_its_episodes(book):
    book.observe("ACME,dscr,2026-09-30,1.17", "NORD,current_ratio,2026-09-30,0.50")
    book.told()
    with_kri(book, *(kri for kri in book.policy.kri if kri.indicator != "dscr"))
    score(book)

    assert [episode for episode in running(book) if episode[1] != "JIAN"] == [("B-2", "NORD", Colour.RED, 0.5)]
    reason = "the policy no longer has this indicator"
    assert f"⚪ B-1: Debt service cover of Acme Steel {NOT_BACK} {reason}." in said(book)
    assert "ended" in happened(book)
    score(book)
    assert happened(book).count("ended") == 1


def test_a_policy_without_any_indicator_ends_all_of_them(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    with_kri(one_book)
    score(one_book)

    assert running(one_book) == []


def test_a_renamed_indicator_goes_on_under_its_new_name(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    one_book.told()
    changed(one_book, "Debt service cover", name="DSCR")
    score(one_book)

    assert open_breaches(one_book, "ACME") == [("DSCR", Colour.AMBER, 1.17, "customer")]


def test_the_trail_and_the_card_and_the_buttons_say_why(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    ((_delivery, alert),) = one_book.told()
    key = next(each["value"] for block in alert.blocks if block["type"] == "actions" for each in block["elements"])
    with_kri(one_book)
    score(one_book)

    card = next(message for delivery, message in one_book.told() if delivery.operation == "update")
    assert "without a return within bounds: the policy no longer has this indicator." in text_of(card.blocks)
    assert "Closed the breach without a return within bounds" in text_of(one_book.ask("audit B-1", "U0ADMIN").blocks)
    assert "the policy no longer has this indicator" in text_of(one_book.ask("audit B-1", "U0ADMIN").blocks)
    with pytest.raises(Refused, match="B-1 is closed: the policy no longer has this indicator"):
        one_book.press("breach.respond", key=key, strategy="reduce", measure="Talk to them", likelihood=3, severity=3)


@pytest.mark.parametrize("row", ["ACME,Acme Steel,Retail", "ACME,Acme Steel,"])
def test_a_customer_that_leaves_the_sector_of_an_indicator_has_no_episode_of_it(one_book, row):
    changed(one_book, "Debt service cover", sector="Metals")
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    one_book.told()
    one_book.load("customers", f"id,name,sector\n{row}\n", at=LATER)

    assert running(one_book) == []
    assert any("the policy no longer watches this indicator for this customer" in text for text in said(one_book))


def test_a_policy_that_looks_at_another_customer_ends_the_episodes_of_this_one(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17", "NORD,dscr,2026-09-30,1.17")
    changed(one_book, "Debt service cover", customer="NORD")
    score(one_book)

    assert open_breaches(one_book, "ACME") == []
    assert len(open_breaches(one_book, "NORD")) == 1


def test_a_customer_of_a_kind_that_does_not_owe_a_derived_value_has_no_episode_of_it(one_book):
    send(one_book)
    assert len(open_breaches(one_book)) == 1
    one_book.load("customers", "id,name,kind\nNOVA,Nova Power,manufacturer\n", at=LATER)

    assert open_breaches(one_book) == []


def test_a_reading_that_is_withdrawn_ends_its_episode(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    one_book.told()
    one_book.observe("ACME,dscr,2026-09-30,", at=LATER)

    assert running(one_book) == []
    assert any("there is no longer a value on record" in text for text in said(one_book))


def test_of_several_readings_the_one_before_a_withdrawn_one_counts_again(one_book):
    one_book.observe("ACME,dscr,2026-06-30,1.40")
    one_book.observe("ACME,dscr,2026-09-30,1.17", at=LATER)
    one_book.observe("ACME,dscr,2026-09-30,", at=LATER + timedelta(minutes=1))

    assert happened(one_book) == ["opened", "closed"]


def test_a_facility_that_passes_to_another_customer_ends_its_old_owners_episodes(one_book):
    lend(one_book, "K1,EUR,100,96,45,2026-10-31")
    assert len(open_breaches(one_book)) == 2
    one_book.load("facilities", f"{HEAD}\nK1,NORD,revolver,EUR,100,96,45,2026-11-20\n", at=LATER)

    assert open_breaches(one_book) == []
    assert sorted(open_breaches(one_book, "NORD"))[0] == ("Days past due", Colour.RED, 45.0, "ledger")


def test_days_past_due_that_the_ledger_no_longer_gives_end_the_episode(one_book):
    lend(one_book, "K1,EUR,100,50,45,2026-10-31")
    lend(one_book, "K1,EUR,100,50,,2026-11-20", at=LATER)

    assert open_breaches(one_book) == []


def test_a_rate_that_is_missing_ends_nothing(one_book):
    lend(one_book, "K1,EUR,100,97,,2026-11-20")
    lend(one_book, "K2,USD,100,97,,2026-11-20", at=LATER)

    assert open_breaches(one_book) == [("Limit utilisation", Colour.RED, 0.97, "ledger")]


def test_accounts_that_leave_a_line_out_end_nothing(one_book):
    send(one_book, end="2025-12-31")
    send(one_book, end="2026-09-30", ebitda="")

    assert open_breaches(one_book) == [("Debt service cover", Colour.RED, 0.96, "statement")]


def test_an_episode_that_has_ended_is_no_floor_of_the_grade(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.00")
    score(one_book)
    with_kri(one_book, *(kri for kri in one_book.policy.kri if kri.indicator != "dscr"))
    assert "Debt service cover" in text_of(one_book.ask("show ACME view=score").blocks)
    score(one_book)

    with one_book.database.begin(EVERYTHING) as tx:
        assert events.kinds(tx).count("breach.ended") == 1
    assert "B-1" not in text_of(one_book.ask("show ACME view=score").blocks)


def test_the_trail_states_the_reason_of_an_end_and_nothing_before_there_is_one(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    with_kri(one_book)
    score(one_book)

    with one_book.database.begin(EVERYTHING) as tx:
        query = select(EventRow.payload).where(EventRow.subject == "B-1").order_by(EventRow.id)
        stated = [str(payload["states"]) for payload in tx.connection.execute(query).scalars()]
        assert reconciling.reconcile(tx).count == 0
    assert ["ending" in one for one in stated] == [False, True]
