"""Standardised weights: every class and every slot finds its own figure."""

from __future__ import annotations

import math

import numpy as np

from risk_engine.capital import standardised
from risk_engine.capital.standardised import Class, Slot
from tests.risk_engine import regimes

NAN = math.nan


def test_every_class_has_the_weight_of_the_policy():
    classes = np.array(list(Class), dtype=np.int8)

    expected = [NAN, 1.0, 0.75, 0.85, 0.75, 1.30, 1.00, 1.50, 1.00]
    np.testing.assert_array_equal(standardised.weights(classes, regimes.standardised()), expected)


def test_every_slot_has_the_weight_of_the_policy():
    slots = np.array(list(Slot), dtype=np.int8)

    np.testing.assert_array_equal(standardised.slotted(slots, regimes.standardised().slotting), [NAN, 0.70, 0.90, 1.15, 2.50, 0.0])


def test_the_codes_are_what_a_stored_column_says():
    assert [one.value for one in Class] == list(range(-1, 8))
    assert [one.value for one in Slot] == list(range(-1, 5))
    assert Class.PROJECT_BEFORE_OPERATION == 4
    assert Slot.WEAK == 3
