"""Certificates: in time, late, overdue; the days counted from the day on which they were due."""

from __future__ import annotations

import math

import numpy as np
import pytest

from risk_engine.projects.certificate import Certificate, certificates

NAT = np.datetime64("NaT", "D")
NAN = math.nan


def days(*values) -> np.ndarray:
    return np.array(values, dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("due", "received", "as_of", "state", "late"),
    [
        ("2026-02-14", "NaT", "2026-02-13", Certificate.PENDING, 0),
        ("2026-02-14", "NaT", "2026-02-14", Certificate.PENDING, 0),
        ("2026-02-14", "NaT", "2026-02-15", Certificate.OVERDUE, 1),
        ("2026-02-14", "NaT", "2026-03-16", Certificate.OVERDUE, 30),
        ("2026-02-14", "2026-02-01", "2026-03-16", Certificate.RECEIVED, 0),
        ("2026-02-14", "2026-02-14", "2026-02-14", Certificate.RECEIVED, 0),
        ("2026-02-14", "2026-02-15", "2026-03-16", Certificate.RECEIVED_LATE, 1),
        # what came later has not come yet
        ("2026-02-14", "2026-02-20", "2026-02-18", Certificate.OVERDUE, 4),
        ("2026-02-14", "2026-02-20", "2026-02-14", Certificate.PENDING, 0),
        ("NaT", "NaT", "2026-02-18", Certificate.NONE, NAN),
        ("NaT", "2026-02-20", "2026-02-18", Certificate.NONE, NAN),
        ("NaT", "2026-02-17", "2026-02-18", Certificate.RECEIVED, NAN),
    ],
)
def test_a_certificate_on_a_day(due, received, as_of, state, late):
    states, found = certificates(days(due), days(received), np.datetime64(as_of))

    assert states.tolist() == [state]
    assert states.dtype == np.int8
    np.testing.assert_array_equal(found, [late])


def test_many_are_read_at_once():
    states, late = certificates(days("2026-01-01", NAT, "2026-01-01"), days(NAT, NAT, "2025-12-31"), np.datetime64("2026-01-03"))

    assert states.tolist() == [Certificate.OVERDUE, Certificate.NONE, Certificate.RECEIVED]
    np.testing.assert_array_equal(late, [2, NAN, 0])


def test_the_codes_are_what_storage_may_rely_on():
    assert [(one.name, one.value) for one in Certificate] == [
        ("NONE", 0),
        ("PENDING", 1),
        ("RECEIVED", 2),
        ("RECEIVED_LATE", 3),
        ("OVERDUE", 4),
    ]
