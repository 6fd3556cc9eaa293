"""/risk show CUSTOMER: grade with reasons, exposure, ratings, breaches, and open risks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from commands.customers import customer_facts, score_view
from commands.customers.customer_facts import Known
from commands.customers.opened import opened
from commands.indicators import IndicatorState, standings, trends
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Blocks, Card, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, listed, ngettext, pgettext
from commands.kit.input.customer import Ambiguous, CustomerText, resolve, typed
from commands.kit.input.fields import AnyCase, Ask
from commands.kit.wording import words
from commands.kit.wording.lines import overdue
from commands.pictures import PANELS, picture
from commands.register import risk_card
from commands.scoring import grade_words, score_words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.grading import Grade
from risk_engine.indicators.monitoring import Colour
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.references import RiskId
from risk_engine.register.register import Risk
from risk_engine.register.response import Response
from storage.customers import customers
from storage.customers.customers import Customer
from storage.database import Tx
from storage.register import responses, risks


class View(StrEnum):
    """Another view of this customer."""

    TREND = "trend"
    SCORE = "score"


# the former word for it, as people type it and as stored answers have it
_FORMER = BeforeValidator(lambda word: View.TREND.value if word == "chart" else word)


class ShowArgs(Args):
    customer: CustomerText
    view: Annotated[View | None, _FORMER, AnyCase, Ask(_("View"))] = None


def show(args: ShowArgs, request: Request, tx: Tx) -> Reply:
    if (found := opened(args.customer, request, tx)) is not None:
        return found
    try:
        who = resolve(tx, args.customer)
    except Ambiguous as several:
        choices = [(Text(masking.with_id(id, name)), ShowArgs(customer=typed(id))) for id, name in several.candidates]
        return Reply(blocks.marked(several.sentence), [blocks.paragraph(several.sentence)], pages=choices)
    known = customer_facts.look(tx, who, request)
    if args.view is View.SCORE:
        return replace(score_view.view(tx, known, request), pages=[(_("◀ Back"), ShowArgs(customer=typed(who.id)))])
    watched = standings(tx, request.policy, who, today=request.today, at=request.as_of)
    if args.view is View.TREND:
        return _trend(who, watched)
    register = risks.open_of(tx, who.id, at=request.as_of)
    answers = responses.of_risks(tx, [risk.id for risk in register])
    heading = f"{masking.called(who)} · {grade_words.marked(known.score, request.policy)}" if known.score else masking.called(who)
    body: Blocks = [
        blocks.header(heading),
        blocks.facts(customer_facts.lines(known, request.policy, _past_due(known, watched))),
        *_drivers(known),
        *_indicators(watched),
    ]
    body += _register(register, answers, request.today)
    body.append(blocks.note(_("{id} · as known {at}").format(id=who.id, at=words.moment(request.as_of or request.at))))
    views = [(_("Score"), ShowArgs(customer=typed(who.id), view=View.SCORE))] if known.score else []
    views += [(_("Trend"), ShowArgs(customer=typed(who.id), view=View.TREND))] if watched else []
    return Reply(summary(known, watched, register, request.policy), body, shareable=True, pages=views)


def _past_due(known: Known, watched: list[IndicatorState]) -> float | None:
    """Return the days past due as the indicators show them, or as the ledger has them where no indicator does."""
    for state in watched:
        if state.kri.indicator == "days_past_due":
            return state.newest.value
    return max((entry.days_past_due for entry in known.owed if entry.days_past_due is not None), default=None)


def _trend(who: Customer, watched: list[IndicatorState]) -> Reply:
    """Return the watched indicators over time as a picture, each panel explained by its number."""
    found = [state for state in watched if state.readings]
    if not found:
        raise Refused(
            _("There is no reading yet of any indicator that the policy watches for {customer}.").format(customer=masking.called(who))
        )
    heading = _("{customer}: indicators over time").format(customer=masking.called(who))
    legend = [
        [blocks.bold(str(place)), f"  {words.named(one.kri.name)}  ", words.colour(one.colours[-1])]
        for place, one in enumerate(found[:PANELS], start=1)
    ]
    body: Blocks = [blocks.header(heading), blocks.bullets(legend)]
    body.append(blocks.note(_("Dashed lines are the thresholds; a diamond is beyond amber, a square beyond red.")))
    back = [(_("◀ Back"), ShowArgs(customer=typed(who.id)))]
    return Reply(blocks.escape(heading), body, shareable=True, pages=back, picture=None if masking.masked() else picture(who, found))


def summary(known: Known, watched: list[IndicatorState], register: list[Risk], policy: Policy) -> str:
    """Return the gist in one line, for notifications and screen readers."""
    worst = watched[0] if watched else None
    parts = [
        masking.called(known.who),
        listed(words.money(entry.outstanding, entry.currency) for entry in known.owed) or str(_("no facilities")),
        customer_facts.letter(known, policy) if known.letters else str(_("not rated")),
        grade_words.marked(known.score, policy) if known.score else str(_("not scored yet")),
        words.colour(worst.colour, stale=worst.stale) if worst else words.colour(Colour.NONE),
        str(ngettext("{n} open risk", "{n} open risks", len(register))),
    ]
    return " · ".join(blocks.escape(part) for part in parts)


def _drivers(known: Known) -> Blocks:
    """Return further reasons for the grade; the first is shown beside it, and low ones are omitted."""
    others = [one for one in known.reasons[1:] if one.grade > Grade.LOW]
    if not others:
        return []
    return [blocks.paragraph(blocks.bold(_("Also"))), blocks.bullets([[score_words.reason(one)] for one in others])]


def _indicators(watched: list[IndicatorState]) -> Blocks:
    if not watched:
        return [blocks.paragraph(blocks.bold(_("Indicators")), "  ", _("no reading yet for any indicator of the policy"))]
    rows = [_indicator(standing) for standing in watched]
    headings = (_("Indicator"), _("Latest"), _("Trend"), pgettext("change", "Step"), _("State"), _("As of"), _("Source"))
    return [blocks.table(headings, rows, right=(1, 3))]


def _indicator(standing: IndicatorState) -> tuple[str, ...]:
    kri, newest = standing.kri, standing.newest
    return (
        words.named(kri.name),
        words.reading(newest.value, kri.unit),
        trends.trend(standing),
        trends.last_step(standing),
        words.colour(standing.colour, stale=standing.stale),
        words.day(newest.as_of),
        words.label(newest.source),
    )


def _register(register: list[Risk], answers: list[Response], today: date) -> Blocks:
    if not register:
        return [blocks.paragraph(blocks.bold(_("Risks")), "  ", _("none open"))]
    lines: list[list[Any]] = []
    for risk in register:
        about = f"  {words.label(risk.category)}, "
        lines.append(
            [f"{risk.id}  ", words.level(risk.level), "  ", blocks.bold(masking.prose(risk.title)), about, blocks.person(risk.owner)]
        )
        lines += [response_line(answer, today) for answer in answers if answer.risk == risk.id]
    return [blocks.paragraph(blocks.bold(_("Risks"))), blocks.bullets(lines)]


def response_line(answer: Response, today: date) -> list[Any]:
    """Return a response on one line: measure, state, deadline or delay, and owner."""
    due = _("due {day}").format(day=words.day(answer.due))
    late = overdue(answer.due, answer.state.value, today)
    what = f"{blocks.quoted(answer.measure)} · {words.label(answer.state)} · {due} · "
    marked = [blocks.bold(late), " · "] if late else []
    return [f"↳ {answer.id}  ", blocks.bold(words.label(answer.strategy)), "  ", what, *marked, blocks.person(answer.owner)]


def show_risk(id: RiskId, request: Request, tx: Tx) -> Reply:
    """Return one risk of the register with its responses."""
    risk = risks.get(tx, id)
    who = customers.get(tx, risk.customer) if risk else None
    if risk is None or who is None:
        raise Refused(_("There is no {risk}. `/risk show CUSTOMER` lists a customer's risks.").format(risk=id), field="customer")
    answers = responses.of_risks(tx, [risk.id])
    treated = (
        [blocks.bullets([response_line(answer, request.today) for answer in answers])]
        if answers
        else [blocks.paragraph(_("No response yet."))]
    )
    card = risk_card(risk, who, request.policy)
    gist = blocks.escape(f"{risk.id} · {words.level(risk.level)} · {masking.called(who)} · {masking.prose(risk.title)}")
    return Reply(gist, [*card[:-1], *treated, card[-1]])


COMMAND = Command(
    "show",
    ShowArgs,
    show,
    right=Right.READ,
    summary=_("A customer on one screen: exposure, ratings, indicators, open risks"),
    examples=["show VK-01", "show Vltava Kov a.s.", "show VK-01 view=score", "show VK-01 view=trend", "show R-1"],
    title=_("Show a customer"),
    submit=_("Show"),
    order=10,
    classification=Secrecy.CONFIDENTIAL,
)
CARDS = [Card(RiskId, show_risk)]
