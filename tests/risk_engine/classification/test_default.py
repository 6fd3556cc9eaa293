"""The one definition of default: what is evidence, what follows from it, and how it ends."""

import dataclasses

import numpy as np
import pytest

from risk_engine.classification.evidence import Reason
from risk_engine.grading import Grade
from risk_engine.ratings.customer_pd import PdOrigin
from risk_engine.scoring.scoring import score
from tests.risk_engine import books
from tests.risk_engine.scoring.test_scoring import POLICY, scored

RATED = [(0, "S&P", "global", "BB")]
TODAY = "2026-09-30"


def one(lent=({},), rated=RATED, policy=POLICY, **tables):
    """The figures of a customer with these facilities."""
    found = scored(1, rated, [(0, terms) for terms in lent], policy=policy, **tables)
    return {name: column[0] for name, column in found.figures.items()} | {"grade": Grade(found.grades[0])}


def with_default(**keys):
    """The packaged policy with other rules of default."""
    return POLICY.model_copy(update={"default": POLICY.default.model_copy(update=keys)})


def reasons(found):
    return Reason(int(found["default_reasons"]))


def day(found, name):
    return None if np.isnan(found[name]) else str(np.datetime64(int(found[name]), "D"))


def in_default(found):
    """Assert that everything follows from a default, and return its reasons."""
    assert (found["stage"], found["pd"], found["pd_origin"]) == (3, 1.0, PdOrigin.DEFAULT)
    assert found["category"] >= 3
    assert found["grade"] is Grade.CRITICAL
    np.testing.assert_allclose(found["expected_loss"], found["lgd"] * found["ead"])
    np.testing.assert_allclose(found["rwa"], 0.0, atol=1e-6)
    return reasons(found)


def performing(found):
    assert reasons(found) == Reason(0)
    assert found["stage"] < 3
    assert found["pd"] < 1.0
    return True


# --- evidence --------------------------------------------------------------------------------------------------------


def test_an_instalment_short_by_a_cent_is_no_default_however_old():
    due, paid = [(0, 0, "2026-05-01", 100.0, 5.0)], [(0, 0, "2026-05-01", 104.99)]
    found = one(instalments=due, payments=paid)

    assert performing(found)
    assert (found["days_past_due"], found["overdue_amount"]) == (152, 0.01)
    assert (found["stage"], found["category"]) == (2, 3), "the Chinese rule counts days and knows no materiality"
    assert found["grade"] is Grade.MEDIUM


def test_material_arrears_of_ninety_days_are_default_in_every_figure():
    found = one([{"limit": 60_000.0, "outstanding": 60_000.0, "days_past_due": 120.0, "overdue": 5_000.0}])

    assert in_default(found) == Reason.PAST_DUE
    assert day(found, "default_since") == "2026-08-31", "the ninetieth day"


@pytest.mark.parametrize(("days", "late"), [(89.0, False), (90.0, True)])
def test_default_begins_on_the_ninetieth_day(days, late):
    found = one([{"limit": 60_000.0, "outstanding": 60_000.0, "days_past_due": days, "overdue": 5_000.0}])

    assert (reasons(found) == Reason.PAST_DUE) is late


LATE = {"limit": 60_000.0, "outstanding": 60_000.0, "overdue": 5_000.0}


@pytest.mark.parametrize(("ledger", "days", "since"), [("2026-08-31", 90.0, "2026-08-31"), ("2026-08-20", 104.0, "2026-08-06")])
def test_days_of_an_earlier_ledger_are_counted_back_from_its_own_day(ledger, days, since):
    found = one([LATE | {"as_of": ledger, "days_past_due": days}])

    assert in_default(found) == Reason.PAST_DUE
    assert (day(found, "default_since"), found["days_past_due"]) == (since, days)


def test_days_of_ledgers_of_several_days_are_counted_back_from_each():
    small = LATE | {"overdue": 700.0}
    first = small | {"as_of": "2026-08-31", "days_past_due": 100.0}
    found = one([first, small | {"as_of": "2026-09-30", "days_past_due": 120.0}])

    assert day(found, "default_since") == "2026-08-31", "both together are material from 3 June on: 100 days at 31 August make it so"
    assert day(one([first | {"overdue": 5_000.0}, small]), "default_since") == "2026-08-21"


