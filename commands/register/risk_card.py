"""A risk on a few lines."""

from __future__ import annotations

from typing import Any

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Block, Blocks
from commands.kit.i18n import Text, _, noted, pgettext
from commands.kit.wording import words
from risk_engine.policy.policy import Policy
from risk_engine.register.acts import Act
from risk_engine.register.assessment import Assessment
from risk_engine.register.events import RiskUndone
from risk_engine.register.register import ACTS, Risk
from storage import events
from storage.customers.customers import Customer
from storage.database import Tx

_BUTTONS: dict[Act, tuple[str, Text]] = {
    Act.RESPOND: ("risk.respond", _("Respond…")),
    Act.ASSESS: ("risk.assess", _("Assess…")),
    Act.RETAIN: ("risk.retain", _("Retain…")),
    Act.CLOSE: ("risk.close", _("Close…")),
    Act.REOPEN: ("risk.reopen", _("Reopen…")),
}


def risk_card(risk: Risk, who: Customer, policy: Policy, tx: Tx) -> Blocks:
    """Return a risk on a few lines."""
    stands = risk.standing
    treated = [
        (_("Current"), _assessed(stands.current, policy)),
        (_("Residual"), f"{words.level(stands.residual_level)} · {_assessed(stands.residual, policy)}"),
    ]
    return [
        blocks.header(f"{risk.id} · {words.level(stands.residual_level)} · {masking.called(who)}"),
        blocks.paragraph(masking.prose(risk.title)),
        blocks.facts(
            [
                (_("Category"), f"{words.label(risk.category)} · {words.label(risk.kind)}"),
                (_("Inherent") if risk.after else _("Assessed"), _assessed(risk.inherent, policy)),
                *(treated if risk.after else []),
                (_("State"), _state(risk, tx)),
                (_("Owner"), blocks.person(risk.owner)),
                (_("Objective"), None if risk.objective is None else masking.prose(risk.objective)),
                (_("Next assessment"), words.day(risk.reassess_by) if risk.open and risk.reassess_by else None),
                (pgettext("risk", "From"), blocks.source(risk.source)),
            ]
        ),
    ]


def _assessed(score: Assessment, policy: Policy) -> str:
    scales = policy.scales
    sentence = _("likelihood {likelihood}, severity {severity}, scope {scope}")
    return str(
        sentence.format(
            likelihood=noted(score.likelihood, words.named(scales.likelihood[score.likelihood - 1])),
            severity=noted(score.severity, words.named(scales.severity[score.severity - 1])),
            scope=noted(score.scope, words.named(scales.scope[score.scope - 1])),
        )
    )


def answering(risk: Risk, *others: Block) -> Blocks:
    """Return the buttons that a risk's state allows."""
    offered = [blocks.button(*_BUTTONS[act], str(int(risk.id))) for act in ACTS[risk.state] if act in _BUTTONS]
    return [blocks.buttons(*offered, *others)]


def _state(risk: Risk, tx: Tx) -> str | list[Any]:
    if not risk.open:
        return _closed(risk, tx)
    if risk.retained_until is not None:
        return str(_("retained until {day}").format(day=words.day(risk.retained_until)))
    return words.label(risk.state)


def _closed(risk: Risk, tx: Tx) -> str | list[Any]:
    """Return who took the entry back, and when."""
    undone = events.last_of(tx, str(risk.id), RiskUndone)
    if undone is None or undone.at != risk.moved_at:
        return [*blocks.around(_("closed by {who}"), who=blocks.person(risk.state_by)), f" · {words.moment(risk.state_at)}"]
    return [*blocks.around(_("taken back by {who}"), who=blocks.person(undone.actor)), f" · {words.moment(undone.at)}"]
