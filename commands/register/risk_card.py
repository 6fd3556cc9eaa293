"""A risk on a few lines."""

from __future__ import annotations

from typing import Any

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.i18n import _, pgettext
from commands.kit.wording import words
from risk_engine.policy.policy import Policy
from risk_engine.register.register import Risk
from storage.customers.customers import Customer


def risk_card(risk: Risk, who: Customer, policy: Policy) -> list[dict[str, Any]]:
    """A risk on a few lines, with the button that answers it."""
    scales, score = policy.scales, risk.inherent
    assessed = _("likelihood {likelihood}, severity {severity}, scope {scope}").format(
        likelihood=f"{score.likelihood} ({words.named(scales.likelihood[score.likelihood - 1])})",
        severity=f"{score.severity} ({words.named(scales.severity[score.severity - 1])})",
        scope=f"{score.scope} ({words.named(scales.scope[score.scope - 1])})",
    )
    return [
        blocks.header(f"{risk.id} · {words.level(risk.level)} · {masking.called(who)}"),
        blocks.paragraph(masking.prose(risk.title)),
        blocks.facts(
            [
                (_("Category"), f"{words.label(risk.category)}, {words.label(risk.kind)}"),
                (_("Assessed"), str(assessed)),
                (_("Owner"), blocks.person(risk.owner)),
                (pgettext("risk", "From"), blocks.source(risk.source)),
            ]
        ),
        blocks.buttons(blocks.button("risk.respond", _("Respond…"), str(int(risk.id)))),
    ]
