"""A response by its id: measure, deadline, progress, state, owner, risk and approval."""

from __future__ import annotations

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Block, Blocks, Card, Reply, Request
from commands.kit.i18n import Text, _, listed
from commands.kit.wording import words
from commands.kit.wording.lines import overdue
from commands.register.entries import existing_response
from risk_engine.references import ResponseId
from risk_engine.register.acts import Act
from risk_engine.register.control import Effects
from risk_engine.register.register import Risk
from risk_engine.register.residual import AXES
from risk_engine.register.response import ACTS, Response
from storage.approvals import approvals
from storage.customers import customers
from storage.database import Tx
from storage.register import controls

_BUTTONS: dict[Act, tuple[str, Text]] = {
    Act.PROGRESS: ("response.progress", _("Progress…")),
    Act.DONE: ("response.done", _("Done…")),
    Act.EXTEND: ("response.extend", _("Extend…")),
    Act.CANCEL: ("response.cancel", _("Cancel…")),
}
_AXIS = {
    "likelihood": _("likelihood"),
    "severity": _("severity"),
    "scope": _("scope"),
    "customer_severity": _("the customer's severity"),
}


def show_response(id: ResponseId, request: Request, tx: Tx) -> Reply:
    """Return one response with its risk and its approval."""
    found, risk = existing_response(id, tx)
    who = customers.get(tx, risk.customer)
    assert who is not None, "a risk that is seen belongs to a customer that is seen"
    gist = f"{found.id} · {masking.called(who)} · {words.label(found.strategy)} · {words.label(found.state)}"
    return Reply(blocks.escape(gist), [*response_card(found, risk, request, tx), *steps_of(found)])


def response_card(found: Response, risk: Risk, request: Request, tx: Tx) -> Blocks:
    """Return a response on a few lines."""
    name = masking.names(tx, [risk.customer]).get(risk.customer, risk.customer)
    late = overdue(found.due, found.state.value, request.today)
    asked = approvals.of_subject(tx, found.id)
    left = controls.of_response(tx, found.id)
    pairs = [
        (_("Measure"), [blocks.bold(words.label(found.strategy)), f"  {blocks.quoted(found.measure)}"]),
        (_("Kind"), None if found.kind is None else words.label(found.kind)),
        (_("Due"), f"{words.day(found.due)} · {late}" if late else words.day(found.due)),
        (_("State"), _state(found)),
        (_("Owner"), blocks.person(found.owner)),
        (_("Cost"), None if found.cost is None or found.currency is None else words.money(found.cost, found.currency)),
        (_("Expected effect"), effects_in_words(found.effects)),
        (_("Benefit"), None if found.benefit is None else masking.prose(found.benefit)),
        (_("Risk"), f"{risk.id} · {words.level(risk.standing.residual_level)} · {blocks.quoted(risk.title)}"),
        (_("Approval"), str(asked.id) if asked else None),
        (_("Controls"), listed(str(one.id) for one in left) if left else None),
    ]
    return [blocks.header(f"{found.id} · {name}"), blocks.facts(pairs)]


def steps_of(found: Response, *more: Block) -> Blocks:
    """Return the buttons that a response's state allows."""
    allowed = [act for act in ACTS.get(found.state, ()) if act in _BUTTONS]
    offered = [blocks.button(_BUTTONS[act][0], _BUTTONS[act][1], str(int(found.id))) for act in allowed]
    return [blocks.buttons(*offered, *more)] if offered or more else []


def effects_in_words(effects: Effects) -> str | None:
    """Return ``likelihood −50%, severity −25%``; None without any effect."""
    shares = [(axis, getattr(effects, axis)) for axis in AXES]
    said = [f"{_AXIS[axis]} {words.part(share)}" for axis, share in shares if share]
    return listed(said) if said else None


def _state(found: Response) -> str:
    word = words.label(found.state)
    return f"{word} · {words.part(found.progress / 100)}" if found.progress and found.under_way else word


CARDS = [Card(ResponseId, show_response)]
