"""Certificates: the borrower's compliance certificates, with due dates of their own; a late one is a warning sign."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Floats
from risk_engine.days import ONE_DAY
from risk_engine.financials.ratios import Codes

Dates = NDArray[np.datetime64]


class Certificate(IntEnum):
    """The state of the borrower's certificate; ``NONE`` without a due date, ``OVERDUE`` while it is late and missing."""

    NONE = 0
    PENDING = 1
    RECEIVED = 2
    RECEIVED_LATE = 3
    OVERDUE = 4


def certificates(due: Dates, received: Dates, as_of: np.datetime64) -> tuple[Codes, Floats]:
    """Return each :class:`Certificate` on a day, and its days late so far; NaN where none was due.

    A certificate received after that day counts as missing; one received on the due date is in time.
    """
    come = received <= as_of
    days = (np.where(come, received, as_of) - due) / ONE_DAY
    late = np.where(np.isnat(due), np.nan, np.maximum(days, 0.0))
    cases = [come & (late > 0), come, np.isnat(due), late > 0]
    states = [Certificate.RECEIVED_LATE, Certificate.RECEIVED, Certificate.NONE, Certificate.OVERDUE]
    return np.select(cases, states, Certificate.PENDING).astype(np.int8), late
