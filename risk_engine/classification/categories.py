"""The five categories, 正常 关注 次级 可疑 损失, and the reasons for them; the worst reason wins."""

from __future__ import annotations

from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int8]
Masks = NDArray[np.int32]


class Category(IntEnum):
    """The category of a claim or debtor; none if it is not computable. Substandard and worse are non-performing."""

    NONE = 0
    PASS = 1
    SPECIAL_MENTION = 2
    SUBSTANDARD = 3
    DOUBTFUL = 4
    LOSS = 5


class Reason(IntFlag):
    """The reason for a claim's category; the last two are exemptions that kept a reason from counting."""

    OVERDUE = 1
    DIVERTED = 2
    REFINANCED = 4
    NON_PERFORMING_HERE = 8
    NON_PERFORMING_ELSEWHERE = 16
    RESTRUCTURED = 32
    OVER_90_DAYS = 64
    IMPAIRED = 128
    STAGE_THREE = 256
    DOWNGRADED = 512
    OVERDUE_ELSEWHERE = 1024
    CONTAGION = 2048
    RESTRUCTURED_AGAIN = 4096
    NOT_CURED = 8192
    OVER_270_DAYS = 16384
    EVADED = 32768
    HALF_LOST = 65536
    OVER_360_DAYS = 131072
    BANKRUPT = 262144
    NEARLY_ALL_LOST = 524288
    TECHNICAL = 1048576
    ENHANCED = 2097152


class Missing(IntFlag):
    """An unknown input that could worsen a claim's category."""

    DAYS_PAST_DUE = 1
    STAGE = 2
    ECL = 4
    BOOK = 8
    DOWNGRADE = 16
    ELSEWHERE = 32


# the lowest category that each reason requires
ASKS: dict[Category, Reason] = {
    Category.SPECIAL_MENTION: Reason.OVERDUE
    | Reason.DIVERTED
    | Reason.REFINANCED
    | Reason.NON_PERFORMING_HERE
    | Reason.NON_PERFORMING_ELSEWHERE
    | Reason.RESTRUCTURED,
    Category.SUBSTANDARD: Reason.OVER_90_DAYS
    | Reason.IMPAIRED
    | Reason.STAGE_THREE
    | Reason.DOWNGRADED
    | Reason.OVERDUE_ELSEWHERE
    | Reason.CONTAGION
    | Reason.RESTRUCTURED_AGAIN
    | Reason.NOT_CURED,
    Category.DOUBTFUL: Reason.OVER_270_DAYS | Reason.EVADED | Reason.HALF_LOST,
    Category.LOSS: Reason.OVER_360_DAYS | Reason.BANKRUPT | Reason.NEARLY_ALL_LOST,
}


def asked(reasons: Masks) -> Codes:
    """Return the worst category that the reasons require; pass where there is none."""
    found = np.full(len(reasons), Category.PASS, dtype=np.int8)
    for category, mask in ASKS.items():
        found[(reasons & int(mask)) > 0] = category
    return found
