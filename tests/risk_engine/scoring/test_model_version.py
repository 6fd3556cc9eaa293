"""The version of the model: it changes with the card's method and with its packaged weights, and only then."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from risk_engine.ratings import customer_pd
from risk_engine.scoring import scorecard
from risk_engine.scoring.scoring import MODEL
from storage.policy import policies

ROOT = Path(__file__).parents[3]
NAN = np.nan
# by version: the packaged card and calibration as a digest, and the points, confidences, ranges and PDs of four customers
CARDS = {"card-3": "f61cb4ea0192866d"}
RESULTS = {
    "card-3": {
        "points": [77.24800668127601, 25.469860569216348, 99.99999999999999, NAN],
        "confidence": [0.8186827956989248, 0.5152407667134175, 0.1111111111111111, 0.0],
        "lowest": [63.24161407199627, 13.12311048776687, 11.111111111111109, 0.0],
        "highest": [81.37333450210379, 61.59903381642512, 100.0, 100.0],
        "grade": [1.0, 3.0, 1.0, 0.0],
        "pd": [0.009605902220933235, 0.19870413773308632, 0.0023289641515467406, NAN],
    }
}
# everything known; a partial card, on bounds of bands; one figure; nothing
FIGURES = {
    "z_double_prime": [3.1, 1.1, NAN, NAN],
    "debt_ratio": [0.5, 0.8, NAN, NAN],
    "interest_coverage": [4.0, 2.0, NAN, NAN],
    "current_ratio": [1.1, NAN, NAN, NAN],
    "roa": [0.04, -0.05, NAN, NAN],
    "net_debt_to_ebitda": [2.0, NAN, NAN, NAN],
    "pd": [0.0058, NAN, NAN, NAN],
    "days_past_due": [0.0, 31.0, 0.0, NAN],
    "dscr": [1.4, 1.05, NAN, NAN],
    "minimum_balance": [0.2, -0.1, NAN, NAN],
    "overdraft_days": [0.0, 12.0, NAN, NAN],
    "lgd": [0.4, 0.4, NAN, NAN],
    "satisfaction": [4.0, NAN, NAN, NAN],
}


@pytest.fixture(scope="module")
def packaged():
    return policies.read(None).scoring


def results(scoring):
    count = 4
    marks = scorecard.mark(scoring.card, {name: np.array(FIGURES.get(name, [NAN] * count)) for name in scoring.card.measures})
    line = customer_pd.points_line(scoring, policies.read(None).migration)
    found = {
        "points": marks.score,
        "confidence": marks.confidence,
        "lowest": marks.lowest,
        "highest": marks.highest,
        "grade": scorecard.graded(scoring.card, marks.score).astype(float),
        "pd": customer_pd.pd_at(line, marks.score),
    }
    return {name: column.tolist() for name, column in found.items()}


def card(scoring):
    """The packaged card and calibration as a digest."""
    said = scoring.card.model_dump(mode="json") | {"calibration": scoring.calibration.model_dump(mode="json")}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def test_the_packaged_card_is_that_of_its_version(packaged):
    assert card(packaged) == CARDS.get(MODEL), "the packaged card has changed: give MODEL a new version, with a line in docs/model.md"


def test_the_method_is_that_of_its_version(packaged):
    expected = RESULTS.get(MODEL, {})
    for name, column in results(packaged).items():
        assert column == pytest.approx(expected.get(name, []), rel=1e-9, nan_ok=True), f"{name} has changed: give MODEL a new version"


def test_another_weight_is_noticed(packaged):
    first, *others = packaged.card.factors
    changed = packaged.model_copy(
        update={"card": packaged.card.model_copy(update={"factors": (first.model_copy(update={"weight": 31.0}), *others)})}
    )

    assert card(changed) != card(packaged)
    assert results(changed)["points"] != results(packaged)["points"]


def test_the_handbook_says_what_the_version_changed():
    assert f"| {MODEL} |" in (ROOT / "docs" / "model.md").read_text("utf-8")
