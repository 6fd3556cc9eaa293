"""Standardised risk weights, by class of debtor and by slotting category."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.capital.capital_policy import Slotting, Standardised
from risk_engine.credit import Floats
from risk_engine.policy_part import Part

Codes = NDArray[np.int8]


class Class(IntEnum):
    """The exposure class of a claim; none where it is unknown."""

    NONE = -1
    CORPORATE = 0
    INVESTMENT_GRADE = 1
    SME = 2
    MICRO = 3
    PROJECT_BEFORE_OPERATION = 4
    PROJECT_IN_OPERATION = 5
    DEFAULTED = 6
    DEFAULTED_PROVISIONED = 7


class Slot(IntEnum):
    """The supervisory category of specialised lending; none where it has not been assessed."""

    NONE = -1
    STRONG = 0
    GOOD = 1
    SATISFACTORY = 2
    WEAK = 3
    DEFAULT = 4


def weights(classes: Codes, policy: Standardised) -> Floats:
    """Return the risk weight of each class, as a share of the exposure; NaN at -1.

    Source: CRE20 (corporates, SMEs, project finance); 商业银行资本管理办法 (2023), 权重法.
    """
    return _table(Class, policy)[classes]


def slotted(slots: Codes, policy: Slotting) -> Floats:
    """Return the risk weight of each supervisory category, as a share of the exposure; NaN at -1.

    Source: BCBS 128 § 275; CRE33 (70, 90, 115, 250, 0 %).
    """
    return _table(Slot, policy)[slots]


def _table(codes: type[IntEnum], policy: Part) -> Floats:
    """Return the policy's figures in the order of the codes, then NaN for code -1."""
    return np.array([*(getattr(policy, one.name.lower()) for one in codes if one >= 0), np.nan], dtype=np.float64)
