"""The whole scorecard on one screen and in the terminal: points, where each figure is from, what is not known; on both databases."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from commands.kit.i18n import Reader, reading
from commands.scoring.explaining import explain
from risk_engine.policy.card_policy import Card, Component, Factor
from storage.database import Database
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, lend, text_of
from tests.commands.scoring.test_scoring import of, run
from tests.conftest import MONDAY
from tests.databases import Fill

STATEMENTS = """customer,period_end,months,currency,total_assets,current_assets,cash,total_liabilities,current_liabilities,short_term_debt,\
long_term_debt,equity,retained_earnings,revenue,cost_of_sales,ebitda,depreciation,ebit,interest_expense,tax,net_income,capex,\
working_capital_change,principal_repaid
STEEL,2025-12-31,12,EUR,1000,400,60,600,320,80,200,400,150,1500,1200,150,50,100,25,20,40,30,0,60
STEEL,2024-12-31,12,EUR,950,380,50,590,310,80,210,360,130,1400,1150,130,50,80,25,15,30,30,0,60
"""
OBSERVED = ("STEEL,satisfaction,2026-09-30,4.4", "STEEL,days_past_due,2026-09-30,0", "STEEL,utilisation,2026-11-10,0.6")


def component(measure: str, bounds: list[float], points: list[float], weight: float = 1) -> Component:
    return Component(measure=measure, weight=weight, bounds=bounds, points=points)


def factor(name: str, weight: float, *components: Component) -> Factor:
    return Factor(name=name, weight=weight, components=components)


# a card of its own, so that a team's other points change nothing here
CARD = Card(
    grades=(65, 45, 25),
    enough=0.3,
    nothing_known="medium",
    factors=(
        factor(
            "financial_condition",
            30,
            component("debt_ratio", [0.55, 0.7], [100, 60, 20]),
            component("interest_coverage", [2, 5], [0, 45, 100]),
        ),
        factor("rating", 30, component("pd", [0.0026, 0.006], [100, 82, 40])),
        factor("repayment", 20, component("days_past_due", [1], [100, 0], 2), component("dscr", [1.0, 1.2, 1.5], [0, 35, 60, 100])),
        factor("collateral", 8, component("lgd", [0.35, 0.5], [80, 40, 0])),
        factor("market", 7, component("competitor_price_index", [1], [0, 100]), component("order_backlog_months", [2], [0, 100])),
        factor("relationship", 5, component("satisfaction", [3], [0, 100]), component("utilisation", [0.8], [100, 0])),
    ),
)


def under_the_card(book: Book) -> Book:
    book.policy = book.policy.model_copy(update={"scoring": book.policy.scoring.model_copy(update={"card": CARD})})
    return book


@pytest.fixture
def book(book) -> Book:
    return under_the_card(book)


def learn(database: Database) -> None:
    book = under_the_card(lend(database))
    book.load("customers", "id,name,kind,commodity_share\nSTEEL,Norsk Steel,manufacturer,0.5\n")
    line = "id,customer,kind,currency,limit,outstanding,days_past_due,seniority,rate,rate_kind,maturity,as_of"
    rows = (
        "K1,STEEL,term_loan,EUR,500,400,0,senior,0.05,floating,2029-12-31,2026-10-31",
        "K2,STEEL,bond,EUR,50,50,0,senior,0.05,fixed,2029-12-31,2026-10-31",
    )
    book.load("facilities", "\n".join([line, *rows]) + "\n")
    book.load("ratings", "customer,rating,as_of,agency\nSTEEL,BB+,2026-09-30,S&P\n")
    book.load("statements", STATEMENTS)
    book.load("observations", "\n".join(["customer,indicator,as_of,value,source", *(f"{row},relationship" for row in OBSERVED)]) + "\n")
    book.load("rates", "currency,base,as_of,rate\nUSD,EUR,2026-11-20,0.9\n")
    run(book)


@pytest.fixture
def stock(request, stock) -> Fill:
    return learn if "known" in request.fixturenames else stock


@pytest.fixture
def known(book) -> Book:
    """A book in which almost everything is known of a manufacturer."""
    return book


def rows(screen: str) -> dict[str, list[str]]:
    """The cells of each row of the tables by what stands first in it."""
    cells = [re.split(r" {2,}", line.strip()) for line in screen.splitlines()]
    return {row[0]: row[1:] for row in cells}


def test_the_screen_of_a_customer_has_the_card_in_a_line_and_a_button_to_all_of_it(known):
    reply = known.ask("show STEEL")
    screen = text_of(reply.blocks)

    # 24 + 24.6 + 15.67 + 3.2 + 5 = 72.47 of the 93 that are known
    assert "Scorecard  78 of 100, 93% complete (range 72–79) · weakest: collateral 40" in screen
    assert [str(label) for label, _args in reply.pages] == ["Facilities", "Data", "Score", "Trend"]
    assert {args.view.value for _label, args in reply.pages} == {"facilities", "data", "score", "trend"}


def test_provision_category_and_weighted_assets_stand_with_the_score(known):
    assert re.search(
        r"Provision  stage 1 · ECL EUR [\d.]+ · pass · RWA EUR [\d.]+ k? ?IRB, indicative / EUR [\d.]+ k? ?standardised",
        text_of(known.ask("show STEEL view=score").blocks),
    )


def test_each_figure_has_its_value_points_weight_source_and_date(known):
    found = rows(text_of(known.ask("show STEEL view=score").blocks))

    assert found["· Debt ratio"] == ["60%", "60", "15%", "31 Dec 2025", "statements-7:2"]
    assert found["· PD"] == ["0.36%", "82", "30%", "30 Sept 2026", "ratings-6:2"]
    assert found["· Days past due"][:3] == ["0 days", "100", "13.3%"]
    assert found["· Satisfaction"] == ["4.4 of 5", "100", "2.5%", "30 Sept 2026", "observations-8:2"]
    assert found["· LGD"][4] == "facilities-5:2 +1"


def test_factors_stand_above_their_figures_with_their_points_and_weight(known):
    found = rows(text_of(known.ask("show STEEL view=score").blocks))

    assert found["Rating"] == ["–", "82", "30%", "–", "–"]
    assert found["Market"] == ["–", "–", "7%", "–", "–"]
    assert found["· Order backlog"] == ["–", "–", "3.5%", "–", "–"]


def test_a_reading_that_counts_is_among_the_facts_of_a_score_and_one_of_an_earlier_day_than_the_ledger_is_not(known):
    with known.database.begin(EVERYTHING) as tx:
        said = "\n".join(explain(tx, known.policy, "STEEL", sources=True))
    used = {row[1]: "✓" in row for row in (re.split(r" {2,}", line.strip()) for line in said.splitlines()) if row[0] == "observation"}

    assert used == {"satisfaction": True, "utilisation": True}


def test_an_observed_ratio_stands_for_accounts_that_nobody_sends(book):
    book.observe("NOVA,dscr,2026-09-30,1.30", "NOVA,debt_ratio,2026-09-30,0.5")
    run(book)

    found = rows(text_of(book.ask("show NOVA view=score").blocks))

    assert found["· Debt service cover"] == ["1.30×", "60", "6.7%", "30 Sept 2026", "observations-1:2"]
    assert found["· Debt ratio"][:2] == ["50%", "100"]
    assert found["· Interest cover"] == ["–", "–", "15%", "–", "–"]


def test_what_is_not_known_is_named_with_its_weight_the_weightiest_first_and_widens_the_score(known):
    screen = text_of(known.ask("show STEEL view=score").blocks)
    line = next(line for line in screen.splitlines() if line.startswith("Not known"))

    assert re.fullmatch(
        "Not known  (Order backlog|Competitors' prices) \\(4%\\), (Order backlog|Competitors' prices) "
        "\\(4%\\): with them, the score would be between \\d+ and \\d+",
        line,
    )


def test_the_reasons_stand_with_the_grade_that_each_asks_for(known):
    screen = text_of(known.ask("show STEEL view=score").blocks)

    assert "●○○○ low  PD 0.36%, S&P rating BB+ · 30 Sept 2026" in screen
    assert re.search("scorecard \\d+ of 100, \\d+% complete", screen)


def test_altmans_score_is_shown_with_model_zone_bounds_and_why_that_model(known):
    screen = text_of(known.ask("show STEEL view=score").blocks)

    # 0.717 × 0.08 + 0.847 × 0.15 + 3.107 × 0.1 + 0.42 × 0.6667 + 0.998 × 1.5
    assert "Altman  Z′ 2.27: grey zone · distress below 1.23, safe above 2.9 · manufacturer model" in screen


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("project", "none: a project company is assessed by its debt service cover"),
        (
            "listed manufacturer",
            "Z′ 2.27: grey zone · distress below 1.23, safe above 2.9 · listed, but market value unknown",
        ),
        ("other", "non-manufacturer model"),
        ("", "kind of customer unknown; model for any kind"),
    ],
)
def test_why_a_model_judges_a_customer_is_said(known, kind, said):
    known.load("customers", f"id,name,kind\nSTEEL,Norsk Steel,{kind}\n", at=MONDAY + timedelta(days=1))
    run(known, MONDAY + timedelta(days=1))

    assert said in text_of(known.ask("show STEEL view=score").blocks)


def test_moves_of_the_market_show_cover_its_change_and_the_grade(known):
    found = rows(text_of(known.ask("show STEEL view=score").blocks))

    # CFADS 100 over 85, EBITDA 150 over 25; the dollar guarantee is a thousandth of the debt's share of foreign currency
    assert found["Base case"][:2] == ["1.18×", "6.00×"]
    # half the cost of sales of 1,200 costs 30 % more: 180 less cash
    assert found["Commodity prices +30%"][:2] == ["-0.94× ▼2.12×", "-1.20× ▼7.20×"]
    assert all("●" in found[move][2] for move in ("Base case", "Interest rates +200 bp", "Home currency −20%", "Commodity prices +30%"))


def test_a_move_that_is_not_computable_says_nothing_of_the_grade(known):
    known.load("customers", "id,name,commodity_share\nSTEEL,Norsk Steel,\n", at=MONDAY + timedelta(days=1))
    run(known, MONDAY + timedelta(days=1))

    assert rows(text_of(known.ask("show STEEL view=score").blocks))["Commodity prices +30%"] == ["–", "–", "–"]


def test_repayment_is_said_on_one_line(known):
    screen = text_of(known.ask("show STEEL view=score").blocks)

    assert re.search(r"Repayment  EUR [\d.]+ k? ?due in 12 months · cash flow covers [\d.]+× · ", screen)


def test_without_anything_known_that_is_said_and_nothing_is_invented(book):
    run(book)

    reply = book.ask("show NORD view=score")
    screen = text_of(reply.blocks)

    assert reply.text == "Nordwind Energie · ●●○○ medium (little known) · – of 100"
    assert "Scorecard  no scorecard input known" in screen
    assert "0 of 100" not in screen.replace("– of 100", "")


def test_whoever_has_no_score_has_no_card(book):
    assert book.refusal("show NOVA view=score") == "Nova Power has no score yet."
    assert [str(label) for label, _args in book.ask("show NOVA").pages] == ["Data"]


def test_a_chinese_reader_reads_the_card_in_chinese(known):
    with reading(Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)):
        screen = text_of(known.ask("show STEEL view=score").blocks)

    assert "财务状况" in screen
    assert "Financial" not in screen
    assert "Reasons" not in screen


# --- incidents and guarantors as reasons ---------------------------------------------------------------------------------


def test_an_incident_is_a_reason_with_what_went_wrong_and_when(book):
    book.load("incidents", "customer,kind,as_of,severity\nNOVA,fraud,2026-10-05,5\nNORD,late_reporting,2026-10-05,5\n")
    run(book)

    assert "●●●● critical: incident: fraud" in text_of(book.ask("show NOVA").blocks)
    assert "incident: late reporting · 5 Oct 2026" in text_of(book.ask("show NORD view=score").blocks)


def test_a_guarantor_in_default_is_a_reason_with_its_name(book):
    book.load("ratings", "customer,rating,as_of,agency\nNORD,D,2026-09-30,S&P\nNOVA,AA,2026-09-30,S&P\n")
    book.load("guarantees", "id,guarantor,customer\nG1,NORD,NOVA\n")
    run(book)

    assert "guarantor Nordwind Energie in default" in text_of(book.ask("show NOVA view=score").blocks)


# --- down to file and row --------------------------------------------------------------------------------------------------


def test_every_kind_of_fact_is_explained_down_to_its_file_and_row(known):
    known.load("instalments", "facility,due,principal,interest\nK1,2026-12-31,50,5\nK1,2027-12-31,50,5\n")
    known.load("payments", "facility,paid,amount\nK1,2026-06-30,55\n")
    known.load("collateral", "id,customer,kind,currency,value,valued\nC1,STEEL,real_estate,EUR,300,2026-06-30\n")
    known.load("guarantees", "id,guarantor,customer,until\nG1,NORD,STEEL,2030-12-31\nG2,NOVA,STEEL,2020-12-31\n")
    known.load(
        "projections", "customer,projected,period_end,months,currency,cfads,debt_service\nSTEEL,2026-06-30,2027-12-31,12,EUR,120,90\n"
    )
    known.load("incidents", "customer,kind,as_of,severity\nSTEEL,insurance,2026-10-05,2\n")
    known.load("outcomes", "customer,event,as_of\nSTEEL,default,2019-01-31\nSTEEL,cure,2020-01-31\n")
    run(known, MONDAY + timedelta(days=1))
    with known.database.begin(EVERYTHING) as tx:
        said = [re.split(r" {2,}", line.strip()) for line in explain(tx, known.policy, "STEEL", sources=True)]
    facts = {(row[0], row[1]): row[2:] for row in said if len(row) > 4}

    assert facts["instalments", "K1"] == ["× 2", "31 Dec 2027", "instalments-1.csv", "3", "✓"]
    assert facts["payments", "K1"] == ["× 1", "30 Jun 2026", "payments-2.csv", "2", "✓"]
    assert facts["collateral", "C1"] == ["EUR 300.00 real_estate", "30 Jun 2026", "collateral-3.csv", "2", "✓"]
    assert facts["guarantee", "G1"] == ["NORD", "31 Dec 2030", "guarantees-4.csv", "2", "✓"]
    assert facts["guarantee", "G2"] == ["NOVA", "31 Dec 2020", "guarantees-4.csv", "3"]
    assert facts["projection", "→ 2027-12-31"] == ["× 1", "30 Jun 2026", "projections-5.csv", "2", "✓"]
    assert facts["incident", "insurance"] == ["2 / 5", "5 Oct 2026", "incidents-6.csv", "2", "✓"]
    assert facts["statement", "12 M consolidated"] == ["EUR 950", "31 Dec 2024", "statements-7.csv", "3"]
    assert facts["outcome", "default"][-1] != "✓"


def test_of_quarters_those_that_make_the_year_count(book):
    quarters = [f"NOVA,{end},3,EUR,100,25" for end in ("2026-06-30", "2026-03-31", "2025-12-31", "2025-09-30", "2025-06-30")]
    book.load("statements", "\n".join(["customer,period_end,months,currency,total_assets,revenue", *quarters]) + "\n")
    run(book)
    with book.database.begin(EVERYTHING) as tx:
        said = list(explain(tx, book.policy, "NOVA", sources=True))
    used = ["✓" in line for line in said if line.startswith("  statement")]

    assert used == [True, True, True, True, False]


def test_the_terminal_prints_the_card_the_groups_and_what_is_missing(known):
    with known.database.begin(EVERYTHING) as tx:
        said = list(explain(tx, known.policy, "STEEL", sources=False))

    titles = [line for line in said if line and not line.startswith(" ")]
    assert titles[2:] == [
        "Scorecard",
        "Drivers",
        "Credit",
        "Capital",
        "Financial condition",
        "Repayment",
        "Market moves",
        "Missing",
    ]
    assert "Facts" not in titles


def test_the_version_of_before_is_not_what_is_explained(known):
    assert of(known, "STEEL").points is not None


def test_a_grade_of_which_little_is_known_is_marked_with_its_range_and_what_is_missing(book):
    book.observe("NORD,interest_coverage,2026-09-30,9")
    run(book)
    screen = text_of(book.ask("show NORD view=score").blocks)

    assert screen.startswith("Nordwind Energie · ●○○○ low (little known)")
    assert "Range  ●○○○ low to ●●●● critical, depending on PD (30%), Debt ratio (15%)" in screen
    assert "of the scorecard is known" in screen
    assert "low (little known)" in book.ask("show NORD").text
    assert "●○○○ low?" in text_of(book.ask("top by=grade").blocks)
