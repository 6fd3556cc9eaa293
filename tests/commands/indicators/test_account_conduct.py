"""The conduct of accounts as people see it: derived from transactions, watched, charted, explained, and ranked."""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np
import pytest

from risk_engine.days import ONE_MONTH
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Kri
from risk_engine.scoring import scoring
from risk_engine.validation import discrimination
from storage.indicators import breaches
from storage.scoring import score_facts
from storage.sight import EVERYTHING
from tests.commands.conftest import text_of
from tests.commands.indicators.test_one_value import score, shown
from tests.conftest import MONDAY

HEAD = "account,date,amount,balance,customer,kind\n"
OVERDRAFT = Kri(name="Overdraft", indicator="overdraft_days", direction="high", amber=5, red=31, frequency="monthly", grace=31, unit="days")
BALANCE = Kri(name="Balance", indicator="minimum_balance", direction="low", amber=0.05, red=-0.2, frequency="monthly", unit="percent")


def months(account, customer, *lows, start="2026-05"):
    """Three transactions a month: 100 in, out to the month's lowest balance, and back to 50."""
    lines, balance = [], 50
    for place, low in enumerate(lows):
        month = np.datetime64(start, "M") + place * ONE_MONTH
        for day, after, kind in (
            (2, balance + 100, "transfer"),
            (11, low, "transfer"),
            (26, 50, "returned_payment" if low < 0 else "cash"),
        ):
            lines.append(f"{account},{month}-{day:02},{after - balance},{after},{customer},{kind}\n")
            balance = after
    return "".join(lines)


def figures(book, name, *, at=None):
    """A figure of every customer by id, as known now or at a moment."""
    with book.database.begin(EVERYTHING) as tx:
        found = scoring.score(book.policy, score_facts.read(tx, book.policy, score_facts.everybody(tx), as_of=MONDAY.date(), at=at))
    return dict(zip(found.customers.tolist(), found.figures[name].tolist(), strict=True))


@pytest.fixture
def watched(one_book):
    one_book.policy = one_book.policy.model_copy(update={"kri": (OVERDRAFT, BALANCE)})
    return one_book


def test_an_overdraft_in_the_transactions_opens_a_breach_and_stands_on_the_screen_and_in_the_score(watched):
    watched.load("transactions", HEAD + months("K-1", "NOVA", 20, 20, -40, 20, 20, 20))
    score(watched)

    with watched.database.begin(EVERYTHING) as tx:
        opened = breaches.not_closed(tx, customer="NOVA", limit=9)[1]
    found = {one.kri: (one.colour, one.reading.value, one.reading.source) for one in opened}
    assert found == {
        "Overdraft": (Colour.AMBER, 15.0, "account_months"),
        "Balance": (Colour.RED, pytest.approx(-40 / 130), "account_months"),
    }
    assert shown(watched, "Overdraft")[0] == "15 days"
    assert figures(watched, "overdraft_days")["NOVA"] == 15.0
    card = text_of(watched.ask("show NOVA view=score").blocks)
    assert "Account conduct" in card
    assert "Days in overdraft" in card
    assert "transactions-" in card


def test_the_figure_of_every_month_is_on_record(watched):
    watched.load("transactions", HEAD + months("K-1", "NOVA", 20, 20, -40, 20, 20, 20))

    # one month is too few; the second has no overdraft, and the third's counts from then on
    assert shown(watched, "Overdraft")[:2] == ["15 days", "···▃▆▆▆▆"]
    months_on_record = text_of(watched.ask("show NOVA view=trend of=overdraft_days").blocks).splitlines()
    assert [re.split(r" {2,}", line)[1] for line in months_on_record if line.endswith("months of accounts")] == ["15 days"] * 4 + ["0 days"]


def test_without_transactions_nobody_is_worse_or_better_and_the_range_is_wider(watched):
    before = figures(watched, "points")
    watched.load("transactions", HEAD + months("K-1", "ACME", -90, -90, -90, -90, -90))
    after = figures(watched, "points")

    assert {name for name in before if before[name] != after[name] and not np.isnan(before[name])} == {"ACME"}
    assert after["ACME"] < before["ACME"]
    assert figures(watched, "confidence")["ACME"] > figures(watched, "confidence")["NORD"]


def test_a_past_moment_knows_no_transactions_that_came_later(watched):
    watched.load("transactions", HEAD + months("K-1", "NOVA", 20, 20, 20), at=MONDAY)
    watched.load("transactions", HEAD + months("K-1", "NOVA", 20, 20, -90), at=MONDAY + timedelta(hours=2))

    assert figures(watched, "overdraft_days", at=MONDAY + timedelta(hours=1))["NOVA"] == 0.0
    assert figures(watched, "overdraft_days")["NOVA"] == 15.0


def test_a_reported_figure_of_the_same_name_is_settled_by_the_one_rule(watched):
    watched.load("transactions", HEAD + months("K-1", "NOVA", 20, 20, -40))
    watched.observe("NOVA,overdraft_days,2026-11-20,40")
    score(watched)

    assert shown(watched, "Overdraft")[0] == "40 days"
    assert figures(watched, "overdraft_days")["NOVA"] == 40.0


def book_of_loans(count, seed):
    """Loans of any size, of which the bad let their accounts run low more often before they fail; which are bad, and transactions."""
    chance = np.random.default_rng(seed)
    bad = chance.random(count) < 0.15
    lines = []
    for place in range(count):
        size = float(np.exp(chance.normal(10, 1.5)))
        # the lowest balance is about a third of a month's turnover, less for those who fail, and overdrawn for some
        cushion = float(np.exp(chance.normal(-1.1, 0.9))) - (float(np.exp(chance.normal(-1.0, 0.8))) if bad[place] else 0.0)
        closing = round(size * (0.3 + max(cushion, 0.0)))
        balance = closing
        for month in range(9):
            low, inflow = round(size * (cushion + float(chance.normal(0, 0.06)))), round(size * float(chance.uniform(0.7, 1.3)))
            steps = [(3, balance + inflow), (14, low), (24, closing)]
            # one borrower in ten passes millions of somebody else through its account in one month
            if place % 10 == 0 and month == 5:
                steps[1:1] = [(5, balance + 500 * inflow), (6, balance + inflow)]
            for day, after in steps:
                lines.append(f"L{place},2026-{month + 1:02}-{day:02},{after - balance},{after}\n")
                balance = after
    return bad, "account,date,amount,balance\n" + "".join(lines)


@pytest.mark.long
def test_with_transactions_and_loans_alone_the_points_rank_as_well_as_the_lowest_balance_itself(one_book):
    bad, transactions = book_of_loans(400, seed=20)
    ids = [f"L{place}" for place in range(len(bad))]
    one_book.policy = one_book.policy.model_copy(update={"kri": ()})
    one_book.load("customers", "id,name\n" + "".join(f"{id},{id}\n" for id in ids))
    loans = "".join(f"X{id},{id},term_loan,CZK,1000,900,2029-01-31,0\n" for id in ids)
    one_book.load("facilities", f"id,customer,kind,currency,limit,outstanding,maturity,days_past_due\n{loans}")
    assert one_book.load("transactions", transactions).refused == 0

    points, lowest = (
        discrimination.auc(discrimination.tally([figures(one_book, name)[id] for id in ids], bad, better="high"))
        for name in ("points", "minimum_balance")
    )

    assert points >= 0.78
    assert points >= lowest - 0.02
