"""Loss given default of the foundation approach: unsecured, secured in part, secured in full."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.capital import foundation_lgd
from risk_engine.capital.foundation_lgd import Claim
from risk_engine.checks import Impossible
from tests.risk_engine.regimes import BASEL_III, irb

NAN = math.nan
LGD = irb(BASEL_III).lgd


def test_a_claim_loses_by_its_seniority():
    claims = np.array([Claim.SENIOR, Claim.SENIOR_FINANCIAL, Claim.SUBORDINATED, Claim.NONE], dtype=np.int8)

    np.testing.assert_array_equal(foundation_lgd.unsecured(claims, LGD), [0.40, 0.45, 0.75, NAN])


@pytest.mark.parametrize(
    ("collateral", "lgd"),
    [
        ([0, 0, 0, 0], 0.40),
        ([100, 0, 0, 0], 0.0),
        ([40, 0, 0, 0], 0.60 * 0.40),
        ([0, 100, 0, 0], 0.60 * 0.20 + 0.40 * 0.40),
        ([0, 0, 100, 0], 0.60 * 0.20 + 0.40 * 0.40),
        ([0, 0, 0, 100], 0.60 * 0.25 + 0.40 * 0.40),
        ([0, 0, 1000, 0], 0.20),
        ([0, 0, 0, 1000], 0.25),
        ([10, 50, 50, 50], 0.30 * 0.20 + 0.30 * 0.20 + 0.30 * 0.25),
        ([70, 0, 100, 100], 0.30 * 0.20),
    ],
)
def test_what_collateral_secures_after_its_haircut_loses_less(collateral, lgd):
    assert foundation_lgd.secured(100.0, 0.40, collateral, LGD)[0] == pytest.approx(lgd, rel=1e-14)


def test_a_missing_value_and_an_exposure_of_nothing_are_not_computable():
    found = foundation_lgd.secured(
        [100.0, 0.0, NAN, 100.0], [0.4, 0.4, 0.4, NAN], [[NAN, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]], LGD
    )

    assert np.isnan(found).all()


def test_without_kinds_of_collateral_nothing_is_secured():
    assert foundation_lgd.secured([100.0], [0.45], np.zeros((1, 0)), irb().lgd).tolist() == [0.45]


@pytest.mark.parametrize(
    ("exposure", "without", "collateral", "field"),
    [
        (-1.0, 0.4, [0] * 4, "exposure"),
        (1.0, 1.4, [0] * 4, "without"),
        (1.0, 0.4, [0, 0, 0, -1], "collateral"),
        (1.0, 0.4, [0] * 3, "collateral"),
    ],
)
def test_an_impossible_input_is_named(exposure, without, collateral, field):
    with pytest.raises(Impossible) as refused:
        foundation_lgd.secured(exposure, without, collateral, LGD)

    assert refused.value.field == field


def test_a_missing_column_says_how_many_there_should_be():
    with pytest.raises(Impossible) as refused:
        foundation_lgd.secured(1.0, 0.4, [0, 0, 0], LGD)

    assert (refused.value.value, refused.value.accepted) == (3, "4 columns")


ROWS = st.lists(st.tuples(st.floats(1, 1e9), *[st.floats(0, 1e9)] * 4), min_size=1, max_size=8)


@given(ROWS)
def test_one_claim_alone_is_the_same_claim_in_a_batch_to_the_bit(rows):
    table = np.array(rows)
    batch = foundation_lgd.secured(table[:, 0], np.full(len(rows), 0.4), table[:, 1:], LGD)
    alone = [foundation_lgd.secured(row[0], 0.4, row[1:], LGD) for row in rows]

    assert batch.tobytes() == np.concatenate(alone).tobytes()


@given(ROWS, st.integers(0, 3), st.floats(0, 1e9))
def test_more_collateral_never_means_a_greater_loss(rows, kind, more):
    table = np.array(rows)
    richer = table[:, 1:].copy()
    richer[:, kind] += more
    without = np.full(len(rows), 0.4)

    before, after = (foundation_lgd.secured(table[:, 0], without, values, LGD) for values in (table[:, 1:], richer))

    assert (after <= before + 1e-12).all()
    assert ((after >= 0) & (before <= 0.4 + 1e-12)).all()


def test_the_codes_are_what_a_stored_column_says():
    assert [one.value for one in Claim] == [-1, 0, 1, 2]
