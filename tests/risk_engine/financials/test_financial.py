"""Financial condition: which model judges whom, why, and the zones on, below and above their bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.categorical import Coded
from risk_engine.facts.statements import Statements
from risk_engine.financials import financial
from risk_engine.financials.financial import KINDS, MEASURES, SCORES, Model, Reason, Zone
from risk_engine.financials.financial_policy import Financial, Zones

NAN = math.nan
# Altman (1968, 1983, 1995), as printed
POLICY = Financial(
    z=Zones(distress=1.81, safe=2.99),
    z_prime=Zones(distress=1.23, safe=2.90),
    z_double_prime=Zones(distress=1.10, safe=2.60),
    z_double_prime_em=Zones(distress=4.35, safe=5.85),
    price_index=100.0,
)
FIRM = {
    "current_assets": 500.0,
    "current_liabilities": 400.0,
    "total_assets": 1000.0,
    "retained_earnings": 200.0,
    "ebit": 130.0,
    "equity": 390.0,
    "market_equity": 450.0,
    "total_liabilities": 600.0,
    "revenue": 950.0,
}


def judged(*firms, policy=POLICY) -> financial.Condition:
    """The condition of (kind, changes to the firm)."""
    rows = [FIRM | changes for _kind, changes in firms]
    columns = Statements.of({name: [row[name] for row in rows] for name in FIRM})
    return financial.condition(policy, Coded.of([kind for kind, _changes in firms]).among(KINDS), columns)


def test_the_kinds_are_those_of_the_file():
    assert KINDS == ("manufacturer", "listed manufacturer", "other", "project")
    places = (financial.MANUFACTURER, financial.LISTED_MANUFACTURER, financial.OTHER, financial.PROJECT)
    assert [KINDS[place] for place in places] == list(KINDS)


def test_the_codes_of_models_reasons_and_zones_stay_what_they_are():
    assert {one.name: one.value for one in Model} == {"NONE": 0, "Z": 1, "Z_PRIME": 2, "Z_DOUBLE_PRIME": 3}
    assert {one.name: one.value for one in Reason} == {"OF_ITS_KIND": 0, "NO_MARKET_EQUITY": 1, "UNKNOWN_KIND": 2, "PROJECT": 3}
    assert {one.name: one.value for one in Zone} == {"NONE": 0, "DISTRESS": 1, "GREY": 2, "SAFE": 3}


def test_each_kind_has_its_model_its_score_and_its_zone():
    found = judged(*((kind, {}) for kind in (*KINDS, None, "bank")))

    assert found.model.tolist() == [Model.Z_PRIME, Model.Z, Model.Z_DOUBLE_PRIME, Model.NONE, Model.Z_DOUBLE_PRIME, Model.Z_DOUBLE_PRIME]
    assert found.reason.tolist() == [0, 0, 0, Reason.PROJECT, Reason.UNKNOWN_KIND, Reason.UNKNOWN_KIND]
    np.testing.assert_allclose(found.score, [1.86611, 2.2290, 2.8641, NAN, 2.8641, 2.8641], rtol=1e-12)
    assert found.zone.tolist() == [Zone.GREY, Zone.GREY, Zone.SAFE, Zone.NONE, Zone.SAFE, Zone.SAFE]
    assert {column.dtype for column in (found.model, found.reason, found.zone)} == {np.dtype(np.int8)}


def test_a_code_beyond_the_kinds_is_an_unknown_kind():
    model, reason = financial.chosen(np.array([4, -1, -2, 127], dtype=np.int8), np.zeros(4))

    assert set(model.tolist()) == {Model.Z_DOUBLE_PRIME}
    assert set(reason.tolist()) == {Reason.UNKNOWN_KIND}


def test_a_listed_manufacturer_whose_market_value_is_not_known_is_judged_as_a_private_one():
    found = judged(("listed manufacturer", {"market_equity": NAN}), ("listed manufacturer", {"market_equity": 0.0}))

    assert found.model.tolist() == [Model.Z_PRIME, Model.Z]
    assert found.reason.tolist() == [Reason.NO_MARKET_EQUITY, Reason.OF_ITS_KIND]
    np.testing.assert_allclose(found.score, [1.86611, 2.1690 - 0.6 * 0.65])


def test_only_a_listed_manufacturer_asks_for_a_market_value():
    kinds = ("manufacturer", "other", "project", None)

    with_, without = judged(*((kind, {}) for kind in kinds)), judged(*((kind, {"market_equity": NAN}) for kind in kinds))

    assert with_.reason.tolist() == without.reason.tolist()
    assert with_.score.tobytes() == without.score.tobytes()


def test_what_is_not_computable_is_in_no_zone_and_says_what_it_lacks():
    firms = [(kind, {"ebit": NAN, "revenue": NAN, "market_equity": NAN}) for kind in KINDS]
    found = judged(*firms)
    columns = Statements.of({name: [(FIRM | changes)[name] for _kind, changes in firms] for name in FIRM})

    assert np.isnan(found.score).all()
    assert found.zone.tolist() == [0, 0, 0, 0]
    assert [found.lacks(columns, place) for place in range(4)] == [("ebit", "revenue"), ("ebit", "revenue"), ("ebit",), ()]


@pytest.mark.parametrize(
    ("name", "distress", "safe"),
    [("z", 1.81, 2.99), ("z_prime", 1.23, 2.90), ("z_double_prime", 1.10, 2.60), ("z_double_prime_em", 4.35, 5.85)],
)
def test_on_a_bound_a_firm_is_grey_below_in_distress_above_safe(name, distress, safe):
    scores = np.array([-99, np.nextafter(distress, -9), distress, np.nextafter(distress, 9), safe, np.nextafter(safe, 9), 99, NAN])

    assert financial.zones(scores, getattr(POLICY, name)).tolist() == [1, 1, 2, 2, 2, 3, 3, 0]


@pytest.mark.parametrize(("kind", "name"), [("listed manufacturer", "z"), ("manufacturer", "z_prime"), ("other", "z_double_prime")])
def test_each_model_has_its_own_bounds(kind, name):
    strict = POLICY.model_copy(update={name: Zones(distress=50, safe=60)})
    lenient = POLICY.model_copy(update={name: Zones(distress=-60, safe=-50)})

    for policy, zone in ((strict, Zone.DISTRESS), (lenient, Zone.SAFE)):
        found = judged(*((one, {}) for one in KINDS), policy=policy).zone
        others = judged(*((one, {}) for one in KINDS)).zone

        assert found[KINDS.index(kind)] == zone
        assert [a for one, a in zip(KINDS, found, strict=True) if one != kind] == [
            b for one, b in zip(KINDS, others, strict=True) if one != kind
        ]


def test_the_scores_are_altmans_ohlsons_and_zmijewskis():
    assert list(SCORES) == ["z", "z_prime", "z_double_prime", "z_double_prime_em", "ohlson", "zmijewski"]
    assert {model.name.lower(): measure.name for model, measure in MEASURES.items()} == {name: name for name in list(SCORES)[:3]}


@pytest.mark.parametrize("bounds", [(2.0, 2.0), (2.1, 2.0), (math.nan, 2.0), (1.0, math.inf), (1.0, 101.0), (-101.0, 0.0)])
def test_bounds_rise_and_are_scores(bounds):
    with pytest.raises(ValidationError):
        Zones(distress=bounds[0], safe=bounds[1])


def test_a_policy_of_every_model_is_wanted_and_no_other():
    with pytest.raises(ValidationError, match="z_prime"):
        Financial(**{name: zones for name, zones in POLICY.model_dump().items() if name != "z_prime"})
    with pytest.raises(ValidationError, match="zeta"):
        Financial(**POLICY.model_dump(), zeta={"distress": 0, "safe": 1})


@pytest.mark.parametrize("index", [0.0, -1.0])
def test_a_price_index_is_above_0(index):
    with pytest.raises(ValidationError, match="price_index"):
        Financial(**POLICY.model_dump() | {"price_index": index})


# whole cents, as money is
amounts = st.one_of(st.just(NAN), st.integers(-(10**8), 10**8).map(lambda cents: cents / 100))
batches = st.lists(st.tuples(st.sampled_from([*KINDS, None]), st.fixed_dictionaries(dict.fromkeys(FIRM, amounts))), min_size=1, max_size=10)


@given(batches)
def test_one_alone_is_judged_as_among_many(batch):
    together = judged(*batch)
    for place, one in enumerate(batch):
        alone = judged(one)
        for name in ("model", "reason", "score", "zone"):
            assert getattr(alone, name)[0].tobytes() == getattr(together, name)[place].tobytes()


@given(batches)
def test_a_zone_is_there_exactly_where_a_score_is_and_a_score_only_where_nothing_is_lacking(batch):
    found = judged(*batch)
    columns = Statements.of({name: [row[name] for _kind, row in batch] for name in FIRM})

    assert ((found.zone == Zone.NONE) == np.isnan(found.score)).all()
    for place in range(len(batch)):
        assert math.isnan(found.score[place]) or not found.lacks(columns, place)
