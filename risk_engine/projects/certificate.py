"""Certificates: the borrower's own statement of its ratios, which is due on a day of its own and is itself a sign when it is late."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Floats
from risk_engine.days import ONE_DAY
from risk_engine.financials.ratios import Codes

Dates = NDArray[np.datetime64]


class Certificate(IntEnum):
    """Where the borrower's certificate stands; ``NONE`` where nobody knows when it is due. ``OVERDUE`` has not come at all."""

    NONE = 0
    PENDING = 1
    RECEIVED = 2
    RECEIVED_LATE = 3
    OVERDUE = 4


def certificates(due: Dates, received: Dates, as_of: np.datetime64) -> tuple[Codes, Floats]:
    """Where each :class:`Certificate` stands on a day, and how many days it was late, or is by now; NaN where none was due.

    What came after that day has not come yet; on the due day it is in time.
    """
    come = received <= as_of
    days = (np.where(come, received, as_of) - due) / ONE_DAY
    late = np.where(np.isnat(due), np.nan, np.maximum(days, 0.0))
    cases = [come & (late > 0), come, np.isnat(due), late > 0]
    states = [Certificate.RECEIVED_LATE, Certificate.RECEIVED, Certificate.NONE, Certificate.OVERDUE]
    return np.select(cases, states, Certificate.PENDING).astype(np.int8), late