def test_at_the_level_of_claims_each_is_dated_by_its_own_ledger():
    found = one([LATE | {"as_of": "2026-08-31", "days_past_due": 100.0}], policy=with_default(level="claim"))

    assert day(found, "default_since") == "2026-08-21"


@pytest.mark.parametrize(
    ("overdue", "outstanding", "material"),
    [(500.0, 20_000.0, False), (500.01, 20_000.0, True), (600.0, 60_000.0, False), (600.01, 60_000.0, True), (np.nan, 501.0, True)],
)
def test_both_thresholds_must_be_exceeded(overdue, outstanding, material):
    found = one([{"limit": outstanding, "outstanding": outstanding, "days_past_due": 100.0, "overdue": overdue}])

    assert (reasons(found) == Reason.PAST_DUE) is material


def test_days_count_only_while_the_debtors_arrears_together_are_material():
    small = {"limit": 40_000.0, "outstanding": 40_000.0, "days_past_due": 200.0, "overdue": 300.0}
    large = {"limit": 40_000.0, "outstanding": 40_000.0, "days_past_due": 60.0, "overdue": 20_000.0}

    assert performing(one([small, large]))
    assert reasons(one([small | {"overdue": 600.0}, large | {"days_past_due": 95.0, "overdue": 300.0}])) == Reason.PAST_DUE


def test_what_was_paid_in_advance_on_one_loan_settles_no_other():
    due = [(0, 0, "2026-05-01", 6000.0, 0.0), (0, 1, "2026-12-01", 6000.0, 0.0)]
    paid = [(0, 1, "2026-04-30", 6000.0)]
    lent = [{"limit": 60_000.0, "outstanding": 60_000.0}, {"limit": 60_000.0, "outstanding": 60_000.0}]

    assert reasons(one(lent, instalments=due, payments=paid)) == Reason.PAST_DUE


DUE = (0, 0, "2026-05-01", 6000.0, 0.0)
OWED = {"limit": 60_000.0, "outstanding": 60_000.0}


@pytest.mark.parametrize(("fed", "days"), [("2026-09-10", 0), ("2026-09-11", 20)])
def test_an_instalment_counts_once_payments_have_been_loaded_after_it_was_due(fed, days):
    found = one([OWED], instalments=[(0, 0, "2026-09-10", 10.0, 0.0)], payments=[(0, 0, "2026-04-30", 1.0)], fed_until=np.datetime64(fed))

    assert found["days_past_due"] == days


def test_a_schedule_proves_nothing_of_a_debtor_of_whom_no_payment_was_ever_loaded():
    lent = [(0, OWED), (1, OWED)]
    found = scored(2, RATED, lent, instalments=[DUE, (1, *DUE[1:])], payments=[(1, 0, "2026-04-30", 1.0)])

    assert found.figures["days_past_due"].tolist() == [0, 152]


EVIDENCE = {
    "bankruptcy": ({}, {"incidents": [(0, "bankruptcy", 5, "2026-08-12", None)]}, Reason.BANKRUPTCY),
    "debt evasion": ({}, {"incidents": [(0, "debt_evasion", 5, "2026-08-12", None)]}, Reason.EVASION),
    "non-accrual": ({"non_accrual": 1.0}, {}, Reason.NON_ACCRUAL),
    "a specific provision": ({"provision": 10.0}, {}, Reason.PROVISION),
    "a distressed restructuring": ({"restructuring_loss": 0.02, "restructured_on": "2026-05-05"}, {}, Reason.DISTRESSED_RESTRUCTURING),
    "restructured twice": ({"restructured": 2.0}, {}, Reason.RESTRUCTURED_AGAIN),
    "an outcome": ({}, {"credit_events": [(0, "bankruptcy", "2026-08-12", None)]}, Reason.BANKRUPTCY),
    "a judgement": ({}, {"judgements": [(0, "unlikely_to_pay", "2026-08-12", None)]}, Reason.JUDGEMENT),
}


def tables(given):
    makers = {"credit_events": books.credit_events, "judgements": books.judgements}
    return {name: makers[name](rows) if name in makers else rows for name, rows in given.items()}


@pytest.mark.parametrize("name", EVIDENCE)
def test_every_kind_of_evidence_is_a_default_in_every_figure(name):
    terms, given, reason = EVIDENCE[name]

    assert in_default(one([terms, {}], **tables(given))) == reason


def test_a_letter_of_default_is_evidence_and_everything_follows():
    assert in_default(one(rated=[(0, "S&P", "global", "D")])) == Reason.LETTER


