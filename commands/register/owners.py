"""Notices to the new owner of a risk or a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Message, Notice, To
from commands.kit.i18n import _
from commands.kit.wording import words
from commands.register.risk_card import answering, risk_card
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from risk_engine.references import ResponseId, RiskId
from risk_engine.register.events import ResponseProposed, RiskLogged
from storage.customers import customers
from storage.database import Tx
from storage.events import Recorded
from storage.register import responses, risks


def to_the_owner(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    """Return the owner, if assigned by another person."""
    owner = str((event.facts or {}).get("owner") or "")
    return [To(f"person:{owner}", "somebody else made them the owner")] if blocks.USER.fullmatch(owner) and owner != event.actor else []


def of_a_risk(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice to the owner of a risk."""
    risk = risks.get(tx, RiskId.parse(facts["subject"]))
    who = customers.get(tx, risk.customer) if risk else None
    if risk is None or who is None:
        return None
    gist = _("{by} made you the owner of {risk}: {customer}.").format(
        by=blocks.mention(facts["actor"]), risk=risk.id, customer=masking.called(who)
    )
    return Message(blocks.marked(gist), [*risk_card(risk, who, policy, tx), *answering(risk)])


def of_a_response(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice to the owner of a response: measure, deadline and risk."""
    response = responses.get(tx, ResponseId.parse(facts["subject"]))
    risk = risks.get(tx, RiskId(response.risk)) if response else None
    who = customers.get(tx, risk.customer) if risk else None
    if response is None or risk is None or who is None:
        return None
    gist = _("{by} made you the owner of {response}, due {day}: {customer}.").format(
        by=blocks.mention(facts["actor"]), response=response.id, day=words.day(response.due), customer=masking.called(who)
    )
    pairs = [
        (_("Measure"), [blocks.bold(words.label(response.strategy)), f"  {blocks.quoted(response.measure)}"]),
        (_("Due"), words.day(response.due)),
        (_("Risk"), f"{risk.id} · {words.level(risk.level)} · {blocks.quoted(risk.title)}"),
        (_("State"), words.label(response.state)),
    ]
    return Message(blocks.marked(gist), [blocks.header(f"{response.id} · {masking.called(who)}"), blocks.facts(pairs)])


NOTICES = [
    Notice("risk.assigned", (RiskLogged,), to_the_owner, of_a_risk, classification=Secrecy.CONFIDENTIAL),
    Notice("response.assigned", (ResponseProposed,), to_the_owner, of_a_response, classification=Secrecy.CONFIDENTIAL),
]
