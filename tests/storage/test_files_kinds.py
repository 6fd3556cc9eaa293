"""Statements, exchange rates and outcomes: what their columns take."""

from __future__ import annotations

from decimal import Decimal

import pytest

from storage.files.kinds import AMOUNTS
from storage.files.units import ACCEPTED, factor_of
from storage.schema import StatementVersionRow
from tests.storage.staging import refused, rows, staged

STATEMENT = "customer,period_end,unit,total_assets,net_income\n"


@pytest.fixture
def brought(tmp_path):
    """Stage a text; closed at the end."""
    open_files = []

    def bring(kind, text, toml=""):
        (tmp_path / "book.csv").write_text(text, encoding="utf-8")
        open_files.append(staged(kind, tmp_path / "book.csv", toml))
        return open_files[-1]

    yield bring
    for each in open_files:
        each.discard()


@pytest.mark.parametrize(
    ("unit", "amount", "stored"),
    [
        ("", "1.5", 15_000),
        ("1", "-1.5", -15_000),
        ("thousands", "1.5", 15_000_000),
        ("K", "-0", 0),
        ("万", "0.00000001", 1),
        ("万元", "12345.67", 1_234_567_000_000),
        ("百万", "1", 10_000_000_000),
        ("亿元", "1.23456789", 1_234_567_890_000),
        ("bn", "900000", 9_000_000_000_000_000_000),
    ],
)
def test_amounts_are_kept_in_whole_units_exactly(brought, unit, amount, stored):
    found = brought("statements", f"{STATEMENT}C1,2025-12-31,{unit},{amount},{amount}\n")

    assert (refused(found), rows(found, "total_assets", "net_income")) == ([], [(stored, stored)])


@pytest.mark.parametrize(
    ("unit", "amount", "code"),
    [
        ("万", "0.000000001", "signed_money"),
        ("", "1.00001", "signed_money"),
        ("", "1.00000000000000000000000000001", "signed_money"),
        ("", "n/a", "signed_money"),
        ("亿", "9000001", "largest"),
        ("", "-900000000000001", "largest"),
    ],
)
def test_an_amount_that_cannot_be_kept_is_refused(brought, unit, amount, code):
    found = brought("statements", f"{STATEMENT}C1,2025-12-31,{unit},{amount},1\n")

    assert refused(found) == [(2, "total_assets", amount, code)]


def test_an_unknown_unit_is_refused_and_its_amounts_are_not_judged(brought):
    found = brought("statements", f"{STATEMENT}C1,2025-13-31,dozen,1.00001,x\n")

    assert refused(found) == [(2, "unit", "dozen", "choice"), (2, "period_end", "2025-13-31", "date")]
    assert next(found.refusals()).accepted.facts == {"choices": list(ACCEPTED)}


def test_every_unit_that_a_refusal_names_is_accepted():
    assert all(factor_of(unit) for unit in ACCEPTED)
    assert (factor_of(" 万元 "), factor_of("Million"), factor_of("lakh")) == (Decimal(10_000), Decimal(1_000_000), None)


def test_two_rows_that_mean_the_same_amount_in_two_units_merge(brought):
    found = brought("statements", f"{STATEMENT}C1,2025-12-31,万,1,\nC1,2025-12-31,,10000,\n")

    assert (found.facts, found.merged, found.refused_rows) == (1, 1, 0)


def test_a_statement_is_of_twelve_months_and_consolidated_unless_it_says_otherwise(brought):
    text = "customer,period_end,months,basis,audited,published\nC1,2025-12-31,,,是,2026-03-01\nC1,2025-12-31,6,Parent,No,\n"

    assert rows(brought("statements", text), "months", "basis", "audited", "published") == [
        (12, "consolidated", 1, "2026-03-01"),
        (6, "parent", 0, None),
    ]


def test_a_statement_that_does_not_add_up_is_not_refused(brought):
    found = brought("statements", "customer,period_end,total_assets,total_liabilities,equity\nC1,2025-12-31,-1,100,500\n")

    assert refused(found) == []


def test_every_amount_of_a_statement_has_a_column():
    assert set(AMOUNTS) <= set(StatementVersionRow.__table__.columns.keys())


def test_a_rate_is_positive_between_two_currencies_and_nobodys(brought):
    text = "currency,base,as_of,rate\nUSD,CNY,2026-03-31,7.1\nCNY,CNY,2026-03-31,1\nEUR,CNY,2026-03-31,0\nGBP,CNY,2026-03-31,-1\n"

    found = brought("rates", text)

    assert rows(found, "currency", "base", "rate") == [("USD", "CNY", 7.1)]
    assert refused(found) == [(3, "base", "CNY", "other_currency"), (4, "rate", "0", "above"), (5, "rate", "-1", "above")]


def test_an_outcome_is_one_of_four_events(brought):
    found = brought("outcomes", "customer,event,as_of\nC1,Default,2026-01-01\nC1,merger,2026-01-01\n")

    assert (rows(found, "event"), refused(found)) == ([("default",)], [(3, "event", "merger", "choice")])
