"""Every kind of finding, from facts that have just this one fault; and nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from risk_engine.people.roles import Reach
from risk_engine.policy.policy import Kri, Policy
from storage.customers import drawn
from storage.data import quality
from storage.data.quality import Check, Finding, FindingKind
from storage.database import Database, Tx
from storage.schema import (
    CollateralVersionRow,
    CustomerRow,
    CustomerVersionRow,
    FacilityVersionRow,
    GuaranteeVersionRow,
    ImportRow,
    IncidentVersionRow,
    InstalmentVersionRow,
    ObservationVersionRow,
    RateVersionRow,
    RatingVersionRow,
    StatementVersionRow,
)
from storage.sight import EVERYTHING, Sight

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RECENT = date(2026, 9, 30)
HEALTHY = {"dscr": 1.5, "interest_coverage": 4.0, "current_ratio": 1.6, "debt_ratio": 0.6, "utilisation": 0.5, "days_past_due": 0}


class Facts:
    """Writes facts straight into the tables, each with a row of its own in one file."""

    def __init__(self, tx: Tx, policy: Policy) -> None:
        self.tx, self.policy, self._row = tx, policy, 1
        row = {"kind": "customers", "file": "facts.csv", "sha256": "", "at": NOW}
        self._insert(ImportRow, id=1, **row, **dict.fromkeys(("rows", "added", "changed", "unchanged", "merged", "refused"), 0))

    def _insert(self, table: Any, **values: Any) -> None:
        self.tx.connection.execute(insert(table).values(**values))

    def fact(self, table: Any, **values: Any) -> None:
        self._row += 1
        self._insert(table, import_id=1, file_row=self._row, known_at=NOW, **values)

    def customer(self, id: str, **more: Any) -> None:
        """A customer of whom everything is known."""
        self._insert(CustomerRow, id=id, since_import=1)
        values = {"name": id, "name_key": id, "sector": "Metals", "country": "DE", "currency": "EUR"} | more
        self.fact(CustomerVersionRow, customer_id=id, **values)

    def sound(self, id: str = "ACME", **more: Any) -> None:
        """A customer without a fault."""
        self.customer(id, **more)
        self.facility(id)
        self.rating(id)
        self.statement(id)
        for indicator, value in HEALTHY.items():
            self.reading(id, indicator, value)

    def facility(self, id: str = "ACME", name: str = "", **more: Any) -> None:
        values = {"kind": "term_loan", "currency": "EUR", "limit": Decimal(100), "outstanding": Decimal(50)} | more
        self.fact(FacilityVersionRow, customer_id=id, facility=name or f"F-{id}", **values)

    def rating(self, id: str = "ACME", **more: Any) -> None:
        values = {"as_of": RECENT, "agency": "S&P", "scale": "global", "rating": "BBB"} | more
        self.fact(RatingVersionRow, customer_id=id, **values)

    def statement(self, id: str = "ACME", **more: Any) -> None:
        values = {"period_end": RECENT, "months": 12, "basis": "consolidated", "currency": "EUR"} | more
        amounts = {"total_assets": 1000, "total_liabilities": 600, "equity": 400, "current_assets": 300, "cash": 100, "revenue": 900}
        values = {name: Decimal(amount) for name, amount in amounts.items()} | values
        self.fact(StatementVersionRow, customer_id=id, **values)

    def reading(self, id: str, indicator: str, value: float | None, **more: Any) -> None:
        days = {"utilisation": date(2026, 10, 31), "days_past_due": date(2026, 10, 31)}
        values = {"as_of": days.get(indicator, RECENT), "source": "customer"} | more
        self.fact(ObservationVersionRow, customer_id=id, indicator=indicator, value=value, **values)

    def rate(self, currency: str, rate: float, as_of: date = TODAY) -> None:
        self.fact(RateVersionRow, currency=currency, base="EUR", as_of=as_of, rate=rate)

    def collateral(self, name: str, **more: Any) -> None:
        values = {"kind": "real_estate", "currency": "EUR", "value": Decimal(80), "lien": 1} | more
        self.fact(CollateralVersionRow, collateral=name, customer_id="ACME", **values)

    def instalment(self, facility: str, due: date, principal: int) -> None:
        self.fact(InstalmentVersionRow, facility=facility, due=due, principal=Decimal(principal), interest=Decimal(1))

    def found(self, **asked: Any) -> list[Finding]:
        # an import of facilities does this
        drawn.follow(self.tx, above=0)
        return quality.findings(self.tx, self.policy, today=TODAY, **asked)

    def checks(self) -> set[tuple[Check, str | None]]:
        return {(one.check, one.about) for one in self.found()}


@pytest.fixture
def facts(database: Database, policy: Policy) -> Iterator[Facts]:
    with database.begin(EVERYTHING, write=True) as tx:
        yield Facts(tx, policy)


def test_a_customer_without_a_fault_has_no_finding(facts):
    facts.sound()

    assert facts.found() == []


def test_a_customer_of_whom_nothing_is_known_misses_everything_that_is_asked_for(facts):
    facts.customer("ACME", sector=None, country=None)

    found = facts.found()

    assert {one.kind for one in found} == {FindingKind.MISSING}
    assert {(Check.NO_ATTRIBUTE, "sector"), (Check.NO_ATTRIBUTE, "country"), (Check.NO_FACILITY, None)} <= facts.checks()
    assert {(Check.NO_RATING, None), (Check.NO_STATEMENT, None), (Check.NO_READING, "Current ratio")} <= facts.checks()


def test_a_reading_that_was_reported_empty_is_missing(facts):
    facts.customer("ACME")
    facts.reading("ACME", "dscr", None)

    assert (Check.NO_READING, "Debt service cover") in facts.checks()


def test_an_indicator_that_is_watched_for_another_sector_is_not_missed(facts):
    kri = tuple(one.model_copy(update={"sector": "Energy"}) for one in facts.policy.kri)
    facts.policy = facts.policy.model_copy(update={"kri": kri})
    facts.customer("ACME")

    assert not any(check is Check.NO_READING for check, _about in facts.checks())


def test_currencies_need_rates_only_where_there_are_several(facts):
    facts.sound()
    assert facts.found() == []

    facts.facility(name="F2", currency="USD")
    facts.facility(name="F3", currency="CNY")
    facts.rate("CNY", 0.13)

    assert [(one.check, one.about, one.customer) for one in facts.found()] == [(Check.NO_RATE, "USD", None)]


def test_what_is_old_is_stale_with_its_date_and_row(facts):
    facts.customer("ACME")
    facts.facility(as_of=TODAY - timedelta(days=46))
    facts.rating(as_of=TODAY - timedelta(days=401))
    facts.statement(period_end=TODAY - timedelta(days=461))
    facts.reading("ACME", "dscr", 1.5, as_of=date(2026, 3, 31))
    facts.facility(name="F2", currency="USD")
    facts.rate("USD", 0.9, TODAY - timedelta(days=11))

    stale = {one.check: one for one in facts.found(kinds=[FindingKind.STALE])}

    assert set(stale) == {Check.OLD_FACILITY, Check.OLD_RATING, Check.OLD_STATEMENT, Check.OLD_READING, Check.OLD_RATE}
    assert (stale[Check.OLD_READING].as_of, stale[Check.OLD_READING].file) == (date(2026, 3, 31), "facts.csv")
    assert stale[Check.OLD_READING].value == 1.5


def test_a_newer_fact_makes_the_old_one_unimportant(facts):
    facts.sound()
    facts.rating(as_of=date(2020, 1, 1))
    facts.statement(period_end=date(2020, 12, 31))
    facts.reading("ACME", "dscr", 99.0, as_of=date(2020, 1, 1))

    assert facts.found() == []


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({"equity": Decimal(300)}, (Check.BALANCE, None)),
        ({"cash": Decimal(400)}, (Check.PART_OVER_WHOLE, "cash")),
        ({"current_assets": Decimal(1100)}, (Check.PART_OVER_WHOLE, "current_assets")),
        ({"revenue": Decimal(-1)}, (Check.NEGATIVE, "revenue")),
        ({"total_assets": Decimal(-1000), "total_liabilities": Decimal(-1400)}, (Check.NEGATIVE, "total_assets")),
        ({"currency": "USD"}, (Check.CURRENCIES_DISAGREE, "EUR")),
        ({"period_end": TODAY + timedelta(days=1)}, (Check.FUTURE, "statement")),
    ],
)
def test_a_statement_that_cannot_be_is_named(facts, amounts, expected):
    facts.customer("ACME")
    facts.statement(**amounts)

    assert expected in facts.checks()


def test_a_rounded_balance_is_none(facts):
    facts.sound()
    facts.statement(period_end=date(2026, 6, 30), equity=Decimal("395"))

    assert facts.found() == []


def test_a_missing_amount_is_no_contradiction(facts):
    facts.sound()
    facts.statement(period_end=date(2026, 6, 30), equity=None, current_assets=None)

    assert facts.found() == []


def test_thousands_that_were_taken_for_units_are_seen_in_the_statement_that_follows(facts):
    facts.sound()
    facts.statement(period_end=date(2025, 9, 30), **{name: Decimal(1) for name in ("cash", "current_assets")}, total_assets=Decimal(1))

    slip = next(one for one in facts.found() if one.check is Check.UNIT_SLIP)

    assert (slip.value, slip.against, slip.as_of) == (1000.0, 1.0, RECENT)


def test_two_sources_that_are_far_apart_disagree_and_near_ones_do_not(facts):
    facts.sound()
    facts.reading("ACME", "dscr", 1.52, source="market")
    facts.reading("ACME", "current_ratio", 2.4, source="market")

    found = facts.found()

    assert [(one.check, one.about, one.value, one.against) for one in found] == [(Check.SOURCES_DISAGREE, "current_ratio", 1.6, 2.4)]


def test_the_ledger_and_the_reported_arrears_are_compared_where_they_speak_of_the_same_days(facts):
    facts.sound("ACME")
    facts.sound("NOVA")
    for id, as_of in (("ACME", date(2026, 10, 31)), ("NOVA", date(2026, 11, 20))):
        facts.facility(id, f"{id}-2", days_past_due=40, as_of=as_of)

    assert [(one.customer, one.check, one.value, one.against) for one in facts.found()] == [("ACME", Check.ARREARS_DISAGREE, 40, 0)]


def test_a_facility_beyond_its_limit_or_its_end_is_named(facts):
    facts.sound()
    facts.facility(name="F2", outstanding=Decimal(101))
    facts.facility(name="F3", maturity=date(2026, 11, 1))
    facts.facility(name="F4", maturity=date(2026, 11, 1), outstanding=Decimal(0))

    assert facts.checks() == {(Check.DRAWN_OVER_LIMIT, "F2"), (Check.MATURED, "F3")}


def test_a_reading_that_cannot_be_true_is_named_with_the_bound_it_passed(facts):
    facts.sound()
    facts.reading("ACME", "debt_ratio", 85.0, as_of=date(2026, 10, 31))
    facts.reading("ACME", "dscr", 1.0, as_of=TODAY + timedelta(days=1))

    found = {one.check: one for one in facts.found()}

    assert set(found) == {Check.OUT_OF_BOUNDS, Check.FUTURE}
    assert (found[Check.OUT_OF_BOUNDS].value, found[Check.OUT_OF_BOUNDS].against) == (85.0, 5.0)


def test_whoever_owes_most_at_todays_rates_stands_first(facts):
    for id, currency, owed in (("YEN", "JPY", 9000), ("EURO", "EUR", 100), ("GONE", "EUR", 0)):
        facts.customer(id)
        facts.facility(id, currency=currency, limit=Decimal(9000), outstanding=Decimal(owed))
    facts.rate("JPY", 0.006)

    found = [one.customer for one in facts.found() if one.check is Check.NO_RATING]

    assert found == ["EURO", "YEN", "GONE"]


def test_one_customer_or_one_sector_can_be_asked_about(facts):
    facts.customer("ACME")
    facts.customer("NOVA", sector="Energy")

    assert {one.customer for one in facts.found(customer="NOVA")} == {"NOVA"}
    assert {one.customer for one in facts.found(sector="ENERGY")} == {"NOVA"}
    assert quality.asked_about(facts.tx, sector="energy") == 1


def test_collateral_without_a_valuation_or_with_an_old_one_is_named_unless_its_amount_is_plain(facts):
    facts.sound()
    valued = {"M1": None, "M2": TODAY - timedelta(days=366), "M3": TODAY - timedelta(days=365)}
    for id, day in valued.items():
        facts.collateral(id, valued=day)
    facts.collateral("CASH", kind="cash")

    assert facts.checks() == {(Check.NO_VALUATION, "M1"), (Check.OLD_VALUATION, "M2")}


@pytest.mark.parametrize(
    ("more", "contradicts"),
    [
        ({}, False),
        ({"outstanding": Decimal("60.9")}, False),
        ({"outstanding": Decimal(62)}, True),
        ({"outstanding": Decimal(50)}, True),
        # two more are past due by the ledger's own account
        ({"days_past_due": 10, "outstanding": Decimal(100)}, False),
        ({"days_past_due": 10}, True),
        ({"phase": "construction", "outstanding": Decimal(50)}, False),
        ({"phase": "construction", "outstanding": Decimal(50), "limit": Decimal(55)}, True),
    ],
)
def test_a_schedule_that_does_not_sum_to_what_is_outstanding_is_a_contradiction(facts, more, contradicts):
    facts.sound()
    facts.facility(name="F2", **{"outstanding": Decimal(60), "as_of": date(2026, 10, 31)} | more)
    for days in (-30, -10, 0, 30, 60, 90):
        facts.instalment("F2", date(2026, 10, 31) + timedelta(days=days), 20)

    assert ((Check.SCHEDULE, "F2") in facts.checks()) is contradicts


def test_an_amount_of_collateral_without_its_kind_is_incomplete(facts):
    facts.sound("ACME")
    facts.facility(name="F2", collateral=Decimal(40))
    facts.facility(name="F3", collateral=Decimal(40), collateral_kind="cash")

    assert facts.checks() == {(Check.NO_COLLATERAL_KIND, "F2")}


def test_collateral_of_a_facility_that_is_not_on_record_is_named_and_of_another_customers_is_not(facts):
    facts.sound("ACME")
    facts.sound("NOVA")
    facts.collateral("M1", facility="F-ACME", valued=RECENT)
    facts.collateral("M2", facility="F-NOVA", valued=RECENT)
    facts.collateral("M3", facility="F-GONE", valued=RECENT)

    assert facts.checks() == {(Check.UNKNOWN_FACILITY, "F-GONE")}


def test_guarantees_and_incidents_on_another_customers_facility_are_contradictions(facts):
    facts.sound("ACME")
    facts.sound("NOVA")
    facts.fact(GuaranteeVersionRow, guarantee="G1", guarantor="NOVA", customer_id="ACME", facility="F-NOVA")
    facts.fact(IncidentVersionRow, customer_id="ACME", kind="fraud", as_of=RECENT, facility="", severity=3)
    facts.fact(IncidentVersionRow, customer_id="NOVA", kind="fraud", as_of=RECENT, facility="F-ACME", severity=3)

    found = [(one.customer, one.check, one.about) for one in facts.found()]

    check = Check.ANOTHERS_FACILITY
    assert sorted(found) == [("ACME", check, "F-NOVA"), ("NOVA", check, "F-ACME")]


def test_a_derived_and_a_reported_value_far_apart_contradict_each_other(facts):
    facts.sound()
    facts.statement(current_liabilities=Decimal(190), period_end=date(2026, 10, 31))
    assert facts.found() == []

    facts.reading("ACME", "current_ratio", 0.64, as_of=date(2026, 11, 15))
    (found,) = facts.found()

    assert (found.kind, found.check, found.about) == (FindingKind.CONTRADICTORY, Check.VALUES_DISAGREE, "current_ratio")
    assert (round(found.value or 0, 2), found.against, found.as_of, found.file) == (1.58, 0.64, date(2026, 11, 15), "facts.csv")


def test_a_value_that_is_derived_is_not_missing(facts):
    facts.customer("ACME", kind="other")
    facts.statement(current_liabilities=Decimal(200), ebitda=Decimal(90), interest_expense=Decimal(30))

    missing = {about for check, about in facts.checks() if check is Check.NO_READING}

    assert missing == {"Limit utilisation", "Days past due"}


def test_a_reading_is_found_in_its_file_under_each_of_its_names(facts):
    terms = {"direction": "low", "amber": 0.05, "red": 0.01, "frequency": "daily", "grace": 0}
    facts.policy = facts.policy.model_copy(update={"kri": (Kri(name="Return", indicator="return_on_equity", **terms),)})
    facts.customer("ACME")
    facts.statement(net_income=Decimal(40))
    facts.reading("ACME", "return_on_equity", 0.9, as_of=date(2026, 10, 31))

    found = {one.check: one.file for one in facts.found(kinds=[FindingKind.STALE, FindingKind.CONTRADICTORY])}

    assert found == {Check.OLD_READING: "facts.csv"} | {Check.VALUES_DISAGREE: "facts.csv"}


def test_a_reading_that_is_too_old_for_the_scorecard_is_stale_although_nobody_watches_it(facts):
    facts.sound()
    last = TODAY - timedelta(days=facts.policy.scoring.reading_max_age_days)
    facts.reading("ACME", "satisfaction", 4.5, as_of=last - timedelta(days=400))
    facts.reading("ACME", "order_backlog_months", 4.5, as_of=last)
    assert facts.checks() == {(Check.OLD_READING, "satisfaction")}

    facts.reading("ACME", "satisfaction", 4.0, as_of=last)
    assert facts.checks() == set()


def test_an_entry_of_the_ledger_without_a_day_is_as_old_as_its_last_change(facts):
    facts.sound()
    days = facts.policy.data.facility_days
    later = [quality.findings(facts.tx, facts.policy, today=NOW.date() + timedelta(days=each)) for each in (days, days + 1)]
    ledger = [[(one.about, one.as_of, one.file) for one in found if one.check is Check.OLD_FACILITY] for found in later]

    assert ledger == [[], [("F-ACME", NOW.date(), "facts.csv")]]


@pytest.mark.parametrize("other", ["vk-01", "ＶＫ-01", "ｖｋ－０１"])
def test_ids_that_differ_in_case_or_width_only_are_one_customer_perhaps(facts, other):
    facts.customer("VK-01", name_key="vltava")
    facts.customer(other, name_key="kov")
    facts.customer("VK-02", name_key="morava")

    assert {(one.customer, one.about) for one in facts.found() if one.check is Check.IDS_ALIKE} == {("VK-01", other), (other, "VK-01")}


def test_facilities_with_ids_that_differ_in_case_only_are_found(facts):
    facts.sound()
    facts.facility(name="f-acme")

    assert {(Check.FACILITIES_ALIKE, "F-ACME"), (Check.FACILITIES_ALIKE, "f-acme")} <= facts.checks()


def test_one_name_under_two_ids_is_found_and_so_is_an_id_that_is_anothers_name(facts):
    facts.customer("VK-01", name="Vltava Kov", name_key="vltava kov")
    facts.customer("CZ-4711", name="VLTAVA KOV", name_key="vltava kov")
    facts.customer("Nordhafen", name="Nordhafen AG", name_key="nordhafen ag")
    facts.customer("HRB 99", name="Nordhafen", name_key="nordhafen", aliases="DE-815")
    facts.customer("DE-815", name="Hafen Nord", name_key="hafen nord")

    assert {(one.customer, one.about) for one in facts.found() if one.check is Check.ONE_NAME} == {
        ("VK-01", "CZ-4711"),
        ("CZ-4711", "VK-01"),
        ("Nordhafen", "HRB 99"),
        ("HRB 99", "DE-815"),
    }


def test_twins_out_of_sight_are_not_told(facts):
    facts.customer("VK-01", name_key="vltava kov", department="North")
    facts.customer("vk-01", name_key="vltava kov", department="South")
    narrowed = replace(facts.tx, sight=Sight(Reach.DEPARTMENT, frozenset({"North"})))

    found = quality.findings(narrowed, facts.policy, today=TODAY)

    assert not {Check.IDS_ALIKE, Check.ONE_NAME} & {one.check for one in found}


@pytest.mark.parametrize(
    ("statements", "months"),
    [
        ([(date(2025, 12, 31), 13)], 13),
        ([(date(2025, month, 28), 1) for month in range(1, 13)] + [(date(2025, 12, 31), 1)], 13),
        ([(date(2025, 1, 31), 12), (date(2025, 12, 31), 12)], None),
        ([(date(2025, month, 28), 3) for month in (3, 6, 9, 12)], None),
        ([(date(2025, 3, 31), 3), (date(2025, 6, 30), 6), (date(2025, 12, 31), 12)], None),
    ],
)
def test_more_than_twelve_months_in_a_year_are_found(facts, statements, months):
    facts.customer("ACME")
    for day, length in statements:
        facts.statement(period_end=day, months=length)

    assert [one.value for one in facts.found() if one.check is Check.MONTHS_IN_YEAR] == ([months] if months else [])


def test_interest_of_75_percent_and_a_loss_share_of_half_a_percent_are_implausible(facts):
    facts.sound()
    facts.facility(name="F-1", rate=0.75, lgd=0.0045)
    facts.facility(name="F-2", rate=0.0075, lgd=0.45, eir=-0.5)
    facts.facility(name="F-3", rate=0.12, lgd=0.0)

    found = {(one.check, one.about) for one in facts.found(kinds=[FindingKind.IMPLAUSIBLE])}

    assert found == {(Check.RATE_OUT_OF_BOUNDS, "F-1"), (Check.SMALL_SHARE, "F-1"), (Check.RATE_OUT_OF_BOUNDS, "F-2")}
