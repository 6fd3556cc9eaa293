"""Laws of scoring: one alone as among many, the order of rows, parts of a book, and what never makes anything better."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.scoring import scoring
from risk_engine.scoring.scoring import Scores
from tests.risk_engine import books
from tests.risk_engine.books import NAN
from tests.risk_engine.scoring.test_scoring import POLICY, PUBLISHED, figure, scored

COUNT = 4
OWNER = st.integers(0, COUNT - 1)
RATED = st.lists(st.tuples(OWNER, st.sampled_from(["S&P", "Moody's", "internal"]), st.just("global"), st.sampled_from(["A", "B", "D"])))
AMOUNT = st.integers(0, 10**10).map(float)
TERMS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["term_loan", "revolver", "bond", "project_loan"]),
        "currency": st.sampled_from(["EUR", "USD", "JPY"]),
        "limit": AMOUNT,
        "outstanding": AMOUNT,
        "ccf": st.sampled_from([NAN, 0.5]),
        "lgd": st.sampled_from([NAN, 0.3]),
        "seniority": st.sampled_from([None, "senior"]),
        "days_past_due": st.sampled_from([NAN, 0.0, 40.0, 95.0]),
        "maturity": st.sampled_from([None, "2026-12-31", "2033-01-01"]),
        "eir": st.sampled_from([NAN, 0.07]),
        "origination": st.sampled_from([None, "A", "BB"]),
        "restructured": st.sampled_from([NAN, 1.0]),
    }
)
LENT = st.lists(st.tuples(OWNER, TERMS), max_size=10)
LINES = ("total_assets", "total_liabilities", "ebitda", "interest_expense", "revenue")
# cents, as no statement has smaller ones
YEAR = st.fixed_dictionaries(dict.fromkeys(LINES, st.integers(0, 10**11).map(lambda cents: cents / 100)))
SENT = st.dictionaries(OWNER, YEAR, max_size=COUNT)
READ = st.dictionaries(OWNER, st.floats(-5, 5), max_size=COUNT)
HAPPENED = st.lists(
    st.tuples(OWNER, st.sampled_from(["insurance", "fraud", "gossip"]), st.integers(1, 5), st.just("2026-05-01"), st.none()), max_size=4
)
GIVEN = st.lists(
    st.tuples(OWNER, st.just(-1), st.sampled_from(["cash", "real_estate"]), st.just("EUR"), AMOUNT, st.just("2026-06-30")), max_size=4
)


def together(count, rated, lent, sent, read, happened, given) -> Scores:
    return scored(
        count,
        rated,
        lent,
        accounts=books.statements(count, list(sent.items())),
        readings=books.readings(count, {"debt_ratio": list(read.items()), "utilisation": list(read.items())}),
        incidents=happened,
        collateral=given,
        rates={"USD": 0.9},
    )


@given(RATED, LENT, SENT, READ, HAPPENED, GIVEN)
def test_one_alone_is_scored_as_among_many_bit_for_bit(rated, lent, sent, read, happened, given):
    whole = together(COUNT, rated, lent, sent, read, happened, given)

    for each in range(COUNT):
        mine = [[(0, *row[1:]) for row in rows if row[0] == each] for rows in (rated, lent, happened, given)]
        own = [{0: found[each]} if each in found else {} for found in (sent, read)]
        alone = together(1, mine[0], mine[1], *own, mine[2], mine[3])
        for name, column in whole.figures.items():
            assert alone.figures[name][:1].tobytes() == column[each : each + 1].tobytes(), name
        assert (alone.grades[0], alone.model_grades[0]) == (whole.grades[each], whole.model_grades[each])
        assert alone.missing.texts()[0] == whole.missing.texts()[each]


@given(RATED, LENT, SENT, READ, HAPPENED, GIVEN, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rated, lent, sent, read, happened, given, random):
    first = together(COUNT, rated, lent, sent, read, happened, given)
    second = together(COUNT, rated, random.sample(lent, len(lent)), sent, read, random.sample(happened, len(happened)), given)

    for name in ("ead", "ecl", "rwa", "lgd", "stage", "category", "incident_score", "due_12_months"):
        np.testing.assert_array_equal(first.figures[name], second.figures[name], err_msg=name)
    np.testing.assert_array_equal(first.grades, second.grades)


def test_a_book_in_parts_is_the_book_as_a_whole(monkeypatch):
    rated = [(owner, "S&P", "global", letter) for owner, letter in enumerate(["A", "B", "D", "A", "B"])]
    lent = [(owner, {"outstanding": 100.0 * owner, "currency": "USD" if owner % 2 else "JPY"}) for owner in (0, 1, 1, 2, 4)]
    facts = {"breaches": [(4, 8, 2)], "incidents": [(3, "fraud", 3, "2026-05-01", None)]}
    whole = scored(5, rated, lent, rates={"USD": 0.9}, **facts)
    monkeypatch.setattr(scoring, "CHUNK", 2)
    parts = scored(5, rated, lent, rates={"USD": 0.9}, **facts)

    for name, column in whole.figures.items():
        np.testing.assert_array_equal(parts.figures[name], column, err_msg=name)
    for one, other in zip(whole.drivers, parts.drivers, strict=True):
        assert [one.reference(place) for place in range(5)] == [other.reference(place) for place in range(5)]
        np.testing.assert_array_equal(one.grades, other.grades)
    for name, column in whole.sources.items():
        assert parts.sources[name].tolist() == column.tolist(), name
    for name in ("grades", "model_grades"):
        assert getattr(parts, name).tolist() == getattr(whole, name).tolist()
    assert whole.missing.texts().tolist() == parts.missing.texts().tolist()
    assert whole.customers.tolist() == parts.customers.tolist()


@given(LENT.map(lambda rows: [(owner, terms | {"currency": "USD"}) for owner, terms in rows]))
def test_a_hundred_times_the_rate_is_a_hundred_times_the_amounts(lent):
    rated = [(0, "S&P", "global", "BB")]
    # the thresholds of materiality are amounts too
    larger = POLICY.model_copy(update={"arrears": POLICY.arrears.model_copy(update={"absolute": POLICY.arrears.absolute * 100})})
    low = scored(COUNT, rated, lent, rates={"USD": 1.0})
    high = scored(COUNT, rated, lent, rates={"USD": 100.0}, policy=larger)

    for name in ("ead", "exposure", "ecl", "rwa_standard"):
        np.testing.assert_allclose(high.figures[name], low.figures[name] * 100, rtol=1e-9, atol=10)


@given(st.sampled_from(sorted(PUBLISHED)), st.sampled_from(sorted(PUBLISHED)))
def test_a_worse_letter_never_gives_a_better_grade_or_a_smaller_loss(first, second):
    better, worse = sorted((first, second), key=PUBLISHED.__getitem__)
    good, bad = (scored(1, [(0, "S&P", "global", letter)], [(0, {})]) for letter in (better, worse))

    assert good.grades[0] <= bad.grades[0]
    assert figure(good, "expected_loss") <= figure(bad, "expected_loss")
    assert figure(good, "points") >= figure(bad, "points")


def test_every_figure_has_one_place_a_customer():
    found = scored(3, [(0, "S&P", "global", "A")], [(2, {})])

    assert {len(column) for column in (*found.figures.values(), *found.sources.values())} == {3}
    assert all(
        len(getattr(driver, one.name)) == 3
        for driver in found.drivers
        for one in dataclasses.fields(driver)
        if one.name not in {"name", "letter"}
    )
