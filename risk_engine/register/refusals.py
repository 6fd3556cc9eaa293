"""Refusals of the register of risks."""

from __future__ import annotations

from risk_engine.references import RiskId
from risk_engine.refusals import Refusal


class OutOfScale(Refusal):
    """An assessment lies outside its scale: ``field`` is its axis."""

    field: str
    value: object
    accepted: str


class RiskClosed(Refusal):
    """The response is proposed for a closed risk."""

    risk: RiskId


class NotAnOpportunity(Refusal):
    """Taking more is a strategy for opportunities, not for threats."""

    risk: RiskId
