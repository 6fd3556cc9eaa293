"""Qualitative assessment: likelihood, severity and scope, and their level on the matrix (ISO 31000:2018)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine.policy.policy import Matrix
from risk_engine.register.refusals import OutOfScale


class RiskKind(StrEnum):
    """The kind of a risk: a threat or an opportunity."""

    THREAT = "threat"
    OPPORTUNITY = "opportunity"


class Category(StrEnum):
    """The category of a risk."""

    CREDIT = "credit"
    FINANCIAL = "financial"
    LIQUIDITY = "liquidity"
    MARKET = "market"
    OPERATIONAL = "operational"
    LEGAL = "legal"
    ENVIRONMENTAL = "environmental"
    STRATEGIC = "strategic"
    RELATIONSHIP = "relationship"


class Origin(StrEnum):
    """The external driver of a risk (the six of PESTEL)."""

    POLITICAL = "political"
    ECONOMIC = "economic"
    SOCIAL = "social"
    TECHNOLOGICAL = "technological"
    ENVIRONMENTAL = "environmental"
    LEGAL = "legal"


class Level(IntEnum):
    """The level of a cell of the matrix."""

    NEGLIGIBLE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


@dataclass(frozen=True, slots=True)
class Assessment:
    """Likelihood, severity and scope, each on a scale of 1 to 5.

    ``severity`` is the bank's loss (for an opportunity, its gain); ``customer_severity`` is the customer's own, None if it has not
    been assessed.
    """

    likelihood: int
    severity: int
    scope: int
    customer_severity: int | None = None

    def __post_init__(self) -> None:
        for name in ("likelihood", "severity", "scope", "customer_severity"):
            value = getattr(self, name)
            if value is not None and not 1 <= value <= 5:
                raise OutOfScale(field=name, value=value, accepted="1 to 5")


def levels(matrix: Matrix, likelihood: ArrayLike, severity: ArrayLike, scope: ArrayLike) -> NDArray[np.int8]:
    """Return the level of every assessment: the grid's cell, shifted by the scope, within 0 (negligible) to 4 (critical).

    It serves threats and opportunities: see :mod:`risk_engine.register.mirrored_grid`.

    Args:
        matrix: the policy's grid, row = likelihood, column = severity, and its shifts by scope.
        likelihood, severity, scope: integers 1 to 5, of one shape.

    Raises:
        OutOfScale: a value is not on its scale.

    Source: ISO 31000:2018, 6.4.3; IEC 31010:2019, B.10.3 (consequence/likelihood matrix).
    """
    rows, columns, reach = np.asarray(likelihood), np.asarray(severity), np.asarray(scope)
    for name, values in (("likelihood", rows), ("severity", columns), ("scope", reach)):
        if values.size and (values.min() < 1 or values.max() > 5):
            raise OutOfScale(field=name, value=values[(values < 1) | (values > 5)].flat[0].item(), accepted="1 to 5")
    cells = matrix.cells[rows - 1, columns - 1] + matrix.shifts[reach - 1]
    held: NDArray[np.int8] = np.clip(cells, Level.NEGLIGIBLE, Level.CRITICAL).astype(np.int8)
    return held


def level(matrix: Matrix, assessment: Assessment) -> Level:
    """Return the level of one assessment, by the table of :func:`levels`."""
    return Level(int(levels(matrix, [assessment.likelihood], [assessment.severity], [assessment.scope])[0]))
