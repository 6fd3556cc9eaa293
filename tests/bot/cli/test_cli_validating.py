"""python -m bot validate: what it prints and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.conftest import Typed, brought

IDS = [f"C{place:02}" for place in range(40)]
FILES = {
    "customers": ["id,name", *(f"{id},Firm {id}" for id in IDS)],
    "ratings": ["customer,rating,as_of,agency", *(f"{id},{'BBB' if place < 20 else 'B'},2024-12-31,S&P" for place, id in enumerate(IDS))],
    # of the worse letter all but two
    "outcomes": ["customer,event,as_of", *(f"{id},default,2025-12-31" for id in [*IDS[:2], *IDS[22:]])],
}


@pytest.fixture
def loaded(typed: Typed) -> Typed:
    return brought(typed, {kind: "\n".join(lines) + "\n" for kind, lines in FILES.items()})


def test_the_report_begins_with_the_answer(loaded: Typed):
    code, said, complained = loaded("validate")

    assert (code, complained) == (0, "")
    # 18 of 20 bads have the worse letter, and 18 of 20 goods the better one: .9 · .9 + .5 · (.9 · .1 · 2) = .9; each side's
    # placements are 18 times .95 and twice .45, so the error is the root of 2 · .45 / (20 · 19), and 1.96 of it are .0954
    assert said.splitlines()[:2] == [
        "40 customers followed from 31 Dec 2024 to 31 Dec 2025; 20 defaulted (default, stage 3 or bankruptcy).",
        "Discrimination: AUC 0.900 (0.805 to 0.995 at 95%), Gini 80.0%, KS 80.0%: good.",
    ]
    assert next(line.split()[:4] for line in said.splitlines() if line.startswith("pd ")) == ["pd", "low", "is", "good"]


def test_nothing_is_stored(loaded: Typed):
    loaded("validate")

    assert "40 new" in loaded("score")[1]


def test_a_factor_is_left_out_and_a_challenger_compared(loaded: Typed):
    Path("other.toml").write_text("[scoring.grades]\npd = [0.0001, 0.0002, 0.0003]\n", "utf-8")
    code, said, _complained = loaded("validate", "--challenger", "other.toml", "--without", "market", "--without", "market")

    assert code == 0
    assert "Excluded from the scorecard: market.\n" in said
    assert "The challenger grades 0% customers better, 100% worse and 0% the same as the champion." in said


def test_the_day_and_the_horizon_can_be_given(loaded: Typed):
    said = loaded("validate", "--as-of", "2025-06-30", "--horizon", "3")[1]

    assert said.splitlines()[0].startswith("40 customers followed from 30 Jun 2025 to 30 Sept 2025; 0 defaulted")


@pytest.mark.parametrize(
    ("line", "code", "complaint"),
    [
        ("--as-of 2199-01-31", 1, "--as-of 2199-01-31 is not in the past: expected a day before"),
        ("--horizon 0", 1, "--horizon 0 is out of bounds: expected 1 to 120 months."),
        ("--without luck", 1, "--without luck is not a factor of the scorecard: expected one of financial_condition, rating"),
        ("--challenger nowhere.toml", 1, "--challenger nowhere.toml does not exist: expected a policy file in TOML, as for RISKBOT_POLICY"),
        ("--as-of yesterday", 2, "'yesterday' is not a date: expected year-month-day, such as 2026-12-31"),
        ("--horizon long", 2, "invalid int value: 'long'"),
    ],
)
def test_what_is_not_accepted_is_said(loaded: Typed, line: str, code: int, complaint: str):
    found, said, complained = loaded("validate", *line.split())

    assert (found, said) == (code, "")
    assert complaint in complained


def test_a_challenger_that_contradicts_itself_is_refused_by_its_key(loaded: Typed):
    Path("other.toml").write_text("[scoring.card]\ngrades = [20, 45, 65]\n", "utf-8")
    code, _said, complained = loaded("validate", "--challenger", "other.toml")

    assert code == 1
    assert complained.startswith("--challenger other.toml: scoring.card: ")


def test_an_empty_book_is_no_mistake(typed: Typed):
    assert typed("validate")[:2] == (0, "The book is empty: there are no customers to validate the model on.\n")
