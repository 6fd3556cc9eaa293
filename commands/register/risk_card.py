"""A risk on a few lines."""

from __future__ import annotations

from typing import Any

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Block, Blocks
from commands.kit.i18n import _, noted, pgettext
from commands.kit.wording import words
from risk_engine.policy.policy import Policy
from risk_engine.register.events import RiskUndone
from risk_engine.register.register import Risk
from storage import events
from storage.customers.customers import Customer
from storage.database import Tx


def risk_card(risk: Risk, who: Customer, policy: Policy, tx: Tx) -> Blocks:
    """Return a risk on a few lines."""
    scales, score = policy.scales, risk.inherent
    assessed = _("likelihood {likelihood}, severity {severity}, scope {scope}").format(
        likelihood=noted(score.likelihood, words.named(scales.likelihood[score.likelihood - 1])),
        severity=noted(score.severity, words.named(scales.severity[score.severity - 1])),
        scope=noted(score.scope, words.named(scales.scope[score.scope - 1])),
    )
    return [
        blocks.header(f"{risk.id} · {words.level(risk.level)} · {masking.called(who)}"),
        blocks.paragraph(masking.prose(risk.title)),
        blocks.facts(
            [
                (_("Category"), f"{words.label(risk.category)} · {words.label(risk.kind)}"),
                (_("Assessed"), str(assessed)),
                (_("Owner"), blocks.person(risk.owner)),
                (pgettext("risk", "From"), blocks.source(risk.source)),
                (_("State"), None if risk.open else _closed(risk, tx)),
            ]
        ),
    ]


def answering(risk: Risk, *others: Block) -> Blocks:
    """Return the buttons of an open risk; a closed one has none."""
    if not risk.open:
        return []
    return [blocks.buttons(blocks.button("risk.respond", _("Respond…"), str(int(risk.id))), *others)]


def _closed(risk: Risk, tx: Tx) -> str | list[Any]:
    """Return who took the entry back, and when."""
    undone = events.last_of(tx, str(risk.id), RiskUndone)
    if undone is None:
        return words.label("closed")
    return [*blocks.around(_("taken back by {who}"), who=blocks.person(undone.actor)), f" · {words.moment(undone.at)}"]