def test_a_restructuring_without_loss_is_forbearance_and_no_default():
    found = one([{"restructured": 1.0, "restructured_on": "2026-05-05", "restructuring_loss": 0.005}])

    assert performing(found)
    assert (found["stage"], found["category"]) == (2, 2)


def test_two_restructurings_count_within_the_time_of_observation():
    assert performing(one([{"restructured": 2.0, "restructured_on": "2025-09-30"}]))
    assert reasons(one([{"restructured": 2.0, "restructured_on": "2025-10-01"}])) == Reason.RESTRUCTURED_AGAIN


def test_a_better_estimate_on_record_is_the_expected_loss_and_leaves_capital():
    found = one([{"non_accrual": 1.0, "lgd": 0.4, "outstanding": 1000.0, "best_estimate_loss": 250.0}])

    assert found["expected_loss"] == 250.0
    np.testing.assert_allclose(found["rwa"], 12.5 * (0.4 - 0.25) * 1000.0)
    assert found["ecl"] == 400.0, "the accounts have a loss of their own"


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_guarantors_default_of_any_kind_warns_its_debtors(name):
    terms, given, _reason = EVIDENCE[name]
    rated = [(0, "S&P", "global", "AA"), (1, "S&P", "global", "AA")]
    links = books.Guarantees(books.places([0]), books.places([1]))
    found = scored(2, rated, [(0, terms), (1, {})], guarantees=links, **tables(given))

    assert {one.name: one.reference(1) for one in found.drivers if one.grades[1]}["guarantor"] == "C000"
    assert found.figures["stage"][1] == 1, "stage and default stay the borrower's"


# --- what is not known -----------------------------------------------------------------------------------------------


def test_missing_days_past_due_are_neither_stage_one_nor_low():
    found = one([{"days_past_due": np.nan}], rated=[(0, "S&P", "global", "AA")])

    assert np.isnan(found["stage"])
    assert found["grade"] is Grade.MEDIUM


def test_an_old_ledger_without_a_schedule_tells_no_days_past_due():
    lent = books.facilities([(0, {"days_past_due": 0.0})])
    old = dataclasses.replace(lent, as_of=books.days(["2026-07-31"]), dated=books.days(["2026-07-31"]))
    found = score(POLICY, books.book(1, ratings=books.ratings([(0, "S&P", "global", "AA")]), facilities=old))

    assert np.isnan(found.figures["days_past_due"][0])
    assert found.grades[0] == Grade.MEDIUM


def test_a_facility_that_is_not_drawn_owes_nothing():
    assert one([{"outstanding": 0.0, "days_past_due": np.nan}])["stage"] == 1


def test_a_facility_in_default_that_nothing_is_owed_on_needs_no_capital():
    found = one([{"non_accrual": 1.0}, {"limit": 0.0, "outstanding": 0.0}])

    assert in_default(found) == Reason.NON_ACCRUAL
    assert found["rwa"] == 0.0


# --- the end of a default --------------------------------------------------------------------------------------------


def on_record(ended=None, entered=Reason.PAST_DUE, holding=Reason.PAST_DUE, cured=None):
    return {"defaults": books.defaults([(0, "2026-01-05", int(entered), int(holding), ended, cured)])}


def test_a_file_that_says_no_days_does_not_heal():
    found = one(**on_record())

    assert in_default(found) == Reason.PROBATION
    assert (day(found, "default_since"), day(found, "default_ends")) == ("2026-01-05", "2027-03-30")


@pytest.mark.parametrize(("ended", "over"), [("2026-03-31", True), ("2026-04-01", False)])
def test_probation_lasts_the_longest_of_the_rules_and_ends_everything_together(ended, over):
    found = one(**on_record(ended, holding=Reason.PROBATION))

    assert performing(found) if over else in_default(found) == Reason.PROBATION
    assert over or day(found, "default_ends") == "2026-10-01"


@pytest.mark.parametrize(("ended", "over"), [("2025-09-30", True), ("2025-10-01", False)])
def test_a_distressed_restructuring_is_watched_for_a_year(ended, over):
    entered = Reason.PAST_DUE | Reason.DISTRESSED_RESTRUCTURING
    found = one(**on_record(ended, entered, Reason.PROBATION))

    assert performing(found) if over else reasons(found) == Reason.PROBATION


