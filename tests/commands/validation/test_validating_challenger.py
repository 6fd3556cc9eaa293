"""Champion against challenger, and what is said where nothing can be: on the small book of which the truth is known."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from tests.commands.conftest import Book
from tests.commands.validation.test_validating import BAD, COUNT, PDS, TODAY, csv, known, pairs_won, refused, table, text, validated

__all__ = ["known"]


def harsher(policy):
    """A policy that asks for one grade more of everybody by its card, and looks at another figure."""
    card = policy.scoring.card
    ratio = card.factors[0].components[3]
    weight = {"factors": (card.factors[0].model_copy(update={"components": (ratio,)}), *card.factors[1:]), "grades": (99.0, 98.0, 97.0)}
    return policy.model_copy(update={"scoring": policy.scoring.model_copy(update={"card": card.model_copy(update=weight)})})


def test_a_challenger_that_is_the_champion_is_no_better(known):
    found = validated(known, challenger=known.policy).challenge

    assert (found.points.advantage, found.moves.counts.trace()) == (0.0, COUNT)
    assert math.isnan(found.points.p)


def test_a_challengers_points_and_grades_are_held_against_the_champions(known):
    report = validated(known, challenger=harsher(known.policy))
    only_letters = [-pd for pd in PDS]
    counts = np.zeros((4, 4), dtype=int)
    other = validated(known, policy=harsher(known.policy)).model.grades
    for before, after in zip(report.model.grades, other, strict=True):
        counts[before - 1, after - 1] += 1

    assert report.challenge.points.challenger == pytest.approx(pairs_won(only_letters, BAD, "high"))
    assert report.challenge.points.champion == pytest.approx(report.powers["points"].auc)
    assert report.challenge.moves.counts.tolist() == counts.tolist()
    assert "AUC of the challenger" in text(report)
    assert report.challenge.agreement == validated(known, policy=harsher(known.policy)).letters.points
    assert ["0", str(int(counts.trace()))] in table(report, "Difference in grades between challenger and champion (above 0: worse)")


# --- where nothing can be said -------------------------------------------------------------------------------------------


def test_an_empty_book_says_so(sqlite, policy, tmp_path):
    report = validated(Book(sqlite, policy, tmp_path))

    assert report.lines() == ["The book is empty: there are no customers to validate the model on."]


def test_without_outcomes_only_stability_and_agreement_are_shown(sqlite, policy, tmp_path):
    book = Book(sqlite, policy, tmp_path)
    book.load("customers", csv("id,name", "C000,Firm"))
    report = validated(book)

    assert report.evidence.as_of == date(2025, 11, 23)
    assert report.lines()[0] == "1 customer was scored as of 23 Nov 2025."
    assert report.lines()[2].startswith("No outcomes are on record, so only stability and agreement can be shown")
    assert "Discriminatory power of each" not in text(report)
    assert "cannot be compared: on one of the days no customer has points." in text(report)
    assert "Points then and now" in text(report)
    assert "PSI" not in text(report)


def test_a_challenger_without_outcomes_is_compared_by_its_grades_alone(sqlite, policy, tmp_path):
    book = Book(sqlite, policy, tmp_path)
    book.load("customers", csv("id,name", "C000,Firm"))
    said = text(validated(book, challenger=policy))

    assert "The challenger grades 0% customers better, 0% worse and 100% the same as the champion." in said
    assert "From the champion's grade" in said
    assert "Champion against challenger" not in said


def test_points_of_two_days_of_which_one_has_none_are_not_compared(sqlite, policy, tmp_path):
    book = Book(sqlite, policy, tmp_path)
    book.load("customers", csv("id,name", "C000,Firm"))
    report = validated(book)

    assert "PSI" not in report.lines()[3]
    assert "The points of 23 Nov 2025 and today cannot be compared: on one of the days no customer has points." in report.lines()


def test_a_day_after_which_nothing_happened_says_so(known):
    report = validated(known, as_of=date(2020, 1, 31))

    assert report.lines()[0] == ("80 customers followed from 31 Jan 2020 to 31 Jan 2021; 0 defaulted (default, stage 3 or bankruptcy).")
    assert any(line.startswith("No customer defaulted") for line in report.lines())
    assert "Discriminatory power of each" not in text(report)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"as_of": TODAY}, "--as-of 2026-11-23 is not in the past: expected a day before 2026-11-23."),
        ({"horizon": 0}, "--horizon 0 is out of bounds: expected 1 to 120 months."),
        ({"horizon": 121}, "--horizon 121 is out of bounds: expected 1 to 120 months."),
        (
            {"without": ("ratings",)},
            "--without ratings is not a factor of the scorecard: expected one of financial_condition, "
            "rating, repayment, conduct, collateral, market, relationship.",
        ),
        (
            {"without": ("financial_condition", "rating", "repayment", "conduct", "collateral", "market", "relationship")},
            "--without financial_condition, rating, repayment, conduct, collateral, market, relationship would leave "
            "the scorecard empty: keep at least one factor.",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(known, asked, said):
    assert refused(known, **asked) == said


def test_the_bounds_of_what_can_be_asked_are_accepted(known):
    assert validated(known, as_of=date(2026, 11, 22)).evidence.as_of == date(2026, 11, 22)
    assert validated(known, horizon=120).evidence.as_of == date(2016, 9, 30)
    assert validated(known, horizon=1).evidence.as_of == date(2026, 8, 30)
