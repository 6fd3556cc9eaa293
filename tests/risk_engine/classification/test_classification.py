"""Claims with their debtors: contagion, cure, what is not computable, and a slow second route."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.classification import classification, cure
from risk_engine.classification.categories import Category, Missing, Reason
from risk_engine.classification.classification import Classified
from risk_engine.classification.cure import Obstacle
from risk_engine.impairment.staging import Stage
from tests.risk_engine.claims import NEW, POLICY, claims, record

NAN = math.nan
NONE, PASS, SPECIAL, SUBSTANDARD, DOUBTFUL, LOSS = (Category(code) for code in range(6))
CURED = {"before": SUBSTANDARD, "paid_up": True, "able": True, "instalments": 2.0, "months": 6.0}


def classified(*rows, policy=POLICY, count=2) -> Classified:
    return classification.classified(policy, claims(*rows), record(*rows), count)


# --- the debtor's other claims ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "sound", "category", "reasons"),
    [
        (10, 90, SPECIAL, Reason.NON_PERFORMING_HERE),
        (10.01, 90, SUBSTANDARD, Reason.NON_PERFORMING_HERE | Reason.CONTAGION),
        (9.99, 90, SPECIAL, Reason.NON_PERFORMING_HERE),
    ],
)
def test_more_than_a_tenth_of_its_claims_takes_a_debtors_other_claims_along(bad, sound, category, reasons):
    found = classified({"book": bad, "days_past_due": 91}, {"book": sound})

    assert found.category.tolist() == [SUBSTANDARD, category]
    assert found.reasons.tolist() == [Reason.OVERDUE | Reason.OVER_90_DAYS, reasons]


def test_a_recognised_enhancement_keeps_contagion_away_but_not_the_special_mention():
    found = classified({"book": 50, "bankrupt": True}, {"book": 50, "enhanced": True})

    assert found.category.tolist() == [LOSS, SPECIAL]
    assert found.reasons[1] == Reason.NON_PERFORMING_HERE | Reason.ENHANCED


@pytest.mark.parametrize("retail", [(True, True), (True, False), (False, True)])
def test_retail_claims_neither_infect_nor_are_infected(retail):
    found = classified({"evaded": True, "retail": retail[0]}, {"retail": retail[1]})

    assert found.category.tolist() == [DOUBTFUL, PASS]


def test_retail_claims_do_not_dilute_the_share():
    found = classified({"book": 10, "impaired": True}, {"book": 80}, {"book": 1e6, "retail": True})

    assert found.category.tolist() == [SUBSTANDARD, SUBSTANDARD, PASS]


def test_another_debtor_is_not_reached():
    assert classified({"impaired": True}, {"owner": 1}).category.tolist() == [SUBSTANDARD, PASS]


def test_two_bad_claims_speak_for_each_other_and_one_alone_does_not_for_itself():
    pair = classified({"evaded": True}, {"bankrupt": True})

    assert pair.reasons.tolist() == [
        Reason.EVADED | Reason.NON_PERFORMING_HERE | Reason.CONTAGION,
        Reason.BANKRUPT | Reason.NON_PERFORMING_HERE | Reason.CONTAGION,
    ]
    assert classified({"evaded": True}).reasons.tolist() == [Reason.EVADED]


def test_a_share_of_nothing_is_nothing():
    found = classified({"book": 0, "evaded": True}, {"book": 0})

    assert found.category.tolist() == [DOUBTFUL, SPECIAL]


# --- cure ---------------------------------------------------------------------------------------------------------


def test_what_meets_every_condition_performs_again():
    assert classified(CURED).category.tolist() == [PASS]
    assert classified(CURED).obstacles.tolist() == [0]


@pytest.mark.parametrize("more", [{"instalments": 3.0}, {"months": 7.0}, {"restructurings": 1, "months": 13.0}])
def test_more_than_is_asked_for_is_enough(more):
    assert classified({**CURED, **more}).obstacles.tolist() == [0]


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"paid_up": False}, Obstacle.ARREARS),
        ({"days_past_due": 1.0}, Obstacle.ARREARS),
        ({"days_past_due": NAN}, Obstacle.ARREARS),
        ({"stage": Stage.THREE}, Obstacle.IMPAIRED_LEFT),
        ({"impaired": True}, Obstacle.IMPAIRED_LEFT),
        ({"able": False}, Obstacle.ABILITY),
        ({"instalments": 1.0}, Obstacle.INSTALMENTS),
        ({"instalments": NAN}, Obstacle.INSTALMENTS),
        ({"months": 5.9}, Obstacle.MONTHS),
        ({"months": NAN}, Obstacle.MONTHS),
        ({"restructurings": 1, "months": 11.9}, Obstacle.MONTHS),
    ],
)
def test_one_condition_that_is_not_met_keeps_a_claim_substandard(change, obstacle):
    found = classified({**CURED, **change})

    assert found.at_least.tolist() == [SUBSTANDARD]
    assert found.obstacles.tolist() == [obstacle]
    assert found.reasons[0] & Reason.NOT_CURED


def test_a_restructured_claim_comes_back_after_a_year_and_is_still_restructured():
    found = classified({**CURED, "restructurings": 1, "months": 12.0})

    assert found.category.tolist() == [SPECIAL]


@pytest.mark.parametrize(
    ("before", "kept"),
    [(NONE, PASS), (PASS, PASS), (SPECIAL, PASS), (SUBSTANDARD, SUBSTANDARD), (DOUBTFUL, SUBSTANDARD), (LOSS, SUBSTANDARD)],
)
def test_only_what_was_non_performing_needs_to_be_cured(before, kept):
    found = classified({"before": before})

    assert found.category.tolist() == [kept]
    assert (found.obstacles[0] > 0) == (before >= SUBSTANDARD)


def test_an_impaired_claim_of_the_debtor_keeps_the_others_from_being_cured():
    found = classified(CURED, {"impaired": True}, {**CURED, "owner": 1})

    assert found.obstacles.tolist() == [Obstacle.IMPAIRED_LEFT, 0, 0]
    assert found.category.tolist() == [SUBSTANDARD, SUBSTANDARD, PASS]


@pytest.mark.parametrize("name", ["instalments", "months"])
def test_counts_below_nothing_are_refused(name):
    with pytest.raises(Impossible) as refusal:
        classified({name: -1.0})

    assert refusal.value.field == name


# --- what is not computable ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "category", "at_least"),
    [
        ({"days_past_due": NAN}, NONE, PASS),
        ({"days_past_due": NAN, "evaded": True}, NONE, DOUBTFUL),
        ({"days_past_due": NAN, "bankrupt": True}, LOSS, LOSS),
        ({"stage": Stage.NONE}, NONE, PASS),
        ({"impaired": True, "ecl": NAN}, NONE, SUBSTANDARD),
        ({"ecl": NAN, "book": NAN}, PASS, PASS),
        ({"impaired": True, "book": NAN}, NONE, SUBSTANDARD),
        ({"downgrade": NAN, "elsewhere": NAN}, PASS, PASS),
    ],
)
def test_a_claim_of_which_something_needed_is_missing_has_no_category_but_a_lower_bound(claim, category, at_least):
    found = classified(claim)

    assert (found.category.tolist(), found.at_least.tolist()) == ([category], [at_least])


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("days_past_due", {"days_past_due": NAN}),
        ("stage", {"stage": Stage.NONE}),
        ("ecl", {"ecl": NAN, "impaired": True}),
        ("book", {"book": NAN, "impaired": True}),
        ("downgrade", {"downgrade": NAN}),
        ("elsewhere", {"elsewhere": NAN}),
    ],
)
def test_the_policy_says_which_inputs_are_needed(name, claim):
    needs, nothing = POLICY.model_copy(update={"needed": (name, name)}), POLICY.model_copy(update={"needed": ()})

    assert classified(claim, policy=needs).category.tolist() == [NONE]
    assert classified(claim, policy=nothing).category.tolist() != [NONE]


def test_a_book_that_is_missing_leaves_it_open_whether_the_other_claims_are_enough():
    found = classified({"book": 100, "evaded": True}, {"book": NAN}, {"book": NAN, "enhanced": True}, {"book": NAN, "owner": 1})

    assert found.category.tolist() == [DOUBTFUL, NONE, SPECIAL, PASS]
    assert found.missing.tolist() == [0, Missing.BOOK, 0, 0]


# --- debtors ------------------------------------------------------------------------------------------------------


def debtors(*rows, count=3) -> Classified:
    return classification.debtors(claims(*rows), classified(*rows, count=count), count)


def test_a_debtor_is_as_bad_as_its_worst_claim_and_has_the_reasons_of_all():
    found = debtors({"diverted": True, "retail": True}, {"evaded": True, "before": LOSS}, {"owner": 2})

    assert found.category.tolist() == [DOUBTFUL, NONE, PASS]
    assert found.at_least.tolist() == [DOUBTFUL, NONE, PASS]
    assert found.reasons.tolist() == [Reason.DIVERTED | Reason.EVADED | Reason.NOT_CURED, 0, 0]
    assert found.obstacles.tolist() == [Obstacle.ARREARS | Obstacle.ABILITY | Obstacle.INSTALMENTS | Obstacle.MONTHS, 0, 0]


def test_a_debtor_with_an_unknown_claim_is_unknown_unless_it_cannot_be_worse():
    found = debtors({"days_past_due": NAN}, {"evaded": True}, {"owner": 2, "days_past_due": NAN}, {"owner": 2, "bankrupt": True})

    assert found.category.tolist() == [NONE, NONE, LOSS]
    assert found.at_least.tolist() == [DOUBTFUL, NONE, LOSS]
    assert found.missing.tolist() == [Missing.DAYS_PAST_DUE, 0, Missing.DAYS_PAST_DUE]


# --- laws ---------------------------------------------------------------------------------------------------------

rows = st.fixed_dictionaries(
    {
        "owner": st.integers(0, 2),
        "retail": st.sampled_from([False, False, True]),
        "days_past_due": st.sampled_from([0.0, 0.0, 3.0, 91.0, 271.0, 361.0, NAN]),
        "stage": st.sampled_from([Stage.ONE, Stage.ONE, Stage.TWO, Stage.THREE, Stage.NONE]),
        "book": st.sampled_from([0.0, 1.0, 9.0, 10.0, 90.0, 1000.0, NAN]),
        "ecl": st.sampled_from([0.0, 5.0, 9.0, NAN]),
        "enhanced": st.booleans(),
        "restructurings": st.integers(0, 2),
        "before": st.sampled_from(Category),
        "paid_up": st.booleans(),
        "able": st.booleans(),
        "instalments": st.sampled_from([0.0, 2.0, 3.0, NAN]),
        "months": st.sampled_from([5.0, 6.0, 12.0, NAN]),
    }
)


def by_hand(all_):
    """The lower bounds, a claim at a time and in whole numbers."""

    def own(row):
        days, third = row["days_past_due"], row["stage"] == Stage.THREE
        worst = PASS
        if days > 0 or row["restructurings"]:
            worst = SPECIAL
        if days > 90 or third or row["restructurings"] > 1:
            worst = SUBSTANDARD
        lost = row["ecl"] / row["book"] if row["book"] > 0 else 0
        if days > 270 or (third and lost >= 0.5):
            worst = DOUBTFUL
        if days > 360 or (third and lost >= 0.9):
            worst = LOSS
        if row["before"] >= SUBSTANDARD:
            healthy = not any(other["stage"] == Stage.THREE for other in all_ if other["owner"] == row["owner"])
            paid = row["paid_up"] and days == 0 and row["instalments"] >= 2 and row["months"] >= (12 if row["restructurings"] else 6)
            worst = worst if healthy and paid and row["able"] else max(worst, SUBSTANDARD)
        return worst

    alone = [own(row) for row in all_]
    for place, row in enumerate(all_):
        mates = [at for at, other in enumerate(all_) if other["owner"] == row["owner"] and not other["retail"]]
        bad = [at for at in mates if alone[at] >= SUBSTANDARD]
        floor = PASS
        if place in mates and set(bad) - {place}:
            part, whole = (sum(all_[at]["book"] for at in some) for some in (bad, mates))
            floor = SUBSTANDARD if part * 10 > whole and not row["enhanced"] else SPECIAL
        yield max(alone[place], floor)


@given(st.lists(rows, min_size=1, max_size=7))
def test_any_book_is_classified_as_it_is_by_hand(all_):
    assert classified(*all_, count=3).at_least.tolist() == list(by_hand(all_))


@given(st.lists(rows, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_the_claims_and_the_company_of_other_debtors_change_nothing(all_, random):
    order = random.sample(range(len(all_)), len(all_))
    whole, mixed = classified(*all_, count=3), classified(*(all_[place] for place in order), count=3)
    mine = [place for place, row in enumerate(all_) if row["owner"] == all_[0]["owner"]]
    alone = classified(*({**all_[place], "owner": 0} for place in mine), count=1)

    for name in Classified.__slots__:
        assert getattr(whole, name)[order].tobytes() == getattr(mixed, name).tobytes()
        assert getattr(whole, name)[mine].tobytes() == getattr(alone, name).tobytes()


@given(st.lists(rows, min_size=1, max_size=7))
def test_a_debtors_category_is_never_better_than_any_of_its_claims(all_):
    found = classified(*all_, count=3)
    whole = classification.debtors(claims(*all_), found, 3)

    for place, row in enumerate(all_):
        assert whole.at_least[row["owner"]] >= found.at_least[place]
        assert whole.category[row["owner"]] == NONE or whole.category[row["owner"]] >= found.category[place]


def test_the_bits_of_what_is_stored_stay_what_they_are():
    assert [int(one) for one in Obstacle] == [1, 2, 4, 8, 16]
    assert [int(one) for one in Missing] == [1, 2, 4, 8, 16, 32]
    assert [int(one) for one in Reason] == [1 << place for place in range(22)]
    assert [int(one) for one in Category] == [0, 1, 2, 3, 4, 5]


def test_the_tests_speak_of_every_column_of_the_record():
    assert set(NEW) == set(cure.Record.__slots__)
    assert np.dtype(np.int32) == classified(CURED).obstacles.dtype
