"""The validation of the model on a small book of which the truth is known."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import product

import numpy as np
import pytest

from commands.validation.validating import Question, Report, ValidationRefused, judge, read
from risk_engine.facts.cohort import LeftOut
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation.discrimination import Better
from storage.database import Database
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, opened
from tests.conftest import MONDAY
from tests.databases import Fill

TODAY = MONDAY.date()
DAY, END = date(2025, 9, 30), date(2026, 9, 30)
LETTERS = {"A": 0.0006, "BBB": 0.0017, "BB": 0.0058, "B": 0.0389, "CCC": 0.2678}
COUNT = 80


def drawn() -> list[tuple[str, float, str, bool]]:
    """Id, working capital to assets, letter and whether it went bad: worse figures oftener, but not always."""
    chance = random.Random(7)
    found = []
    for place in range(COUNT):
        capital = round(chance.uniform(-0.5, 0.6), 3)
        letter = list(LETTERS)[min(4, max(0, round(2 - 3 * capital + chance.gauss(0, 1))))]
        found.append((f"C{place:03}", capital, letter, chance.random() < 0.55 - 0.7 * capital))
    return found


TRUTH = drawn()


def csv(heading: str, *rows: str) -> str:
    return "\n".join([heading, *rows]) + "\n"


def readings(id: str, capital: float, day: date = DAY) -> list[str]:
    parts = {"working_capital_to_assets": capital, "retained_earnings_to_assets": 0.1, "ebit_to_assets": 0.05, "equity_to_liabilities": 0.8}
    return [f"{id},{name},{day},{value}" for name, value in parts.items()]


def fill(database: Database) -> None:
    book = opened(database)
    book.load("customers", csv("id,name,since", *(f"{id},Firm {id}," for id, *_rest in TRUTH)))
    book.load(
        "observations", csv("customer,indicator,as_of,value", *(line for id, capital, *_rest in TRUTH for line in readings(id, capital)))
    )
    book.load("ratings", csv("customer,rating,as_of,agency", *(f"{id},{letter},{DAY},S&P" for id, _capital, letter, _bad in TRUTH)))
    bads = [id for id, _capital, _letter, bad in TRUTH if bad]
    # the newest outcome makes the day, and one after the horizon would make another
    book.load(
        "outcomes", csv("customer,event,as_of", *(f"{id},default,{END if n == 0 else date(2026, 3, 1)}" for n, id in enumerate(bads)))
    )


@pytest.fixture
def stock(request, stock) -> Fill:
    return fill if "own" in request.fixturenames else stock


@pytest.fixture(scope="module")
def known(tmp_path_factory, masters, policy) -> Iterator[Book]:
    """The book to look into and not to change."""
    folder = tmp_path_factory.mktemp("known")
    database = Database(masters.sqlite(fill, folder / "riskbot.db"))
    yield Book(database, policy, folder)
    database.close()


@pytest.fixture
def own(sqlite, policy, tmp_path) -> Book:
    """The same book to change."""
    return Book(sqlite, policy, tmp_path)


def validated(book: Book, *, challenger=None, policy=None, **asked) -> Report:
    policy = policy or book.policy
    with book.database.begin(EVERYTHING) as tx:
        seen = read(tx, policy, Question(**asked), today=TODAY, challenger=challenger)
    return judge(policy, seen, challenger)


def refused(book: Book, **asked) -> str:
    with pytest.raises(ValidationRefused) as refusal:
        validated(book, **asked)
    return str(refusal.value)


def text(report: Report) -> str:
    return "\n".join(report.lines())


def table(report: Report, heading: str) -> list[list[str]]:
    """The cells of the rows under a heading."""
    part = text(report).split(f"{heading}\n\n")[1].split("\n\n")[0].splitlines()
    widths = [len(dashes) for dashes in part[1].split("  ")]
    edges = np.cumsum([0, *(width + 2 for width in widths)])
    return [[line[start : start + width].strip() for start, width in zip(edges, widths, strict=False)] for line in part[2:]]


def pairs_won(values, bad, better: Better) -> float:
    """The AUC by looking at every pair of a bad and a good."""
    worse = [(-value if better == "high" else value) for value in values]
    won = [
        (1.0 if worse[b] > worse[g] else 0.5 if worse[b] == worse[g] else 0.0)
        for b, g in product(range(len(bad)), repeat=2)
        if bad[b] and not bad[g]
    ]
    return sum(won) / len(won)


BAD = [bad for *_rest, bad in TRUTH]
CAPITAL = [capital for _id, capital, *_rest in TRUTH]
PDS = [max(LETTERS[letter], 0.0005) for _id, _capital, letter, _bad in TRUTH]


# --- how well the scores tell --------------------------------------------------------------------------------------------


def test_every_auc_is_that_of_all_pairs(known):
    report = validated(known)
    points = report.model.points.tolist()

    assert report.powers["z_double_prime"].auc == pytest.approx(pairs_won(CAPITAL, BAD, "high"), abs=1e-12)
    assert report.powers["pd"].auc == pytest.approx(pairs_won(PDS, BAD, "low"), abs=1e-12)
    assert report.powers["points"].auc == pytest.approx(pairs_won(points, BAD, "high"), abs=1e-12)
    assert report.powers["grade"].auc == pytest.approx(pairs_won(report.model.grades.tolist(), BAD, "low"), abs=1e-12)


def test_the_first_line_says_who_was_followed_and_the_next_how_well_the_points_tell(known):
    report = validated(known)
    points = report.powers["points"]

    assert report.lines()[:2] == [
        f"80 customers followed from 30 Sept 2025 to 30 Sept 2026; {sum(BAD)} defaulted (default, stage 3 or bankruptcy).",
        f"Discrimination: AUC {points.auc:.3f} ({points.low:.3f} to {points.high:.3f} at 95%), "
        f"Gini {points.gini:.1%}, KS {points.ks.distance:.1%}: good.",
    ]


def test_every_figure_has_a_row_with_its_direction_and_those_of_which_nothing_is_known_have_none(known):
    rows = {row[0]: row[1:] for row in table(validated(known), "Discriminatory power of each factor")}

    assert {"points", "grade", "points.rating", "points.financial_condition.z_double_prime", "pd", "altman_score", "z_double_prime"} < set(
        rows
    )
    assert rows["pd"][:3] == ["low is good", "80", str(sum(BAD))]
    assert rows["z_double_prime"][0] == "high is good"
    assert "ohlson" not in rows
    assert "points.repayment" not in rows


def test_too_few_is_said_beside_the_figure(known):
    strict = known.policy.validation.model_copy(update={"power": known.policy.validation.power.model_copy(update={"bads": sum(BAD) + 1})})
    report = validated(known, policy=known.policy.model_copy(update={"validation": strict}))
    row = table(report, "Discriminatory power of each factor")[0]

    assert (row[4], row[-1]) == (f"{report.powers['points'].auc:.3f}", "too few")
    assert ": too few." in report.lines()[1]


# --- who is followed -----------------------------------------------------------------------------------------------------


def test_the_day_is_a_horizon_before_the_newest_outcome(known):
    evidence = validated(known).evidence

    assert (evidence.as_of, evidence.until) == (DAY, END)
    assert validated(known, horizon=24).evidence.as_of == date(2024, 9, 30)


def test_an_outcome_of_the_29th_of_february_lies_within_its_horizon(own):
    own.load("outcomes", csv("customer,event,as_of", "C000,bankruptcy,2024-02-29"))
    with own.database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql("UPDATE outcome_version SET as_of = '2024-02-29'")
    evidence = validated(own).evidence

    assert (evidence.as_of, evidence.until) == (date(2023, 3, 1), date(2024, 3, 1))


def test_who_was_bad_before_who_came_later_and_who_is_rated_default_are_left_out_and_counted(own):
    good = [id for id, _capital, _letter, bad in TRUTH if not bad]
    own.load(
        "outcomes",
        csv("customer,event,as_of", f"{good[0]},stage3,2025-01-31", f"{good[1]},default,2024-05-31", f"{good[1]},cure,2025-02-28"),
    )
    own.load("customers", csv("id,name,since", f"{good[2]},Late,2025-10-01"))
    own.load("ratings", csv("customer,rating,as_of,agency", f"{good[3]},D,2025-09-30,S&P"))
    report = validated(own)

    by_reason = Counter(report.cohort.left_out.tolist())
    assert by_reason == {LeftOut.NO: COUNT - 3, LeftOut.BAD_BEFORE: 1, LeftOut.NOT_YET: 1, LeftOut.RATED_DEFAULT: 1}
    assert report.lines()[0].startswith("77 customers followed")
    assert report.lines()[1:4] == [
        "Excluded: 1 already in default on 30 Sept 2025 and not cured.",
        "Excluded: 1 in default on 30 Sept 2025.",
        "Excluded: 1 who became customers after 30 Sept 2025.",
    ]
    assert report.powers["points"].bads + report.powers["points"].goods == COUNT - 3


def test_what_came_to_be_after_the_day_is_not_looked_at(own):
    before = validated(own, as_of=DAY)
    own.load(
        "observations",
        csv("customer,indicator,as_of,value", *(line for id, *_rest in TRUTH for line in readings(id, 0.0, date(2025, 10, 1)))),
    )
    own.load("ratings", csv("customer,rating,as_of,agency", *(f"{id},AAA,2025-10-01,S&P" for id, *_rest in TRUTH)))
    own.load(
        "facilities", csv("id,customer,kind,currency,limit,outstanding,days_past_due,as_of", "F1,C000,term_loan,EUR,10,10,95,2025-10-01")
    )
    after = validated(own, as_of=DAY)

    heading = "Discriminatory power of each factor"
    assert table(after, heading) == table(before, heading)
    assert "1 facility was not assessed: its data are of a later day or undated." in after.lines()


def test_a_correction_that_is_known_now_counts(own):
    before = validated(own)
    own.load("observations", csv("customer,indicator,as_of,value", f"C000,working_capital_to_assets,{DAY},0.599"))

    assert validated(own).model.scores.figures["z_double_prime"][0] > before.model.scores.figures["z_double_prime"][0]


def test_a_horizon_that_is_not_over_is_said(known):
    report = validated(known, as_of=date(2025, 12, 31))

    assert "The horizon ends on 31 Dec 2026: more customers may default until then, so all rates are understated." in report.lines()


# --- the level of PDs ----------------------------------------------------------------------------------------------------


def test_each_grades_customers_defaults_and_mean_pd_are_counted(known):
    report = validated(known)
    grades = report.model.grades.tolist()
    rows = table(report, "PD against observed default rate, by grade")

    for grade in range(1, 5):
        own = [place for place in range(COUNT) if grades[place] == grade]
        mean = sum(PDS[place] for place in own) / len(own) if own else math.nan
        assert rows[grade - 1][1:3] == [str(len(own)), str(sum(BAD[place] for place in own))]
        assert report.level.by_grade.pd[grade - 1] == pytest.approx(mean, nan_ok=True)
    assert rows[4][1:3] == [str(COUNT), str(sum(BAD))]
    assert rows[4][-1] == "PD too low, too few"


@pytest.mark.parametrize(("expected", "verdict"), [(0.0, "PD too low"), (1000.0, "PD too low, too few")])
def test_too_few_stands_beside_a_verdict_that_does_not_need_more(known, expected, verdict):
    strict = known.policy.validation.backtest.model_copy(update={"expected": expected})
    policy = known.policy.model_copy(update={"validation": known.policy.validation.model_copy(update={"backtest": strict})})

    assert table(validated(known, policy=policy), "PD against observed default rate, by grade")[4][-1] == verdict


def test_a_verdict_that_chance_explains_is_too_few(known):
    certain = known.policy.validation.backtest.model_copy(update={"expected": 1000.0, "amber": 1e-300, "red": 1e-301})
    policy = known.policy.model_copy(update={"validation": known.policy.validation.model_copy(update={"backtest": certain})})
    rows = table(validated(known, policy=policy), "PD against observed default rate, by grade")

    assert rows[4][-1] == "too few"
    assert {row[-1] for row in rows if row[1] == "0"} <= {"–"}


def test_grades_have_their_rate_where_nobody_has_a_pd(sqlite, policy, tmp_path):
    book = Book(sqlite, policy, tmp_path)
    book.load("customers", csv("id,name", *(f"{id},Firm {id}" for id, *_rest in TRUTH)))
    book.load("outcomes", csv("customer,event,as_of", "C000,default,2026-03-01", "C001,stage3,2026-09-30"))
    report = validated(book)

    assert "No customer in the cohort had a PD, so calibration cannot be tested." in report.lines()
    assert ["●●○○ medium", "80", "100.0%", "2", "2.5%"] in table(report, "Defaults by grade")
    assert "Without points: 80, for lack of any scorecard input." in report.lines()


# --- then and today, and letters -----------------------------------------------------------------------------------------


def test_the_shift_of_the_points_is_that_of_their_bands(known):
    report = validated(known)
    shift, before, after = report.since.shift, report.since.before, report.since.after
    then, today = (np.maximum(column / COUNT, 1e-4) for column in (before, after))

    assert (int(before.sum()), int(after.sum())) == (COUNT, COUNT)
    assert before[:-1].tolist() == [
        sum(10 * band <= p < 10 * band + 10 or (band == 9 and p == 100) for p in report.model.points) for band in range(10)
    ]
    assert shift.index == pytest.approx(float(sum((a - e) * math.log(a / e) for e, a in zip(then, today, strict=True))))
    assert [row[-1] == "✓" for row in table(report, "Points then and now")] == [
        bool(e == 0 or a == 0) for e, a in zip(before, after, strict=True)
    ]


def test_grades_then_and_today_are_counted_against_each_other(own):
    own.load("ratings", csv("customer,rating,as_of,agency", *(f"{id},CCC,2026-10-31,S&P" for id, *_rest in TRUTH)))
    report = validated(own)

    assert report.since.moves.counts[:, 3].tolist() == [int((report.model.grades == grade).sum()) for grade in range(1, 5)]
    assert report.since.shift.light is Colour.RED


def test_the_points_are_compared_with_the_letters(known):
    report = validated(known, without=("rating",))
    points, worse = report.model.points.tolist(), [LETTERS[letter] for _id, _capital, letter, _bad in TRUTH]

    assert report.letters.points.spearman == pytest.approx(pearson(ranks([-one for one in points]), ranks(worse)))
    assert [row[0] for row in table(report, "Ratings and the model's grades")] == list(LETTERS)
    assert [row[1] for row in table(report, "Ratings and the model's grades")] == [
        str(sum(letter == one for _id, _capital, letter, _bad in TRUTH)) for one in LETTERS
    ]
    assert "Excluded from the scorecard: rating." in report.lines()
    assert "points.rating" not in report.powers


def test_a_letter_that_is_part_of_the_points_is_said_to_be(known):
    said = "The rating is itself a factor of these points: use --without rating to see the points without it."

    assert said in validated(known).lines()
    assert said not in validated(known, without=("rating",)).lines()


def ranks(values: list[float]) -> list[float]:
    return [sum(other < one for other in values) + sum(other == one for other in values) / 2 for one in values]


def pearson(x: list[float], y: list[float]) -> float:
    mx, my = sum(x) / len(x), sum(y) / len(y)
    both = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    return both / math.sqrt(sum((a - mx) ** 2 for a in x) * sum((b - my) ** 2 for b in y))


# --- what was known ------------------------------------------------------------------------------------------------------


def test_what_was_lacking_is_counted_input_by_input(own):
    own.load("observations", csv("customer,indicator,as_of,value", f"C000,current_ratio,{DAY},1.5", f"C001,current_ratio,{DAY},0.5"))
    rows = table(validated(own), "Missing inputs")

    assert ["financial_condition", "current_ratio", "78", "97.5%"] in rows
    assert ["financial_condition", "z_double_prime", "0", "0.0%"] in rows


def test_the_confidence_is_told_by_bands_that_hold_everybody(known):
    report = validated(known)

    assert sum(many for _low, _high, many, _bads in report.known.confidence) == COUNT
    assert sum(bads for *_band, bads in report.known.confidence) == sum(BAD)
    assert [row[0] for row in table(report, "Scorecard data completeness")] == ["0%–25%", "25%–50%", "50%–70%", "70%–90%", "90%–100%"]
