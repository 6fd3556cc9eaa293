"""Statements, exchange rates and outcomes: what their columns take."""

from __future__ import annotations

from decimal import Decimal

import pytest

from storage.data.files.kinds.statements import AMOUNTS
from storage.data.files.units import ACCEPTED, factor_of
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


def test_an_instalment_is_of_a_facility_on_a_day_that_may_lie_ahead(brought):
    text = "facility,due,principal,interest\nF1,2031-03-31,1000.5,0\nF1,2031-06-30,,1\nF1,2026-03-31,-1,0\n"

    found = brought("instalments", text)

    assert rows(found, "facility", "due", "principal", "interest") == [("F1", "2031-03-31", 10_005_000, 0)]
    assert refused(found) == [(3, "principal", "", "required"), (4, "principal", "-1", "money")]


def test_a_payment_is_booked_on_its_value_date_unless_it_says_otherwise_and_several_have_references(brought):
    text = "facility,paid,amount,booked,reference\nF1,2026-03-30,5,,\nF1,2026-03-30,5,2026-03-31,again\nF1,2026-04-01,5,,\n"

    found = brought("payments", text)

    assert rows(found, "paid", "booked", "reference") == [("2026-03-30", "2026-03-30", ""), ("2026-03-30", "2026-03-31", "again")]
    assert refused(found) == [(4, "paid", "2026-04-01", "date_range")]


def test_two_payments_of_one_day_without_a_reference_contradict_one_another(brought):
    found = brought("payments", "facility,paid,amount\nF1,2026-03-30,5\nF1,2026-03-30,6\n")

    assert [row[-1] for row in refused(found)] == ["same", "same"]


def test_collateral_has_the_first_rank_unless_it_says_otherwise(brought):
    text = "id,customer,kind,currency,value,lien,insured\nM1,C1,real_estate,EUR,100,,yes\nM2,C1,shares,EUR,100,10,\nM3,C1,boat,EUR,1,2,\n"

    found = brought("collateral", text)

    assert rows(found, "collateral", "lien", "insured", "facility") == [("M1", 1, 1, None)]
    assert refused(found) == [(3, "lien", "10", "whole"), (4, "kind", "boat", "choice")]


def test_nobody_guarantees_for_himself_and_an_amount_has_a_currency(brought):
    text = "id,guarantor,customer,currency,amount\nG1,P1,C1,,\nG2,C1,C1,EUR,5\nG3,P1,C1,,5\n"

    found = brought("guarantees", text)

    assert rows(found, "guarantee", "guarantor", "customer_id", "amount") == [("G1", "P1", "C1", None)]
    assert refused(found) == [(3, "guarantor", "C1", "other_customer"), (4, "amount", "50000", "with_currency")]


def test_a_projection_was_made_in_the_past_of_periods_to_come(brought):
    rest = "C1,2026-04-01,2035-12-31,,\nC1,2026-01-15,2036-12-31,,-1\n"
    text = f"customer,projected,period_end,cfads,debt_service\nC1,2026-01-15,2035-12-31,-5,1\n{rest}"

    found = brought("projections", text)

    assert rows(found, "period_end", "cfads", "debt_service", "revenue") == [("2035-12-31", -50_000, 10_000, None)]
    assert refused(found) == [(3, "projected", "2026-04-01", "date_range"), (4, "debt_service", "-1", "money")]


def test_an_incident_is_any_word_and_is_resolved_after_it_happened(brought):
    text = "customer,kind,as_of,resolved\nC1,fund_diversion,2026-01-01,\nC1,Fraud?,2026-01-01,\nC1,fraud,2026-01-02,2026-01-01\n"

    found = brought("incidents", text)

    assert rows(found, "kind", "severity", "facility") == [("fund_diversion", 3, "")]
    assert refused(found) == [(3, "kind", "Fraud?", "word"), (4, "resolved", "2026-01-01", "not_before")]


def test_a_customer_may_be_on_the_watch_list_and_a_facility_forborne(brought):
    customers = brought("customers", "id,name,commodity_share,watch_list\nC1,Acme,0.4,yes\nC2,Bolt,1.2,no\n")
    assert (rows(customers, "commodity_share", "watch_list"), refused(customers)) == ([(0.4, 1)], [(3, "commodity_share", "1.2", "range")])

    head = "id,customer,kind,currency,limit,outstanding,forborne,restructured,phase,eir,origination_rating\n"
    facilities = brought("facilities", f"{head}F1,C1,project_loan,EUR,1,1,no,2,construction,0.05,BB+\n")
    assert rows(facilities, "forborne", "restructured", "phase", "eir", "origination_rating") == [(0, 2, "construction", 0.05, "BB+")]
