"""What the register refuses, each with its facts."""

from __future__ import annotations

from risk_engine.references import RiskId
from risk_engine.refusals import Refusal


class OutOfScale(Refusal):
    """An assessment lies outside its scale: ``field`` is its axis."""

    field: str
    value: object
    accepted: str


class RiskClosed(Refusal):
    """A response is proposed to a risk that is closed."""

    risk: RiskId


class NotAnOpportunity(Refusal):
    """One takes more of an opportunity, and of no threat."""

    risk: RiskId
