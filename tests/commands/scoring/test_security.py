"""Security from files to figures: what an item secures, what the ledger states, and what is not proven."""

from __future__ import annotations

import pytest

from bot.clock import Clock
from bot.scoring.scoring import score
from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

LENT = "id,customer,kind,currency,limit,outstanding,seniority,days_past_due,as_of,collateral,collateral_kind\n"
ITEMS = "id,customer,kind,currency,value,valued,facility,insured,registered\n"


class Monday(Clock):
    def now(self):
        return MONDAY


def found(book, customer: str) -> dict[str, float | None]:
    """The figures of a customer after a run."""
    score(book.database, book.policy, Monday(), by="test")
    with book.database.begin(EVERYTHING) as tx:
        one = scores.of(tx, [customer])[customer]
        return scores.finding(tx, one).detail.figures


def lend(book, *rows: str) -> None:
    book.load("facilities", LENT + "".join(f"{row}\n" for row in rows))


def pledge(book, *rows: str) -> None:
    book.load("collateral", ITEMS + "".join(f"{row}\n" for row in rows))


def loan(name: str, customer: str, stated: str = ",") -> str:
    return f"{name},{customer},term_loan,EUR,1000,1000,senior,0,2026-03-30,{stated}"


def test_collateral_for_another_customers_facility_secures_that_one_and_not_its_givers(book):
    lend(book, loan("N1", "NOVA"), loan("S1", "SMITH"))
    pledge(book, "M1,SMITH,cash,EUR,500,,N1,,")

    # half of the loan at an LGD of 0, the other half at 40 %
    assert (found(book, "NOVA")["lgd"], found(book, "NOVA")["secured_share"]) == (0.2, 0.5)
    assert (found(book, "SMITH")["lgd"], found(book, "SMITH")["secured_share"]) == (0.4, 0)


def test_collateral_that_names_no_facility_secures_all_of_its_owners(book):
    lend(book, loan("S1", "SMITH"), loan("S2", "SMITH"))
    pledge(book, "M1,SMITH,cash,EUR,500,,,,")

    assert found(book, "SMITH")["secured_share"] == 0.25


@pytest.mark.parametrize(
    ("flags", "secured"),
    # 40 % off, 30 % more if insurance or registration is unknown, everything if either is known to be missing
    [("yes,yes", 0.6), (",yes", 0.3), ("yes,", 0.3), (",", 0.3), ("no,yes", 0.0), (",no", 0.0)],
)
def test_what_is_not_known_to_be_insured_or_registered_counts_for_less(book, flags, secured):
    lend(book, loan("S1", "SMITH"))
    pledge(book, f"M1,SMITH,real_estate,EUR,1000,2026-01-31,S1,{flags}")

    assert found(book, "SMITH")["secured_share"] == pytest.approx(secured)


def test_what_the_ledger_states_of_a_facility_is_its_collateral(book):
    lend(book, loan("S1", "SMITH", "500,cash"), loan("S2", "SMITH", "500,guarantee"), loan("S3", "SMITH", "500,"))

    assert found(book, "SMITH")["secured_share"] == pytest.approx(500 / 3000)


@pytest.mark.parametrize(("item", "secured"), [("M1,SMITH,cash,EUR,200,,S1,,", 0.2), ("M1,SMITH,cash,EUR,200,,,,", 0.2)])
def test_items_on_file_replace_what_the_ledger_states(book, item, secured):
    lend(book, loan("S1", "SMITH", "500,cash"))
    pledge(book, item)

    assert found(book, "SMITH")["secured_share"] == secured


def test_items_of_one_facility_leave_what_the_ledger_states_of_another(book):
    lend(book, loan("S1", "SMITH", "500,cash"), loan("S2", "SMITH", "500,cash"))
    pledge(book, "M1,SMITH,cash,EUR,200,,S1,,")

    assert found(book, "SMITH")["secured_share"] == pytest.approx((200 + 500) / 2000)


def test_a_guarantee_from_a_file_covers_the_facility_that_it_names_while_it_lasts(book):
    lend(book, loan("S1", "SMITH"), loan("S2", "SMITH"), loan("N1", "NOVA"))
    book.load("ratings", "customer,rating,as_of,agency\nSMITH,BB,2026-09-30,S&P\nNORD,A,2026-09-30,S&P\n")
    head = "id,guarantor,customer,facility,currency,amount,until,integral\n"
    book.load("guarantees", f"{head}G1,NORD,SMITH,S1,EUR,500,2070-01-01,no\nG2,NORD,SMITH,S2,,,2026-01-01,\n")

    smith = found(book, "SMITH")

    # 500 of 2,000 at A's 0.06 % instead of BB's 0.58 %; the second guarantee has ended
    assert smith["guaranteed_share"] == 0.25
    assert smith["expected_loss"] == round((0.0006 * 500 + 0.0058 * 1500) * 0.4, 2)


@pytest.mark.parametrize(
    ("start", "until", "part"),
    # seven months of five years; made for less than a year; not known for how long
    [("2025-12-01", "2027-06-23", (212 / 365 - 0.25) / 4.75), ("2026-11-01", "2027-06-23", 0.0), ("", "2027-06-23", 0.0)],
)
def test_a_guarantee_that_ends_before_its_loan_counts_in_part_by_its_first_day(book, start, until, part):
    lend(book, loan("S1", "SMITH"), loan("N1", "NOVA"))
    book.load("ratings", "customer,rating,as_of,agency\nSMITH,BB,2026-09-30,S&P\nNORD,A,2026-09-30,S&P\n")
    book.load("guarantees", f"id,guarantor,customer,facility,start,until\nG1,NORD,SMITH,S1,{start},{until}\n")

    assert found(book, "SMITH")["guaranteed_share"] == pytest.approx(part, abs=1e-5)
