"""Entries of the register by their ids, and their assessments after controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from commands.kit.access import masking
from commands.kit.contract import Refused
from commands.kit.i18n import _
from risk_engine.policy.policy import Policy
from risk_engine.references import ControlId, ResponseId, RiskId
from risk_engine.register import control
from risk_engine.register.control import Control
from risk_engine.register.register import Risk
from risk_engine.register.response import Response
from storage.database import Tx
from storage.register import controls, responses, risks


def existing_risk(id: RiskId, tx: Tx) -> Risk:
    """Return a risk.

    Raises:
        Refused: there is none.
    """
    if (found := risks.get(tx, id)) is None:
        raise Refused(_("There is no {risk}. `/risk show CUSTOMER` lists a customer's risks.").format(risk=id), field="risk")
    return found


def existing_response(id: ResponseId, tx: Tx) -> tuple[Response, Risk]:
    """Return a response and its risk.

    Raises:
        Refused: there is none.
    """
    found = responses.get(tx, id)
    risk = None if found is None else risks.get(tx, RiskId(found.risk))
    if found is None or risk is None:
        raise Refused(_("There is no {response}. `/risk list responses` lists them.").format(response=id), field="response")
    return found, risk


def existing_control(id: ControlId, tx: Tx) -> Control:
    """Return a control.

    Raises:
        Refused: there is none.
    """
    if (found := controls.get(tx, id)) is None:
        raise Refused(_("There is no {control}. The card of a risk or a response names its controls.").format(control=id), field="control")
    return found


def in_a_line(risk: Risk, tx: Tx) -> str:
    """Return a risk as ``R-17 · Vltava Kov · lost its main buyer``."""
    name = masking.names(tx, [risk.customer]).get(risk.customer, risk.customer)
    return f"{risk.id} · {name} · {masking.prose(risk.title)}"


def stand(tx: Tx, risk: Risk, policy: Policy, today: date) -> Risk:
    """Return the risk with its assessments after the controls that count today."""
    found = controls.of_risks(tx, [risk.id])
    return replace(risk, after=control.standing(risk, found, today=today, policy=policy) if found else None)


def stand_anew(tx: Tx, numbers: Sequence[int], policy: Policy, today: date) -> list[tuple[Risk, Risk]]:
    """Apply the controls that count today to these risks; return those that moved, before and after."""
    moved = []
    for number in numbers:
        if (before := risks.get(tx, RiskId(number))) is None:
            continue
        after = stand(tx, before, policy, today)
        if after.standing != before.standing:
            risks.save(tx, after)
            moved.append((before, after))
    return moved
