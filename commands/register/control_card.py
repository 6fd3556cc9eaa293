"""A control by its id: effect, state, tests, owner and risks."""

from __future__ import annotations

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Blocks, Card, Reply, Request
from commands.kit.i18n import Text, _, labelled, ngettext, pgettext
from commands.kit.wording import words
from commands.register.entries import existing_control
from commands.register.response_card import effects_in_words
from risk_engine.references import ControlId, ResponseId, RiskId
from risk_engine.register.acts import Act
from risk_engine.register.control import ACTS, Control
from storage.database import Tx
from storage.register import controls, risks
from storage.register.controls import Test

_BUTTONS: dict[Act, tuple[str, Text]] = {
    Act.OPERATE: ("control.operate", _("Put into operation")),
    Act.TEST: ("control.test", _("Test…")),
    Act.RETIRE: ("control.retire", _("Retire…")),
}
# tests on the card; the trail has all of them
SHOWN = 5


def show_control(id: ControlId, request: Request, tx: Tx) -> Reply:
    """Return one control with its tests."""
    found = existing_control(id, tx)
    gist = f"{found.id} · {words.label(found.state)} · {masking.prose(found.title)}"
    return Reply(blocks.escape(gist), [*control_card(found, request, tx), *steps_of(found)])


def control_card(found: Control, request: Request, tx: Tx) -> Blocks:
    """Return a control on a few lines, with its last tests."""
    name = masking.names(tx, [found.customer]).get(found.customer, found.customer)
    acts_on = [risk for number in found.risks if (risk := risks.get(tx, RiskId(number)))]
    counts = found.counts(request.today, request.policy.risks.controls)
    pairs = [
        (_("Control"), masking.prose(found.title)),
        (_("Kind"), words.label(found.kind)),
        (_("State"), words.label(found.state)),
        (_("Effect"), effects_in_words(found.effects)),
        (_("Counts"), _("yes: tested effective") if counts else _("no: not tested effective, or its test is overdue")),
        (_("Next test"), _next_test(found, request)),
        (_("Owner"), blocks.person(found.owner)),
        (pgettext("control", "From"), None if found.response is None else str(ResponseId(found.response))),
        *((_("Risk"), f"{risk.id} · {words.level(risk.standing.residual_level)} · {blocks.quoted(risk.title)}") for risk in acts_on),
    ]
    tests = controls.tests(tx, found.id)[:SHOWN]
    told = [blocks.bullets([_test_line(test) for test in tests])] if tests else []
    return [blocks.header(f"{found.id} · {name}"), blocks.facts(pairs), *told]


def steps_of(found: Control) -> Blocks:
    """Return the buttons that a control's state allows."""
    offered = [blocks.button(*_BUTTONS[act], str(int(found.id))) for act in ACTS[found.state] if act in _BUTTONS]
    return [blocks.buttons(*offered)] if offered else []


def _next_test(found: Control, request: Request) -> str | None:
    if found.next_test is None:
        return None
    late = (request.today - found.next_test).days
    said = ngettext("{n} day late", "{n} days late", late)
    return f"{words.day(found.next_test)} · ▲ {said}" if late > 0 else words.day(found.next_test)


def _test_line(test: Test) -> list[object]:
    sign = "✓" if test.effective else "✗"
    result = words.label("effective" if test.effective else "ineffective")
    head = f"{sign} {labelled(words.label(test.of), result)} · {words.moment(test.at)} · "
    return [head, blocks.person(test.tester), f" · {blocks.quoted(test.evidence)}"]


CARDS = [Card(ControlId, show_control)]
