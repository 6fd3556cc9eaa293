"""Financial firms are no small firms, whether their kind says so or their sector."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from risk_engine.facts.facts import Covers, Guarantees
from risk_engine.scoring.scoring import Scores, score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)


def scored(kind: str | None, sector: str | None, *, letter: str = "BB", sales: float = 20e6, guaranteed: bool = False) -> Scores:
    """A firm with sales of twenty million, and another one that is rated worse and whose debt it may guarantee."""
    facts = books.book(
        2,
        customers=dataclasses.replace(books.customers(2, (kind, "other")), sectors=books.coded([sector, "Trade"])),
        accounts=books.statements(2, [(0, {"revenue": sales}), (1, {"revenue": 90e6})]),
        ratings=books.ratings([(0, "S&P", "global", letter), (1, "S&P", "global", "B")]),
        facilities=books.facilities([(place, {"limit": 600.0, "lgd": 0.45}) for place in range(2)]),
    )
    if not guaranteed:
        return score(POLICY, facts)
    first, second = books.places([0]), books.places([1])
    covers = Covers.of(second, books.places([-1]), first, books.coded([None]), np.array([np.nan]), np.array([1.0]))
    return score(POLICY, dataclasses.replace(facts, covers=covers, guarantees=Guarantees(first, second)))


def amounts(*args, **kwargs) -> tuple[float, float]:
    found = scored(*args, **kwargs).figures
    return float(found["rwa"][0]), float(found["rwa_standard"][0])


SMALL, LARGE = amounts("other", "Trade"), amounts("other", "Trade", sales=60e6)


@pytest.mark.parametrize(
    ("kind", "sector", "financial"),
    [
        ("financial", None, True),
        ("financial", "Trade", True),
        (None, "Banking", True),
        ("other", "insurance ", True),
        ("other", "金融业", True),
        ("other", "Trade", False),
        (None, "Trade", False),
        (None, None, False),
    ],
)
def test_a_financial_firm_has_no_discount_for_its_size(kind, sector, financial):
    assert SMALL < LARGE
    assert amounts(kind, sector) == (LARGE if financial else SMALL)


def test_nor_does_a_financial_firm_pass_one_on_as_a_guarantor():
    rwa = {
        kind: [scored(kind, "Trade", letter="BBB-", guaranteed=True).figures[name][1] for name in ("rwa", "rwa_standard")]
        for kind in ("other", "financial")
    }
    large = scored("other", "Trade", letter="BBB-", sales=60e6, guaranteed=True).figures

    assert rwa["financial"] == [large["rwa"][1], large["rwa_standard"][1]]
    assert rwa["other"][0] < rwa["financial"][0]


def test_a_firm_judged_as_small_of_which_nobody_knows_whether_it_is_financial_is_named():
    assert scored(None, None).figures["perhaps_financial"][0] == 1
    for told in ((None, "Trade"), ("other", None), ("financial", None)):
        assert np.isnan(scored(*told).figures["perhaps_financial"][0])
    # above the size it makes no difference
    assert np.isnan(scored(None, None, sales=60e6).figures["perhaps_financial"][0])


def test_a_financial_firm_is_marked_in_the_figures():
    assert scored("financial", None).figures["financial_firm"][0] == 1
    assert np.isnan(scored("other", None).figures["financial_firm"][0])
