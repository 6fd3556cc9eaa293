"""The context of a breach: the value before it, its effect on the grade, and the plan given when it was acknowledged."""

from __future__ import annotations

from datetime import date
from typing import Any

from commands.indicators.indicators import standings
from commands.kit import blocks
from commands.kit.i18n import Text, _
from commands.kit.wording import words
from risk_engine.grading import Grade
from risk_engine.indicators.breach import Breach
from risk_engine.indicators.events import BreachAcknowledged
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Policy
from storage.audit import history
from storage.customers import customers
from storage.database import Tx
from storage.scoring import scores

# larger than the number of a breach's entries in the trail
_ENTRIES = 50


def before(breach: Breach, policy: Policy, tx: Tx) -> Text | None:
    """Return the reading before the one out of bounds, with its day; None if there is none."""
    who = customers.get(tx, breach.customer)
    found = standings(tx, policy, who, today=breach.reading.as_of) if who else []
    state = next((one for one in found if one.kri.name == breach.kri), None)
    if state is None or state.previous is None or state.previous.value is None:
        return None
    return _("{value} on {day}").format(
        value=words.reading(state.previous.value, words.unit_of(breach.kri, policy)), day=words.day(state.previous.as_of)
    )


def effect(breach: Breach, policy: Policy, tx: Tx) -> Text | None:
    """Return the grade that the breach requires beside the one in force; None before the first scoring."""
    score = scores.of(tx, [breach.customer]).get(breach.customer)
    if score is None:
        return None
    floors = policy.scoring.grades
    least = Grade[str(floors.red_breach if breach.colour is Colour.RED else floors.amber_breach).upper()]
    if score.grade >= least:
        sentence = _("{grade}; the breach alone requires {least} or worse")
        return sentence.format(grade=words.grade(score.grade), least=words.grade_word(least))
    return _("{grade} → {least} or worse with the next scoring").format(grade=words.grade(score.grade), least=words.grade(least))


def plan(breach: Breach, tx: Tx) -> list[Any]:
    """Return the plan of the last acknowledgement, as pieces: text, owner and date."""
    happened = (entry.event for entry in history.of_subject(tx, str(breach.id), _ENTRIES))
    last = next((one.facts or {} for one in happened if one.kind == BreachAcknowledged.kind), {})
    if not (last.get("plan") or last.get("owner") or last.get("due")):
        return []
    due = _("by {day}").format(day=words.day(date.fromisoformat(last["due"]))) if last.get("due") else None
    return [
        "\n",
        blocks.bold(_("Plan")),
        *([f"  “{blocks.quoted(last['plan'])}”"] if last.get("plan") else []),
        *([" · ", blocks.person(last["owner"])] if last.get("owner") else []),
        *([" · ", due] if due else []),
    ]
