"""Laws of default over random books: what follows from it, what it never follows from, and how it ends."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.classification.evidence import Reason
from risk_engine.days import ONE_DAY
from risk_engine.scoring.scoring import Scores, score
from tests.risk_engine import books
from tests.risk_engine.books import NAN
from tests.risk_engine.scoring.test_scoring import POLICY

COUNT = 4
owners = st.integers(0, COUNT - 1)
DAYS = [str(np.datetime64("2025-06-30") + 37 * n * ONE_DAY) for n in range(13)]
dates = st.sampled_from(DAYS)
unknown = st.just(NAN)
amounts = st.sampled_from([0.0, 0.01, 400.0, 501.0, 20_000.0])
terms = st.fixed_dictionaries(
    {
        "outstanding": st.sampled_from([0.0, 100.0, 30_000.0, 60_000.0]),
        "limit": st.just(60_000.0),
        "days_past_due": st.sampled_from([0.0, 1.0, 29.0, 30.0, 31.0, 89.0, 90.0, 152.0, 271.0, 400.0, NAN]),
        "overdue": amounts | unknown,
        "non_accrual": st.sampled_from([0.0, 0.0, 1.0]) | unknown,
        "provision": st.sampled_from([0.0, 0.0, 5.0]) | unknown,
        "restructured": st.sampled_from([0.0, 0.0, 1.0, 2.0]) | unknown,
        "restructured_on": dates | st.none(),
        "restructuring_loss": st.sampled_from([0.0, 0.01, 0.011]) | unknown,
        "currency": st.sampled_from(["EUR", "USD", "JPY"]),
        "lgd": st.sampled_from([0.0, 0.3, 0.6]) | unknown,
    }
)
masks = st.sampled_from([int(Reason.PAST_DUE), int(Reason.BANKRUPTCY), int(Reason.PAST_DUE | Reason.DISTRESSED_RESTRUCTURING)])
BOOKS = st.fixed_dictionaries(
    {
        "facilities": st.lists(st.tuples(owners, terms), max_size=6),
        "ratings": st.lists(
            st.tuples(owners, st.just("S&P"), st.just("global"), st.sampled_from(["AA", "BB", "CCC", "D"])),
            max_size=4,
            unique_by=lambda row: row[0],
        ),
        "incidents": st.lists(
            st.tuples(owners, st.sampled_from(["bankruptcy", "debt_evasion", "documents"]), st.just(3), dates, dates | st.none()),
            max_size=3,
        ),
        "credit_events": st.lists(st.tuples(owners, st.sampled_from(["default", "bankruptcy"]), dates, dates | st.none()), max_size=3),
        "judgements": st.lists(
            st.tuples(owners, st.sampled_from(["unlikely_to_pay", "rebuttal", "void"]), dates, dates | st.none()), max_size=3
        ),
        "defaults": st.lists(
            st.tuples(owners, dates, masks, masks | st.just(int(Reason.PROBATION)), dates | st.none(), st.none()),
            max_size=3,
            unique_by=lambda row: row[0],
        ),
    }
)
# what ends after it began
ORDERLY = BOOKS.map(
    lambda book: (
        book
        | {
            name: [
                (*row[:place], *([row[place + 1], row[place]] if (row[place + 1] or "9") < row[place] else row[place : place + 2]))
                for row in book[name]
            ]
            for name, place in (("incidents", 3), ("credit_events", 2), ("judgements", 2))
        }
    )
)


def scored(book, *, policy=POLICY, scale=1.0) -> Scores:
    lent = [
        (owner, row | {name: row[name] * scale for name in ("outstanding", "limit", "overdue", "provision")})
        for owner, row in book["facilities"]
    ]
    tables = {
        "facilities": books.facilities(lent),
        **{name: getattr(books, name)(book[name]) for name in ("ratings", "incidents", "credit_events", "judgements", "defaults")},
    }
    return score(policy, books.book(COUNT, rates={"USD": 0.9}, **{name: table.by_owner() for name, table in tables.items()}))


def rebutted(found: Scores, book) -> np.ndarray:
    """Customers with any rebuttal, whose stage and ECL may be spared."""
    has = {row[0] for row in book["judgements"] if row[1] == "rebuttal"}
    return np.array([place in has for place in range(COUNT)])


@given(ORDERLY)
def test_default_is_stage_three_a_pd_of_one_and_at_least_substandard(book):
    found = scored(book)
    figures, hit = found.figures, found.figures["default_reasons"] > 0
    lent = ~np.isnan(figures["exposure"]) | (np.bincount([owner for owner, _row in book["facilities"]], minlength=COUNT) > 0)

    assert (figures["pd"][hit] == 1.0).all()
    assert (found.model_grades[hit] == 4).all()
    assert (figures["stage"][hit & lent & ~rebutted(found, book)] == 3).all()
    category = figures["category"][hit & lent]
    assert ((category >= 3) | np.isnan(category)).all()


@given(ORDERLY)
def test_nothing_but_default_is_stage_three_or_a_pd_of_one(book):
    figures = scored(book).figures
    sound = figures["default_reasons"] == 0

    assert not (figures["stage"][sound] == 3).any()
    assert not (figures["pd"][sound] == 1.0).any()


@given(ORDERLY)
def test_judging_once_more_changes_nothing(book):
    first = scored(book)
    rows = first.defaults
    again = [
        (int(owner), str(since), int(entered), int(reasons), None if np.isnat(ended) else str(ended), None)
        for owner, since, entered, reasons, ended, cured, voided in zip(
            rows.owner, rows.since, rows.entered, rows.reasons, rows.ended, rows.cured, rows.voided, strict=True
        )
        if np.isnat(cured) and not voided
    ]
    second = scored(book | {"defaults": again})

    for name in ("default_reasons", "default_ends", "default_since", "stage", "pd", "category"):
        np.testing.assert_array_equal(second.figures[name], first.figures[name], err_msg=name)


@given(ORDERLY, st.randoms(use_true_random=False))
def test_the_order_of_facts_and_files_does_not_matter(book, random):
    mixed = {name: random.sample(rows, len(rows)) for name, rows in book.items()}
    first, second = scored(book), scored(mixed)

    for name in ("default_reasons", "default_since", "default_ends", "stage", "category", "pd"):
        np.testing.assert_array_equal(second.figures[name], first.figures[name], err_msg=name)


@given(ORDERLY, st.integers(-2, 4))
def test_amounts_and_thresholds_may_be_scaled_by_a_power_of_ten(book, power):
    factor = 10.0**power
    # whole hundredths on both sides
    whole = book | {
        "facilities": [
            (owner, row | {"overdue": np.round(row["overdue"]), "provision": np.round(row["provision"])})
            for owner, row in book["facilities"]
        ]
    }
    policy = POLICY.model_copy(update={"arrears": POLICY.arrears.model_copy(update={"absolute": POLICY.arrears.absolute * factor})})
    first, second = scored(whole), scored(whole, policy=policy, scale=factor)

    for name in ("default_reasons", "default_since", "stage", "category"):
        np.testing.assert_array_equal(second.figures[name], first.figures[name], err_msg=name)


@given(ORDERLY, st.integers(0, 400))
def test_nobody_is_cured_before_the_probation_is_over(book, later):
    """All evidence goes at once and all arrears are paid: some days later the default is over only if the probation is."""
    today = scored(book)
    hit = np.flatnonzero(today.figures["default_reasons"] > 0)
    on_record = [
        row
        for row in zip(
            today.defaults.owner, today.defaults.since, today.defaults.entered, today.defaults.reasons, today.defaults.ended, strict=True
        )
        if row[0] in hit
    ]
    rows = [
        (int(owner), str(since), int(entered), int(reasons), None if np.isnat(ended) else str(ended), None)
        for owner, since, entered, reasons, ended in on_record
    ]
    clean = books.book(COUNT, defaults=books.defaults(rows))
    day = books.AS_OF + np.timedelta64(later, "D")
    after = score(POLICY, dataclasses.replace(clean, as_of=day)).figures["default_reasons"] > 0
    ended = {int(owner): ended for owner, _since, _entered, _reasons, ended in on_record}

    for place in hit.tolist():
        began = ended[place] if not np.isnat(ended[place]) else day
        assert after[place] or (day - began).astype(int) >= 180
