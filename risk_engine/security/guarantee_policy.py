"""The policy of guarantees: eligible guarantors, and the guarantees that count in the accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part


class GuaranteeRules(Part):
    """The guarantors whose PD and risk weight may take the place of the debtor's, and the guarantees that count in the accounts.

    ``excluded``: kinds of customers that are no eligible guarantors. ``highest_pd``: of an eligible guarantor's letter; without a letter
    none is eligible. ``integral``: whether a guarantee of which it is not stated is part of the loan's contract.

    A guarantee that ends before its loan counts only with an original life of ``original_years`` and for what is left beyond
    ``residual_years``; of the loan's life ``longest_years`` count.
    """

    excluded: tuple[str, ...]
    highest_pd: Annotated[float, Field(gt=0, lt=1)]
    integral: bool
    original_years: Annotated[float, Field(ge=0, le=10)] = 1.0
    residual_years: Annotated[float, Field(ge=0, le=1)] = 0.25
    longest_years: Annotated[float, Field(gt=1, le=100)] = 5.0
