"""The sample book: everything at least once, sums that hold, and the same for the same seed and day."""

from __future__ import annotations

import csv
import shutil
import unicodedata
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from risk_engine.indicators.monitoring import Colour, colours
from storage.data import facts
from storage.data.files import KIND_NAMES, stage
from storage.data.files.kinds.customers import CUSTOMER_KINDS
from storage.data.files.kinds.facilities import FACILITY_KINDS
from storage.data.files.kinds.observations import SOURCES
from storage.data.files.kinds.security import COLLATERAL_KINDS
from storage.data.sample_book import borrowers, is_sample, news, sample_file, write_sample_book
from storage.database import Database
from storage.migrations import migrate
from storage.sight import EVERYTHING

DAY = date(2026, 11, 23)
# the months of accounts come from the transactions
WRITTEN = [kind for kind in KIND_NAMES if kind != "account_months"]
QUARTER_AGO = DAY - timedelta(days=90)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Folders with the book of a day, as it was known on another: each is written once, and not changed."""

    @cache
    def write(day=DAY, known=None):
        folder = tmp_path_factory.mktemp("book")
        write_sample_book(folder, seed=7, today=day, known=known)
        return folder

    return write


@pytest.fixture(scope="module")
def book(written):
    """The book of a day."""
    return written()


def load_book(database, folder, day):
    """Load all the files of a day's book."""
    loads = {}
    for kind in sorted(WRITTEN, key=lambda name: (name != "customers", name != "facilities")):
        with stage(kind, sample_file(folder, kind), None, today=day, strict=True) as staged:
            with database.begin(EVERYTHING) as tx:
                facts.refuse_strangers(tx, staged)
            assert (staged.refused_rows, staged.merged) == (0, 0)
            with database.begin(EVERYTHING, write=True) as tx:
                loads[kind] = facts.load(tx, staged, at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    return loads


@pytest.fixture(scope="module")
def loaded_file(book, masters, tmp_path_factory):
    """A SQLite file with the book of the day."""
    file = tmp_path_factory.mktemp("loaded") / "riskbot.db"
    database = Database(masters.sqlite(migrate.upgrade, file))
    load_book(database, book, DAY)
    database.close()
    return file


@pytest.fixture
def loaded(loaded_file, tmp_path):
    """A database with the book of the day."""
    shutil.copy(loaded_file, tmp_path / "riskbot.db")
    database = Database(f"sqlite:///{tmp_path / 'riskbot.db'}")
    yield database
    database.close()


def table(folder, kind):
    return list(csv.DictReader(sample_file(folder, kind).read_text(encoding="utf-8").splitlines()))


def newest(observed, kri, day):
    """The customer, the colour of its newest reading, and whether that is stale."""
    series = defaultdict(list)
    for row in observed:
        if row["indicator"] == kri.indicator and row["source"] in {"customer", "relationship"}:
            series[row["customer"]].append((date.fromisoformat(row["as_of"]), float(row["value"])))
    alike = defaultdict(list)
    for customer, readings in series.items():
        alike[len(readings)].append(customer)
    for customers in alike.values():
        values = np.array([[value for _day, value in sorted(series[customer])] for customer in customers])
        for customer, colour in zip(customers, colours(kri, values)[:, -1], strict=True):
            yield customer, Colour(int(colour)), (day - max(series[customer])[0]).days > kri.stale_after_days


def test_the_same_seed_and_day_give_the_same_files(tmp_path, book):
    write_sample_book(tmp_path / "again", seed=7, today=DAY)
    write_sample_book(tmp_path / "other", seed=8, today=DAY)

    for kind in WRITTEN:
        assert sample_file(tmp_path / "again", kind).read_bytes() == sample_file(book, kind).read_bytes()
    assert table(tmp_path / "other", "observations") != table(book, "observations")


def test_every_kind_of_everything_is_there_at_least_once(book):
    customers, facilities, ratings = table(book, "customers"), table(book, "facilities"), table(book, "ratings")

    assert len({row["id"] for row in customers}) == 240
    assert len({row["group"] for row in customers} - {""}) == 60
    # a book of companies and projects, without a financial institution
    assert {row["kind"] for row in customers} == set(CUSTOMER_KINDS) - {"financial"}
    assert {row["kind"] for row in facilities} == set(FACILITY_KINDS)
    assert {row["collateral_kind"] for row in facilities} == set(COLLATERAL_KINDS)
    assert {row["source"] for row in table(book, "observations")} == set(SOURCES)
    assert {row["scale"] for row in ratings} == {"internal", "global", "domestic"}
    assert len({row["agency"] for row in ratings}) == 3
    assert {row["event"] for row in table(book, "outcomes")} == {"stage3", "default", "cure"}


def test_most_borrowers_are_steady_and_some_pay_report_or_roll_over_on_days_of_their_own():
    stories, habits = Counter(each.story for each in borrowers()), Counter(each.habit for each in borrowers())

    assert stories["steady"] >= 0.6 * len(borrowers())
    # as many as their cycles have days, or weeks, so that each day has one
    assert (habits["pays late"], habits["reports late"], habits["rolls over"]) == (28, 31, 26)


def test_names_are_unique_and_nothing_in_them_is_markup(book):
    customers = table(book, "customers")
    names = [row["name"] for row in customers]

    assert len({name.casefold() for name in names}) == len(names)
    for text in (row["name"] + row["aliases"] + row["group"] for row in customers):
        assert not set(text.replace("GmbH & Co. KG", "")) & set("<>&*_~`|@!")
        assert text == unicodedata.normalize("NFC", text).strip()
    assert sum(any("\u4e00" <= letter <= "\u9fff" for letter in row["name"] + row["aliases"]) for row in customers) >= 60


def test_every_statement_balances_to_the_last_unit(book):
    for row in table(book, "statements"):
        amount = {name: int(value) for name, value in row.items() if name in STATED and value}

        assert amount["total_assets"] == amount["total_liabilities"] + amount["equity"]
        assert amount["cash"] + amount["receivables"] + amount["inventory"] <= amount["current_assets"] < amount["total_assets"]
        assert amount["short_term_debt"] <= amount["current_liabilities"] <= amount["total_liabilities"]
        assert amount["ebit"] == amount["ebitda"] - amount["depreciation"]
        assert amount["net_income"] == amount["ebit"] - amount["interest_expense"] - amount["tax"]
        assert amount["operating_cash_flow"] == amount["net_income"] + amount["depreciation"] - amount["working_capital_change"]
        assert 0 < amount["ebitda"] < amount["revenue"]


STATED = {
    *("total_assets", "current_assets", "cash", "receivables", "inventory", "total_liabilities", "current_liabilities"),
    *("short_term_debt", "long_term_debt", "equity", "revenue", "ebitda", "depreciation", "ebit", "interest_expense", "tax"),
    *("net_income", "operating_cash_flow", "capex", "working_capital_change", "principal_repaid"),
}


def test_the_observed_ratios_are_those_of_the_statements(book):
    stated = {(row["customer"], row["period_end"]): row for row in table(book, "statements")}
    ratios = [row for row in table(book, "observations") if row["source"] == "customer" and row["unit"] == "ratio"]
    checked = Counter()

    for row in ratios:
        if row["indicator"] != "availability":
            worked_out = ratio(row["indicator"], stated[row["customer"], row["as_of"]])
            assert float(row["value"]) == pytest.approx(worked_out, abs=0.00006), row
            checked[row["indicator"]] += 1
    assert set(checked) == {"dscr", "interest_coverage", "current_ratio", "debt_ratio"}


def ratio(indicator, row):
    amount = {name: int(row[name]) for name in STATED}
    flow = amount["ebitda"] - amount["tax"] - amount["capex"] - amount["working_capital_change"]
    return {
        "dscr": flow / (amount["interest_expense"] + amount["principal_repaid"]),
        "interest_coverage": amount["ebitda"] / amount["interest_expense"],
        "current_ratio": amount["current_assets"] / amount["current_liabilities"],
        "debt_ratio": amount["total_liabilities"] / amount["total_assets"],
    }[indicator]


def test_twelve_quarters_each_and_less_of_those_who_are_silent(book):
    quarters = Counter(row["customer"] for row in table(book, "statements"))
    silent = {each.id for each in borrowers() if each.story == "stale"}

    assert {count for customer, count in quarters.items() if customer not in silent} == {12}
    assert {quarters[customer] for customer in silent} == {9}


def test_every_currency_in_use_has_a_rate_of_the_last_days(book):
    rated = {row["currency"] for row in table(book, "rates") if date.fromisoformat(row["as_of"]) >= DAY - timedelta(days=5)}
    used = {row["currency"] for kind in ("customers", "facilities", "statements") for row in table(book, kind)}

    assert used - rated == {"EUR"}


def test_what_was_known_on_an_earlier_day_holds_nothing_later(written, book):
    earlier = written(known=QUARTER_AGO)

    assert all(
        row["as_of"] <= QUARTER_AGO.isoformat() for kind in ("facilities", "observations", "ratings") for row in table(earlier, kind)
    )
    assert {row["period_end"] for row in table(earlier, "statements")} < {row["period_end"] for row in table(book, "statements")}


def test_a_restated_quarter_read_better_before(written, book):
    before, after = (
        {(row["customer"], row["period_end"]): row["current_assets"] for row in table(folder, "statements")}
        for folder in (written(known=QUARTER_AGO), book)
    )
    changed = {customer for (customer, day), figure in before.items() if after[customer, day] != figure}

    assert changed == {each.id for each in borrowers() if each.story == "restated"}


@pytest.mark.parametrize(
    "day", [DAY, date(2028, 2, 29), *(pytest.param(day, marks=pytest.mark.long) for day in (date(2026, 1, 1), date(2027, 3, 31)))]
)
def test_on_any_day_a_few_borrowers_are_red_more_are_amber_and_most_are_neither(policy, written, day):
    observed = table(written(day), "observations")

    states = [found for kri in policy.kri for found in newest(observed, kri, day)]

    fresh = [(customer, colour) for customer, colour, stale in states if not stale]
    red = {customer for customer, colour in fresh if colour is Colour.RED}
    amber = {customer for customer, colour in fresh if colour is Colour.AMBER} - red
    assert 8 <= len(red) <= 12
    assert 15 <= len(amber) <= 24
    assert {customer for customer, _colour, stale in states if stale} >= {each.id for each in borrowers() if each.story == "stale"}
    assert {"VK-01", "NH-02", "CV-02"} <= red


def test_it_loads_without_a_refusal_and_the_book_is_known_for_a_sample(database, book):
    loads = load_book(database, book, DAY)

    assert loads["customers"].added == 240
    assert min(loaded.added for loaded in loads.values()) > 10
    with database.begin(EVERYTHING) as tx:
        assert is_sample(tx)


def test_loading_it_the_next_day_changes_only_what_its_dates_have_moved_on_to(loaded, written):
    tomorrow = DAY + timedelta(days=1)
    again = load_book(loaded, written(tomorrow), tomorrow)

    assert (again["customers"].added, again["customers"].changed) == (0, 0)
    assert (again["observations"].changed, again["rates"].changed) == (0, 0)
    # an instalment, a maturity, a day of rates, a review
    assert 0 < again["facilities"].changed < 10
    assert 0 < again["observations"].added < 20
    assert again["rates"].added == 22


@pytest.mark.slow
def test_loading_it_a_quarter_later_keeps_the_customers_and_adds_newer_dates(loaded, written):
    then = DAY + timedelta(days=92)
    later = load_book(loaded, written(then), then)

    assert (later["customers"].added, later["customers"].changed, later["facilities"].added) == (0, 0, 0)
    assert later["statements"].added >= 235


def test_news_are_the_lines_that_an_earlier_book_did_not_have(tmp_path):
    before, after = sample_file(tmp_path, "before"), sample_file(tmp_path, "after")
    before.write_text("id\na\nb\n", "utf-8")
    after.write_text("id\na\nc\n", "utf-8")

    found = news(after, before)

    assert found is not None
    assert found.read_text("utf-8") == "id\nc\n"
    assert news(before, before) is None


def paid_by(day, rows):
    """What has been paid by a day, by facility and the instalment that it was for."""
    return {(row["facility"], row["reference"]) for row in rows if row["paid"] <= day}


# two days later an instalment falls due of somebody who was late at the month's end
@pytest.mark.parametrize("known", [DAY, pytest.param(DAY - timedelta(days=40), marks=pytest.mark.long), DAY + timedelta(days=2)])
def test_schedules_sum_to_what_is_outstanding_and_payments_say_how_late_it_is(written, known):
    folder = written() if known == DAY else written(max(DAY, known), known)
    scheduled, payments = defaultdict(list), table(folder, "payments")
    for row in table(folder, "instalments"):
        scheduled[row["facility"]].append(row)
    late = set()

    for loan in (row for row in table(folder, "facilities") if row["kind"] in {"term_loan", "project_loan"}):
        settled = paid_by(loan["as_of"], payments)
        unpaid = [row for row in scheduled[loan["id"]] if (loan["id"], row["due"]) not in settled]
        past = [date.fromisoformat(row["due"]) for row in unpaid if row["due"] < loan["as_of"]]
        days = (date.fromisoformat(loan["as_of"]) - min(past)).days if past else 0

        assert sum(float(row["principal"]) for row in unpaid) == pytest.approx(float(loan["outstanding"]), abs=0.001)
        assert days == int(loan["days_past_due"])
        late |= {loan["customer"]} if days else set()
    assert {each.id for each in borrowers() if each.story == "late"} <= late


def test_some_loans_are_secured_and_a_few_valuations_are_old(book):
    facilities, things = table(book, "facilities"), table(book, "collateral")

    assert 0.5 < len(things) / len(facilities) < 0.7
    assert {row["lien"] for row in things if row["prior"]} == {"2"}
    assert 5 < sum(date.fromisoformat(row["valued"]) < DAY - timedelta(days=400) for row in things) < 30


def test_one_guarantor_is_itself_in_trouble_and_reaches_two_debtors(book):
    guarantors = Counter(row["guarantor"] for row in table(book, "guarantees"))

    assert 30 <= sum(guarantors.values()) <= 50
    assert {id: count for id, count in guarantors.items() if count > 1} == {"VD-01": 2}
    assert next(each.story for each in borrowers() if each.id == "VD-01") == "contagion parent"


def test_every_project_is_projected_for_ten_years_and_nobody_else(book):
    years = Counter(row["customer"] for row in table(book, "projections") if row["period_end"].endswith("-12-31"))
    cover = {row["customer"]: float(row["cfads"]) / float(row["debt_service"]) for row in reversed(table(book, "projections"))}

    assert years == dict.fromkeys((each.id for each in borrowers() if each.project), 10)
    assert 0 < sum(first < 1.15 for first in cover.values()) < 10


def test_some_projects_are_projected_by_half_years_which_are_stated(book):
    halves = Counter(row["customer"] for row in table(book, "projections") if row["months"] == "6")

    assert len(halves) >= 5
    assert set(halves.values()) == {20}
    assert {row["months"] for row in table(book, "projections")} == {"", "6"}


def test_trouble_is_marked_on_a_few(book):
    facilities, customers = table(book, "facilities"), table(book, "customers")

    assert [sum(row[column] not in {"no", "0"} for row in facilities) for column in ("forborne", "restructured")] == [3, 2]
    assert {row["phase"] for row in facilities if row["kind"] == "project_loan"} == {"construction", "operation"}
    assert 3 <= sum(row["watch_list"] == "yes" for row in customers) <= 10
    assert {row["commodity_share"] != "" for row in customers if row["sector"] == "Metals"} == {True}
    assert 10 <= len(table(book, "incidents")) <= 20


def test_serious_trouble_and_empty_cells_are_there(book):
    facilities, incidents = table(book, "facilities"), table(book, "incidents")
    late = {row["id"]: (int(row["days_past_due"]), float(row["overdue"])) for row in facilities if row["overdue"]}

    assert late["JL-02-F2"][0] == 104
    assert late["SP-03-F2"][0] == 285
    assert late["GY-01-F2"] == (133, 180.0)
    assert {row["kind"] for row in incidents if not row["resolved"]} >= {"bankruptcy", "debt_evasion", "distressed_restructuring"}
    assert [sum(row[column] == "" for row in facilities) for column in ("lgd", "ccf")] == [3, 4]
    assert [sum(row[column] != "" for row in facilities) for column in ("non_accrual", "provision", "best_estimate_loss")] == [1, 1, 1]


def test_arrears_of_a_troubled_facility_began_once(written):
    earlier = {row["id"]: row["days_past_due"] for row in table(written(known=QUARTER_AGO), "facilities")}

    assert [earlier[f"{name}-F2"] for name in ("JL-02", "SP-03", "GY-01")] == ["12", "193", "41"]
