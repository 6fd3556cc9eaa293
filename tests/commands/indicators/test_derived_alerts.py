"""A derived indicator that crosses its threshold alerts like a reported one: by whatever file, and with the passing of days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.scoring import scoring
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Kri
from tests.bot.scoring.test_rescoring import At
from tests.commands.conftest import Book
from tests.commands.indicators.test_account_conduct import HEAD, OVERDRAFT, months
from tests.commands.indicators.test_one_value import LATER, lend, open_breaches, score, send, shown
from tests.conftest import MONDAY

BEFORE = MONDAY - timedelta(days=20)
SHARES = Kri(
    name="Shares", indicator="share_price_change", direction="low", amber=-0.1, red=-0.3, frequency="quarterly", grace=45, unit="percent"
)


def paid_so_far(book: Book) -> None:
    """A loan with a schedule, of which everything that was due has been paid."""
    lend(book, "K1,EUR,100,50,0,2026-10-31", at=BEFORE)
    book.load("instalments", "facility,due,principal,interest\nK1,2026-10-11,10,1\nK1,2026-12-11,10,1\n", at=BEFORE)
    book.load("payments", "facility,paid,amount\nK1,2026-10-11,11\n", at=BEFORE)


def test_a_ledger_with_arrears_alerts_at_once_also_where_payments_are_on_record(one_book):
    paid_so_far(one_book)
    lend(one_book, "K1,EUR,100,50,35,2026-11-22")

    # a day after the ledger's
    ((_delivery, message),) = one_book.told()
    assert message.text == "🔴 red Nova Power: Days past due 36 days (limit 30 days) (B-1)"
    assert shown(one_book, "Days past due")[0] == "36 days"
    assert one_book.ask("list customers colour=red").text == "1 customer · colour red: Nova Power"


def test_arrears_that_a_ledger_ends_close_the_breach_also_where_payments_are_on_record(one_book):
    paid_so_far(one_book)
    lend(one_book, "K1,EUR,100,50,35,2026-11-21")
    lend(one_book, "K1,EUR,100,50,0,2026-11-22", at=LATER)

    assert open_breaches(one_book) == []


STATEMENT, LEDGER, SCHEDULE, ACCOUNTS, PRICE = "Debt service cover", "Limit utilisation", "Days past due", "Overdraft", "Shares"


@pytest.mark.parametrize(
    ("indicator", "load"),
    [
        (STATEMENT, lambda book: send(book)),
        (LEDGER, lambda book: lend(book, "K1,EUR,100,97,0,2026-11-20")),
        (SCHEDULE, lambda book: book.load("instalments", "facility,due,principal,interest\nK1,2026-10-12,10,1\n")),
        (ACCOUNTS, lambda book: book.load("transactions", HEAD + months("A-1", "NOVA", 20, -40, -40, start="2026-08"))),
        (PRICE, lambda book: book.observe("NOVA,share_price,2026-11-20,40")),
    ],
    ids=["statements", "ledger", "schedule", "transactions", "prices"],
)
def test_a_file_from_which_an_indicator_is_derived_alerts_when_it_is_loaded(one_book, indicator, load):
    one_book.policy = one_book.policy.model_copy(update={"kri": (*one_book.policy.kri, OVERDRAFT, SHARES)})
    paid_so_far(one_book)
    one_book.observe("NOVA,share_price,2026-08-20,100", at=BEFORE)
    load(one_book)

    assert [one[0] for one in open_breaches(one_book)] == [indicator]
    assert any(f"Nova Power: {indicator}" in message.text for _delivery, message in one_book.told())


def test_days_past_due_that_grow_past_the_threshold_alert_with_the_next_scoring(one_book):
    paid_so_far(one_book)
    lend(one_book, "K1,EUR,100,50,29,2026-11-23")
    score(one_book)
    assert open_breaches(one_book) == [("Days past due", Colour.AMBER, 29.0, "ledger")]

    scoring.score(one_book.database, one_book.policy, At(MONDAY + timedelta(days=3)), by="test")
    assert open_breaches(one_book) == [("Days past due", Colour.RED, 32.0, "ledger")]


def test_a_newer_ledger_counts_before_an_older_reported_utilisation_of_a_term_loan(one_book):
    one_book.observe("NOVA,utilisation,2026-10-31,0.884")
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding,as_of\nK1,NOVA,term_loan,EUR,43,22.2,2026-11-20\n")
    score(one_book)

    # 22.2 of 43 on the screen, in the score, and in the breach that is over
    assert shown(one_book, "Limit utilisation")[0] == "51.6%"
    assert shown(one_book, "Limit utilisation", "show NOVA view=score")[0] == "51.6%"
    assert open_breaches(one_book) == []


def test_a_later_reported_utilisation_counts_before_an_older_ledger(one_book):
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding,as_of\nK1,NOVA,term_loan,EUR,43,22.2,2026-10-31\n")
    one_book.observe("NOVA,utilisation,2026-11-20,0.97")
    score(one_book)

    assert shown(one_book, "Limit utilisation")[0] == shown(one_book, "Limit utilisation", "show NOVA view=score")[0] == "97%"
    assert open_breaches(one_book) == [("Limit utilisation", Colour.RED, 0.97, "customer")]
