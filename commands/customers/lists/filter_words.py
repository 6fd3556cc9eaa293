"""Filters of lists whose value says it in a phrase of its own, without the filter's label."""

from __future__ import annotations

from datetime import date
from typing import Any

from commands.customers.lists import figures
from commands.customers.lists.shape import Due, InDefault, Without
from commands.kit.i18n import Text, _, listed, ngettext, pgettext
from commands.kit.wording import words
from risk_engine.grading import Grade

_DUE = {Due.OVERDUE: _("overdue"), Due.WEEK: pgettext("response", "due within a week")}
_DEFAULT = {InDefault.YES: _("in default"), InDefault.NO: _("not in default")}

_WITHOUT = {
    Without.RATING: _("without a rating"),
    Without.FACILITY: _("without a facility"),
    Without.RISK: _("without an open risk"),
    Without.BREACH: _("without an open breach"),
}


def phrase(name: str, value: Any, currency: str) -> str | None:
    """Return ``stage 2``, ``in default``, ``grade high`` or ``overdue``; None for a filter that needs its label.

    Args:
        currency: of amounts without one.
    """
    if name == "dpd" and value == "<1":
        return str(_("not past due"))
    if name in figures.FIGURES:
        return figures.phrase(name, value, currency)
    if name == "until":
        return str(_("maturing until {day}").format(day=words.day(date.fromisoformat(value))))
    if name == "without":
        return str(_WITHOUT[Without(value)])
    if name == "loan_category":
        return words.label(value)
    if name == "stage":
        return listed(words.stage(int(one)) for one in value)
    if name == "default":
        return str(_DEFAULT[InDefault(value)])
    if name == "grade":
        return str(_("grade {grade}").format(grade=listed(words.grade_word(Grade[one.upper()]) for one in value)))
    return str(_DUE[Due(value)]) if name == "due" else None


def in_default(wanted: InDefault, n: int) -> Text:
    """Return the number of listed customers in default, or of those that are not."""
    if wanted is InDefault.YES:
        return ngettext("{n} customer in default", "{n} customers in default", n)
    return ngettext("{n} customer not in default", "{n} customers not in default", n)
