"""The customer on one screen: the grade with its reasons, indicators out of bounds, open items, and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from commands.customers import customer_changes, customer_facts
from commands.customers.customer_facts import Known
from commands.indicators import IndicatorState, trends
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.access.authority import may
from commands.kit.contract import Blocks, Request
from commands.kit.i18n import Text, _, clauses, listed, ngettext, noted, pgettext
from commands.kit.input.customer import typed
from commands.kit.registry import registry
from commands.kit.wording import words
from commands.kit.wording.lines import overdue
from commands.scoring import grade_words
from risk_engine.indicators.breach import Breach, BreachState
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Policy
from risk_engine.register.register import Risk
from risk_engine.register.response import Response
from storage.database import Tx
from storage.indicators import breaches
from storage.register import responses, risks

# lines of each list on the screen, so that the whole stays within 25
OUT_OF_BOUNDS, OPEN, CHANGED = 4, 4, 2
# letters of a title and of a measure that leave room for the rest of the line
TITLE, MEASURE = 60, 26


@dataclass(frozen=True, slots=True)
class Standing:
    """Open matters of a customer: watched indicators, open breaches, risks and their responses."""

    watched: Sequence[IndicatorState]
    breaches: Sequence[Breach]
    risks: Sequence[Risk]
    responses: Sequence[Response]


def look(tx: Tx, known: Known, watched: Sequence[IndicatorState], at: datetime | None) -> Standing:
    """Return the open items; breaches are the present ones, as a breach has no earlier state on record."""
    register = risks.open_of(tx, known.who.id, at=at)
    _count, found = breaches.not_closed(tx, customer=known.who.id, limit=OUT_OF_BOUNDS * 4)
    return Standing(watched, found, register, responses.of_risks(tx, [risk.id for risk in register]))


def screen(known: Known, standing: Standing, request: Request, tx: Tx) -> Blocks:
    """Return the screen, without its buttons."""
    policy = request.policy
    heading = f"{masking.called(known.who)} · {grade_words.marked(known.score, policy)}" if known.score else masking.called(known.who)
    now = request.as_of or request.at
    return [
        blocks.header(heading),
        blocks.facts(customer_facts.first_lines(known, policy, _past_due(known, standing.watched))),
        *_headed(_("Out of bounds"), _out_of_bounds(standing, now), OUT_OF_BOUNDS, _nothing_out(standing)),
        *_headed(pgettext("heading", "Open"), _open(known, standing, request.today), OPEN, _("no open risk")),
        *_headed(_("Changed in 30 days"), customer_changes.lines(tx, known, standing.watched, now), CHANGED, _("nothing")),
        *customer_facts.last_lines(known),
        blocks.note(_("{id} · as known {at}").format(id=known.who.id, at=words.moment(now))),
    ]


def _headed(heading: Text, lines: Sequence[Sequence[Any]], most: int, nothing: Text) -> Blocks:
    """Return a short list under its heading, with the number of further entries."""
    if not lines:
        return [blocks.paragraph(blocks.bold(heading), "  ", nothing)]
    shown = list(lines) if len(lines) <= most else list(lines[: most - 1])
    more = len(lines) - len(shown)
    tail = [[ngettext("+{n} more", "+{n} more", more)]] if more else []
    return [blocks.headed(heading, [*shown, *tail])]


def _past_due(known: Known, watched: Sequence[IndicatorState]) -> float | None:
    """Return the days past due as the indicators show them, or as the ledger has them where no indicator does."""
    for state in watched:
        if state.kri.indicator == "days_past_due":
            return state.newest.value
    return max((entry.days_past_due for entry in known.owed if entry.days_past_due is not None), default=None)


# --- out of bounds -----------------------------------------------------------------------------------------------------


def _out_of_bounds(standing: Standing, now: datetime) -> list[list[Any]]:
    """Return indicators beyond a threshold, stale or with an open breach: value, limit, change, and the next step."""
    of = {breach.kri: breach for breach in standing.breaches}
    lines = []
    for state in standing.watched:
        breach = of.get(state.kri.name)
        if breach or state.stale or state.colour in (Colour.AMBER, Colour.RED):
            lines.append([*_measured(state), *(_handled(breach, now) if breach else [])])
    return lines


def _measured(state: IndicatorState) -> list[Any]:
    unit = state.kri.unit
    beyond = [str(_("limit {threshold}").format(threshold=words.reading(state.threshold, unit)))] if state.threshold is not None else []
    dated = [words.day(state.newest.as_of)] if state.stale else []
    found = noted("", clauses([*beyond, *dated])) if beyond or dated else ""
    moved = trends.last_step(state)
    return [
        f"{words.colour(state.colour, stale=state.stale)}  ",
        blocks.bold(f"{words.named(state.kri.name)} {words.reading(state.newest.value, unit)}"),
        found,
        f" {moved}" if moved not in {"=", "–"} else "",
    ]


def _handled(breach: Breach, now: datetime) -> list[Any]:
    if breach.state is BreachState.OPEN:
        return [f" · {breach.id} ", _("to acknowledge, {when}").format(when=words.until(breach.acknowledge_by, now))]
    return [f" · {breach.id} {words.label(breach.state)}"]


def _nothing_out(standing: Standing) -> Text:
    if not standing.watched:
        return _("no reading yet for any indicator of the policy")
    return ngettext("nothing; {n} indicator within bounds", "nothing; {n} indicators within bounds", len(standing.watched))


# --- open --------------------------------------------------------------------------------------------------------------


def _open(known: Known, standing: Standing, today: date) -> list[list[Any]]:
    """Return pending override, then risks with their newest responses."""
    lines: list[list[Any]] = []
    if known.waiting is not None:
        lines.append([blocks.bold(_("Override")), f"  {customer_facts.waiting(known.waiting)}"])
    for risk in standing.risks:
        title = blocks.bold(blocks.cut(masking.prose(risk.title), TITLE))
        about = f"  {words.label(risk.category)} · "
        lines.append([f"{risk.id}  ", words.level(risk.level), "  ", title, about, blocks.person(risk.owner)])
        lines += [response_line(answer, today, MEASURE) for answer in standing.responses if answer.risk == risk.id]
    return lines


def response_line(answer: Response, today: date, most: int = 1000) -> list[Any]:
    """Return a response on one line: measure, state, deadline or delay, and owner; ``most`` is the length of the measure."""
    due = _("due {day}").format(day=words.day(answer.due))
    late = overdue(answer.due, answer.state.value, today)
    what = f"{blocks.cut(blocks.quoted(answer.measure), most)} · {words.label(answer.state)} · {due} · "
    marked = [blocks.bold(late), " · "] if late else []
    return [f"↳ {answer.id}  ", blocks.bold(words.label(answer.strategy)), "  ", what, *marked, blocks.person(answer.owner)]


# --- buttons and gist --------------------------------------------------------------------------------------------------


def actions(known: Known, standing: Standing, request: Request) -> Blocks:
    """Return the buttons that open a form about this customer, those that the person may use."""
    id = typed(known.who.id)
    ways = [("customer.log", _("Log…"), id), *_answerable(standing), ("customer.override", _("Override…"), id)]
    known_actions = registry().actions
    return [
        blocks.button(f"{name}:{value}", label, value, style="primary" if place == 0 else None)
        for place, (name, label, value) in enumerate(ways)
        if may(known_actions[name], request)
    ]


def _answerable(standing: Standing) -> list[tuple[str, Text, str]]:
    """Return the button that responds: to the worst risk without a response, else the worst one, else to an open breach."""
    answered = {answer.risk for answer in standing.responses}
    if standing.risks:
        first = next((risk for risk in standing.risks if risk.id not in answered), standing.risks[0])
        label = _("Respond…") if len(standing.risks) == 1 else _("Respond to {risk}…").format(risk=first.id)
        return [("risk.respond", label, str(int(first.id)))]
    return [("breach.respond", _("Respond…"), standing.breaches[0].key)] if standing.breaches else []


def summary(known: Known, standing: Standing, policy: Policy) -> str:
    """Return the gist in one line, for notifications and screen readers."""
    worst = standing.watched[0] if standing.watched else None
    parts = [
        masking.called(known.who),
        listed(words.money(entry.outstanding, entry.currency) for entry in known.owed) or str(_("no facilities")),
        customer_facts.letter(known, policy) if known.letters else str(_("not rated")),
        grade_words.marked(known.score, policy) if known.score else str(_("not scored yet")),
        words.colour(worst.colour, stale=worst.stale) if worst else words.colour(Colour.NONE),
        str(ngettext("{n} open risk", "{n} open risks", len(standing.risks))),
    ]
    return " · ".join(blocks.escape(part) for part in parts)
