"""Cure: the obstacles that keep a non-performing claim from performing again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from risk_engine import checks
from risk_engine.classification.categories import Category, Codes, Masks
from risk_engine.classification.categories_policy import Cure
from risk_engine.classification.category_rules import Claims, Flags, credit_impaired, marked
from risk_engine.credit import Floats


class Obstacle(IntFlag):
    """A condition of the cure that is unmet or unknown."""

    ARREARS = 1
    IMPAIRED_LEFT = 2
    ABILITY = 4
    INSTALMENTS = 8
    MONTHS = 16


@dataclass(frozen=True, slots=True)
class Record:
    """The history of every claim since its arrears were paid; NaN is missing and proves nothing.

    ``before``: the previous category. ``paid_up``: all arrears and fees are paid. ``able``: assessed as lastingly able to pay.
    ``instalments``: in a row and in full. ``months``: since the arrears were paid; of a restructured claim,
    since the first payment date under the new contract.
    """

    before: Codes
    paid_up: Flags
    able: Flags
    instalments: Floats
    months: Floats


def obstacles(policy: Cure, claims: Claims, record: Record, count: int) -> Masks:
    """Return the obstacles to every non-performing claim's cure, as masks of :class:`Obstacle`; 0 for all others.

    Args:
        count: number of debtors.

    Raises:
        Impossible: instalments or months below 0.

    Source: 商业银行金融资产风险分类办法 (2023): raising a non-performing asset, and the observation of restructured assets.
    """
    instalments, months = checks.not_negative("instalments", record.instalments), checks.not_negative("months", record.months)
    impaired = np.bincount(claims.owner, credit_impaired(claims), count)[claims.owner] > 0
    needed = np.where(claims.restructurings > 0, policy.restructured_months, policy.months)
    found = (
        marked(Obstacle.ARREARS, ~(record.paid_up & (claims.days_past_due == 0)))
        | marked(Obstacle.IMPAIRED_LEFT, impaired)
        | marked(Obstacle.ABILITY, ~record.able)
        | marked(Obstacle.INSTALMENTS, ~(instalments >= policy.instalments))
        | marked(Obstacle.MONTHS, ~(months >= needed))
    )
    return np.where(record.before >= Category.SUBSTANDARD, found, 0).astype(np.int32)
