"""Where a guarantee lowers the expected loss, every screen and export names the guarantor, the covered share and the PD used."""

from __future__ import annotations

import pytest

from commands.kit.input import inline
from commands.kit.registry import registry
from storage.sight import EVERYTHING
from tests.commands.conftest import lend, text_of
from tests.commands.scoring.test_scoring import run

LOANS = "id,customer,kind,currency,limit,outstanding,lgd,days_past_due,maturity\nN1,NOVA,term_loan,EUR,1000000,1000000,0.4,0,2027-11-23\n"
LETTERS = "customer,rating,as_of,agency\nNOVA,B,2026-09-30,internal\nACME,A,2026-09-30,internal\n"
GUARANTEES = "id,guarantor,customer,facility,currency,amount,until\nG-1,ACME,NOVA,N1,EUR,600000,\nG-2,SMITH,NOVA,N1,EUR,100000,\n"
# 40 % of the loan at the PD of B, 60 % at that of A
SAID = "EL after the guarantee of Acme Steel: 60% of EAD covered, PD 3.89% → 1.59%; without it EL EUR 15.6 k"


def guaranteed(database):
    book = lend(database)
    for kind, text in (("facilities", LOANS), ("ratings", LETTERS), ("guarantees", GUARANTEES)):
        book.load(kind, text)
    run(book)


@pytest.fixture
def stock():
    return guaranteed


@pytest.mark.parametrize("line", ["show NOVA", "show NOVA view=score", "show NOVA of=loss"])
def test_the_screen_says_how_the_guarantee_changes_the_expected_loss(book, line):
    assert SAID in text_of(book.ask(line).blocks)


def test_a_customer_without_a_guarantee_has_no_such_line(book):
    assert "guarantee of" not in text_of(book.ask("show ACME view=score").blocks)


@pytest.mark.parametrize("line", ["list", "top 5"])
def test_the_figures_of_an_export_multiply_to_its_expected_loss(book, line):
    asked = inline.read(registry(), line)
    with book.database.begin(EVERYTHING) as tx:
        sheet = asked.command.sheet(asked.checked(), book._request("U0ANA"), tx)
    rows = [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]
    nova = next(row for row in rows if row["id"] == "NOVA")

    assert (nova["guarantor"], nova["guaranteed_share"]) == ("ACME", pytest.approx(0.6))
    assert nova["pd_after_guarantees"] * nova["lgd"] * float(nova["ead"]) == pytest.approx(float(nova["expected_loss"]))
    assert [row["guarantor"] for row in rows if row["id"] != "NOVA" and row["guarantor"]] == []
