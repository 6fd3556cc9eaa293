"""Ways out of a default, in words: the end of each reason, and the probation that follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from commands.kit.i18n import Text, _, clauses, ngettext
from commands.kit.wording import words
from risk_engine.classification.evidence import DISTRESSED, Reason
from risk_engine.policy.policy import Policy

_BORN = date(1970, 1, 1)
_WAITS_FOR: dict[Reason, Text] = {
    Reason.PAST_DUE: _("all arrears paid"),
    Reason.ARREARS: _("all arrears paid"),
    Reason.LETTER: _("a rating above default"),
    Reason.RECORDED: _("a cure on record"),
    Reason.BANKRUPTCY: _("a cure on record"),
    Reason.EVASION: _("the incident resolved"),
    Reason.NON_ACCRUAL: _("interest accrued again"),
    Reason.PROVISION: _("the specific provision released"),
    Reason.SALE_AT_LOSS: _("the incident resolved"),
    Reason.DISTRESSED_RESTRUCTURING: _("the observation after the restructuring over"),
    Reason.RESTRUCTURED_AGAIN: _("the observation after the restructuring over"),
    Reason.JUDGEMENT: _("an approved end of the judgement"),
}


def ending(figures: Mapping[str, float | None], policy: Policy) -> Text | str | None:
    """Return ``all arrears paid; then a probation of at least 6 months``; None without a default."""
    mask = Reason(int(figures.get("default_reasons") or 0))
    if not mask:
        return None
    ends = figures.get("default_ends")
    if ends is not None and not mask & ~Reason.PROBATION:
        day = words.day(_BORN + timedelta(days=int(ends)))
        return _("the probation, on {day} at the earliest, if nothing falls overdue until then").format(day=day)
    waits = dict.fromkeys(str(said) for reason, said in _WAITS_FOR.items() if mask & reason)
    months = _months(mask, policy)
    probation = ngettext("then a probation of at least {n} month", "then a probation of at least {n} months", months)
    return clauses([*waits, probation])


def _months(mask: Reason, policy: Policy) -> int:
    """Return the longest probation that applies."""
    ours, chinese = policy.default.probation, policy.categories.cure
    if mask & DISTRESSED:
        return max(ours.restructured_months, chinese.restructured_months)
    return max(ours.months, chinese.months)
