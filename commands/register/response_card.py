"""A response by its id: measure, deadline, state, owner, risk and approval."""

from __future__ import annotations

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Card, Refused, Reply, Request
from commands.kit.i18n import _
from commands.kit.wording import words
from commands.kit.wording.lines import overdue
from risk_engine.references import ResponseId, RiskId
from storage.approvals import approvals
from storage.customers import customers
from storage.database import Tx
from storage.register import responses, risks


def show_response(id: ResponseId, request: Request, tx: Tx) -> Reply:
    """Return one response with its risk and its approval."""
    found = responses.get(tx, id)
    risk = risks.get(tx, RiskId(found.risk)) if found else None
    who = customers.get(tx, risk.customer) if risk else None
    if found is None or risk is None or who is None:
        raise Refused(_("There is no {response}. `/risk list responses` lists them.").format(response=id), field="customer")
    late = overdue(found.due, found.state.value, request.today)
    asked = approvals.of_subject(tx, found.id)
    pairs = [
        (_("Measure"), [blocks.bold(words.label(found.strategy)), f"  {blocks.quoted(found.measure)}"]),
        (_("Due"), f"{words.day(found.due)} · {late}" if late else words.day(found.due)),
        (_("State"), words.label(found.state)),
        (_("Owner"), blocks.person(found.owner)),
        (_("Risk"), f"{risk.id} · {words.level(risk.level)} · {blocks.quoted(risk.title)}"),
        (_("Approval"), str(asked.id) if asked else None),
    ]
    gist = f"{found.id} · {masking.called(who)} · {words.label(found.strategy)} · {words.label(found.state)}"
    return Reply(blocks.escape(gist), [blocks.header(f"{found.id} · {masking.called(who)}"), blocks.facts(pairs)])


CARDS = [Card(ResponseId, show_response)]
