"""The mirrored grid: every cell of both kinds, and the customer's own loss beside the bank's."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from risk_engine.policy.policy import Matrix
from risk_engine.register.assessment import Assessment, Level, levels
from risk_engine.register.mirrored_grid import board, column, customer_level, customer_levels
from risk_engine.register.refusals import OutOfScale
from tests.risk_engine.refused import facts_of

STANDARD = Matrix(grid=("00112", "01122", "11223", "12234", "22344"), scope_shift=(-1, 0, 0, 1, 1))
# by scope 1 to 5: a row a likelihood, a column a severity; what the standard's grid and shifts make of all 125
PINNED = (
    "00001 00011 00112 01123 11233",
    "00112 01122 11223 12234 22344",
    "00112 01122 11223 12234 22344",
    "11223 12233 22334 23344 33444",
    "11223 12233 22334 23344 33444",
)
CELLS = list(product(range(1, 6), repeat=3))


@pytest.mark.parametrize("opportunity", [False, True])
def test_all_cells_of_both_kinds(opportunity):
    likelihood, severity, scope = np.array(CELLS).T
    pinned = [int(PINNED[x - 1].split()[row - 1][s - 1]) for row, s, x in CELLS]

    assert levels(STANDARD, likelihood, severity, scope).tolist() == pinned
    # read off the board, an opportunity has the level of the threat that is as likely, as grave and as wide
    read = board(STANDARD)[likelihood - 1, column(severity, [opportunity] * len(CELLS))]
    assert np.clip(read + STANDARD.shifts[scope - 1], 0, 4).tolist() == pinned


def test_the_board_meets_in_the_middle():
    assert ["".join(map(str, row)) for row in board(STANDARD)] == ["0011221100", "0112222110", "1122332211", "1223443221", "2234444322"]
    assert column([1, 5, 5, 1], [False, False, True, True]).tolist() == [0, 4, 5, 9]
    assert column([2, 3], [False, True]).tolist() == [1, 7]


def test_the_customers_own_loss_reaches_one_customer():
    steep = Matrix(grid=STANDARD.grid, scope_shift=(-2, -1, 0, 1, 2))

    assert customer_levels(STANDARD, [4, 4, 1], [5, 3, 1]).tolist() == [4, 2, 0]
    assert customer_levels(steep, [4, 4, 1], [5, 3, 1]).tolist() == [3, 1, 0]


def test_a_loss_that_nobody_has_assessed_has_no_level():
    assert customer_levels(STANDARD, [5, 5], [0, 5]).tolist() == [-1, 4]
    assert customer_levels(STANDARD, [5, 5], [0, 5]).dtype == np.int8
    assert customer_level(STANDARD, Assessment(5, 5, 5)) is None


def test_one_assessment_has_both_severities():
    both = Assessment(4, 1, 5, customer_severity=5)

    assert customer_level(STANDARD, both) is Level.CRITICAL
    assert customer_level(STANDARD, Assessment(4, 5, 5, customer_severity=1)) is Level.LOW


@pytest.mark.parametrize("value", [-1, 6])
def test_a_loss_outside_of_its_scale_is_refused(value):
    with pytest.raises(OutOfScale):
        customer_levels(STANDARD, [3], [value])
    with pytest.raises(OutOfScale) as refused:
        Assessment(3, 3, 3, customer_severity=value)

    assert facts_of(refused.value) == {"field": "customer_severity", "value": value, "accepted": "1 to 5"}


def test_a_loss_of_nothing_is_no_loss_that_was_not_assessed():
    with pytest.raises(OutOfScale):
        Assessment(3, 3, 3, customer_severity=0)
