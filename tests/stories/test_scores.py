"""Who carries most, and why: /risk top and /risk show over the wire, scored by the bot itself after an import."""

from __future__ import annotations

import pytest

from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.conftest import eventually
from tests.stories.desk import Desk, ask, labels, words


@pytest.fixture(scope="module")
def scored(desk: Desk) -> Desk:
    """A desk whose bot has scored its book by itself."""
    desk.load("ratings", "customer,rating,as_of,agency\nACME,B,2026-01-31,S&P\nNOVA,A,2026-01-31,S&P\n")

    def everybody() -> bool:
        with desk.database.begin(EVERYTHING) as tx:
            return "ACME" in scores.of(tx, ["ACME"]) and scores.of(tx, ["ACME"])["ACME"].pd is not None

    eventually(everybody)
    return desk


def test_the_top_of_the_book_is_answered_to_the_asker_with_buttons(scored: Desk):
    answer = ask(scored.person("ana"), "/risk top")

    assert answer["ephemeral"]
    assert answer["text"].startswith("2 of 5 borrowers carry 100% of the known expected loss, EUR ")
    assert words(answer).index("Acme Steel") < words(answer).index("Nova Power")
    assert "●●○○ medium" in words(answer)
    assert "Share to channel" in labels(answer)
    assert "Export" in labels(answer)


def test_a_customer_shows_its_grade_and_why(scored: Desk):
    answer = ask(scored.person("ana"), "/risk show ACME")

    assert "Acme Steel · ●●○○ medium" in words(answer)
    assert "PD 3.89%, S&P rating B" in words(answer)
    assert "a facility without LGD and seniority" in words(answer)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("top 9999", "How many “9999” is not accepted: expected a whole number from 1 to 1000."),
        ("top by=luck", "Order “luck” is not accepted: expected one of expected"),
        ("top sector=Mining", "No scored customer with sector Mining."),
    ],
)
def test_what_cannot_be_ranked_is_answered_with_what_can(scored: Desk, line: str, said: str):
    assert said in ask(scored.person("ana"), f"/risk {line}")["text"]
