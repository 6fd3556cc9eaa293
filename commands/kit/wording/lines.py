"""One-line descriptions for lists, alerts and digests."""

from __future__ import annotations

from datetime import date

from commands.kit.i18n import _, ngettext, noted
from commands.kit.wording import words
from risk_engine.indicators.breach import Breach
from risk_engine.policy.policy import Policy
from storage.register.entry_lists import UNFINISHED

VERDICT_BY = _("{verdict} by {who}")


def measured(breach: Breach, policy: Policy) -> str:
    """Return ``Current ratio 0.69× (limit 1.00×)``."""
    unit = words.unit_of(breach.kri, policy)
    limit = _("limit {threshold}").format(threshold=words.reading(breach.threshold, unit))
    return noted(f"{words.named(breach.kri)} {words.reading(breach.reading.value, unit)}", limit)


def overdue(due: date, state: str, today: date) -> str | None:
    """Return ``▲ 6 days late`` for an unfinished response; None if it is finished or not late."""
    late = (today - due).days
    said = ngettext("{n} day late", "{n} days late", late)
    return f"▲ {said}" if late > 0 and state in UNFINISHED else None