def test_arrears_in_probation_begin_it_anew_and_arrears_left_keep_it_from_beginning():
    late = one([{"days_past_due": 3.0, "overdue": 1.0}], **on_record("2026-05-01", holding=Reason.PROBATION))

    assert in_default(late) == Reason.ARREARS
    assert day(late, "default_ends") is None


def test_two_instalments_in_a_row_must_be_paid_where_a_schedule_is_on_record():
    due, paid = [(0, 0, "2026-03-31", 10.0, 0.0), (0, 0, "2026-12-31", 10.0, 0.0)], [(0, 0, "2026-03-31", 10.0)]
    found = one(instalments=due, payments=paid, **on_record("2026-03-01", holding=Reason.PROBATION))

    assert reasons(found) == Reason.PROBATION
    assert day(found, "default_ends") == "2026-12-31"


def test_a_recorded_cure_begins_the_probation_on_its_day():
    for cured, over in (("2026-03-30", True), ("2026-04-01", False)):
        found = one(credit_events=books.credit_events([(0, "default", "2026-01-05", cured)]))

        assert performing(found) if over else reasons(found) == Reason.PROBATION


def test_a_cure_of_years_ago_is_not_undone_by_a_late_payment_today():
    found = one([{"days_past_due": 3.0}], credit_events=books.credit_events([(0, "default", "2019-01-05", "2020-03-01")]))

    assert performing(found)


def test_a_voided_default_ends_at_once_and_without_probation():
    void = books.judgements([(0, "void", "2026-02-01", None)])

    assert performing(one(judgements=void, **on_record()))
    assert in_default(one([{"non_accrual": 1.0}], judgements=void, **on_record())) == Reason.NON_ACCRUAL, "what still stands counts"


def test_a_rebuttal_spares_stage_and_expected_credit_loss_alone_until_it_expires():
    late = [{"limit": 60_000.0, "outstanding": 60_000.0, "days_past_due": 100.0, "overdue": 5_000.0}]
    for until, stage in (("2026-09-30", 2), ("2026-09-29", 3)):
        found = one(late, judgements=books.judgements([(0, "rebuttal", "2026-09-01", until)]))

        assert (found["stage"], found["pd"], found["category"]) == (stage, 1.0, 3)
        assert found["grade"] is Grade.CRITICAL


def test_a_rebutted_default_has_a_category_also_where_its_expected_credit_loss_is_not_computable():
    late = {"limit": 60_000.0, "outstanding": 60_000.0, "days_past_due": 100.0, "overdue": 5_000.0, "rate": np.nan}
    found = one([late], judgements=books.judgements([(0, "rebuttal", "2026-09-01", "2026-10-31")]))

    assert np.isnan(found["ecl"])
    assert (found["stage"], found["category"]) == (2, 3)


# --- claims of their own ---------------------------------------------------------------------------------------------


def test_at_the_level_of_claims_one_default_covers_one_claim_until_it_pulls_the_others():
    policy = with_default(level="claim")
    bad = {"limit": 10_000.0, "outstanding": 10_000.0, "days_past_due": 100.0, "overdue": 2_000.0}
    small = one([bad, {"limit": 90_000.0, "outstanding": 90_000.0}], policy=policy)
    large = one([bad, {"limit": 20_000.0, "outstanding": 20_000.0}], policy=policy)

    assert (small["defaulted_share"], small["stage"]) == (0.1, 3)
    assert small["pd"] < 1.0
    assert (large["defaulted_share"], large["pd"]) == (1.0, 1.0)


def test_at_the_level_of_claims_a_default_in_a_currency_without_a_rate_pulls_the_others():
    bad = {"limit": 1.0, "outstanding": 1.0, "non_accrual": 1.0, "currency": "XAF"}

    assert one([bad, {"limit": 90_000.0, "outstanding": 90_000.0}], policy=with_default(level="claim"))["pd"] == 1.0


def test_each_reason_is_stored_under_its_own_bit():
    # defaults on record refer to them
    assert [reason.value for reason in Reason] == [1 << place for place in range(13)]


@pytest.mark.parametrize(("kind", "until", "category"), [("fund_diversion", None, 2), ("fund_diversion", TODAY, 1), ("insurance", None, 1)])
def test_only_an_open_diversion_of_funds_is_special_mention(kind, until, category):
    assert one(incidents=[(0, kind, 3, "2026-08-01", until)])["category"] == category
