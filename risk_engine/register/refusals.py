"""Refusals of the register of risks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from risk_engine.references import ControlId, ResponseId, RiskId
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


class StillAnswered(Refusal):
    """The risk has unfinished responses."""

    risk: RiskId
    responses: Sequence[ResponseId]


class NothingToDecide(Refusal):
    """The views of a risk do not differ by more than the policy allows."""

    risk: RiskId


class NotLater(Refusal):
    """An extension to ``due``, which is not later than the ``present`` due date."""

    response: ResponseId
    due: date
    present: date


class OwnerTests(Refusal):
    """A control is tested by its owner."""

    control: ControlId
    owner: str


class DesignFirst(Refusal):
    """The operation of a control is tested before its design was found effective, or before it operates."""

    control: ControlId
    state: str
    design: bool | None
