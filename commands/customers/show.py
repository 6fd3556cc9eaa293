"""/risk show CUSTOMER: grade with reasons, exposure, ratings, breaches, and open risks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from commands.customers import customer_facilities, customer_facts, customer_screen, customer_trend, score_view
from commands.customers.customer_facts import Known
from commands.customers.customer_screen import Standing
from commands.customers.opened import opened
from commands.data import about_customer
from commands.indicators import standings
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Card, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _
from commands.kit.input.customer import Ambiguous, CustomerText, ThisCustomer, resolve, typed
from commands.kit.input.fields import AnyCase, Ask, Day
from commands.kit.input.filters import Word
from commands.kit.wording import words
from commands.register import answering, risk_card
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import RiskId
from storage.customers import customers
from storage.customers.customers import Customer
from storage.database import Tx
from storage.register import responses, risks

# figures over time that have a button
OTHERS = 8


class View(StrEnum):
    """Another view of this customer."""

    FACILITIES = "facilities"
    DATA = "data"
    SCORE = "score"
    TREND = "trend"


_VIEWS = {View.FACILITIES: _("Facilities"), View.DATA: _("Data"), View.SCORE: _("Score"), View.TREND: _("Trend")}
# the former word for it, as people type it and as stored answers have it
_FORMER = BeforeValidator(lambda word: View.TREND.value if word == "chart" else word)


class ShowArgs(Args):
    customer: CustomerText
    view: Annotated[View | None, _FORMER, AnyCase, Ask(_("View"))] = None
    of: Annotated[Word | None, Ask(_("Figure over time"))] = None
    date: Annotated[Day | None, Ask(_("As known on"))] = None


def show(args: ShowArgs, request: Request, tx: Tx) -> Reply:
    if (found := opened(args.customer, request, tx)) is not None:
        return found
    try:
        who = resolve(tx, args.customer)
    except Ambiguous as several:
        choices = [(Text(masking.with_id(id, name)), ShowArgs(customer=typed(id))) for id, name in several.candidates]
        return Reply(blocks.marked(several.sentence), [blocks.paragraph(several.sentence)], pages=choices)
    if args.date is not None:
        return _past(args, args.date, who, request, tx)
    known = customer_facts.look(tx, who, request)
    if args.view is View.TREND or args.of is not None:
        return _trend(known, args.of, request, tx)
    if args.view is not None:
        return replace(_view(args.view, known, request, tx), pages=[(_("◀ Back"), ShowArgs(customer=typed(who.id)))])
    watched = standings(tx, request.policy, who, today=request.day_of_figures, at=request.as_of)
    standing = customer_screen.look(tx, known, watched, request.as_of)
    return Reply(
        customer_screen.summary(known, standing, request.policy),
        customer_screen.screen(known, standing, request, tx),
        shareable=True,
        pages=[(_VIEWS[view], ShowArgs(customer=typed(who.id), view=view)) for view in _worth_a_look(known, standing)],
        actions=customer_screen.actions(known, standing, request),
    )


def _past(args: ShowArgs, day: date, now: Customer, request: Request, tx: Tx) -> Reply:
    """Return the customer as known at the end of a past day, marked as such and without buttons that change anything.

    Raises:
        Refused: the day is not over, the customer was not in the book, or the view has no earlier state.
    """
    if day >= request.today:
        raise Refused(_("{day} is not over: choose a past day, or leave the date out for today.").format(day=words.day(day)), field="date")
    if args.view is View.DATA:
        raise Refused(_("Findings about the data have no earlier state on record: leave the date out."), field="view")
    ended = datetime.combine(day + timedelta(days=1), time.min, request.person.reader.tzinfo) - timedelta(microseconds=1)
    then = replace(request, at=ended.astimezone(UTC), as_of=ended.astimezone(UTC))
    who = customers.get(tx, now.id, at=then.as_of)
    if who is None:
        raise Refused(_("{name} was not in the book on {day}.").format(name=masking.called(now), day=words.day(day)), field="date")
    reply = _past_view(args, who, then, tx)
    here = ShowArgs(customer=typed(now.id), date=day)
    views = [
        (_VIEWS[view], here.model_copy(update={"view": view}))
        for view in (View.FACILITIES, View.SCORE, View.TREND)
        if view is not args.view
    ]
    back = [(_("◀ Back"), here)] if args.view or args.of else []
    said = _("As known at the end of {day}, not as of today").format(day=words.day(day))
    body = [blocks.paragraph(blocks.bold(said)), *reply.blocks]
    return replace(reply, text=f"{blocks.marked(said)}: {reply.text}", blocks=body, pages=[*back, *views], actions=())


def _past_view(args: ShowArgs, who: Customer, then: Request, tx: Tx) -> Reply:
    known = customer_facts.look(tx, who, then)
    if args.view is View.TREND or args.of is not None:
        return _trend(known, args.of, then, tx)
    if args.view is not None:
        return _view(args.view, known, then, tx)
    watched = standings(tx, then.policy, who, today=then.today, at=then.as_of)
    # breaches and responses have no earlier state on record
    standing = replace(customer_screen.look(tx, known, watched, then.as_of), breaches=(), responses=())
    left_out = blocks.note(
        _("Breaches and responses have no earlier state on record and are left out; thresholds are those of today's policy.")
    )
    summary = customer_screen.summary(known, standing, then.policy)
    return Reply(summary, [*customer_screen.screen(known, standing, then, tx), left_out], shareable=True)


def _view(view: View, known: Known, request: Request, tx: Tx) -> Reply:
    match view:
        case View.SCORE:
            return score_view.view(tx, known, request)
        case View.FACILITIES:
            return customer_facilities.view(tx, known, request)
        case View.DATA:
            return about_customer(known.who, request, tx)
        case View.TREND:
            return _trend(known, None, request, tx)


def _trend(known: Known, of: str | None, request: Request, tx: Tx) -> Reply:
    """Return one figure over time, with a button for each of the others."""
    watched = standings(tx, request.policy, known.who, today=request.day_of_figures, at=request.as_of)
    scored = known.score is not None
    here = typed(known.who.id)
    others = list(customer_trend.choices(watched, scored=scored).items())[:OTHERS]
    pages = [(Text(label), ShowArgs(customer=here, view=View.TREND, of=name)) for name, label in others]
    back = (_("◀ Back"), ShowArgs(customer=here))
    found = customer_trend.view(tx, known.who, watched, request, of, scored=scored)
    guaranteed = customer_facts.guarantee(known) if of == customer_trend.LOSS else None
    body = [*found.blocks, *([blocks.paragraph(guaranteed)] if guaranteed else [])]
    return replace(found, blocks=body, pages=[back, *pages])


def _worth_a_look(known: Known, standing: Standing) -> list[View]:
    """Return the views that have something to show."""
    worth = {View.FACILITIES: bool(known.owed), View.SCORE: known.score is not None, View.TREND: bool(standing.watched)}
    return [view for view in View if worth.get(view, True)]


def show_risk(id: RiskId, request: Request, tx: Tx) -> Reply:
    """Return one risk of the register with its responses."""
    risk = risks.get(tx, id)
    who = customers.get(tx, risk.customer) if risk else None
    if risk is None or who is None:
        raise Refused(_("There is no {risk}. `/risk show CUSTOMER` lists a customer's risks.").format(risk=id), field="customer")
    answers = responses.of_risks(tx, [risk.id])
    treated = [blocks.bullets([customer_screen.response_line(answer, request.today) for answer in answers])] if answers else []
    if risk.open and not answers:
        treated = [blocks.paragraph(_("No response yet."))]
    gist = blocks.escape(f"{risk.id} · {words.level(risk.level)} · {masking.called(who)} · {masking.prose(risk.title)}")
    return Reply(gist, [*risk_card(risk, who, request.policy, tx), *treated, *answering(risk)])


COMMAND = Command(
    "show",
    ShowArgs,
    show,
    right=Right.READ,
    summary=_("A customer on one screen: exposure, ratings, indicators, open risks"),
    examples=[
        "show VK-01",
        "show Vltava Kov a.s.",
        "show VK-01 view=score",
        "show VK-01 of=loss",
        "show VK-01 view=facilities",
        "show VK-01 date=2026-09-30",
        "show R-1",
    ],
    title=_("Show a customer"),
    submit=_("Show"),
    order=10,
    classification=Secrecy.CONFIDENTIAL,
)


class OpenArgs(Args):
    customer: ThisCustomer


def _screen_of(args: OpenArgs, request: Request, tx: Tx) -> tuple[Command, ShowArgs, Request]:
    """Return the question behind the button of a customer in a message."""
    return COMMAND, ShowArgs(customer=typed(args.customer)), request


def open_customer(args: OpenArgs, request: Request, tx: Tx) -> Reply:
    """Show the customer that a message is about."""
    _command, arguments, asked = _screen_of(args, request, tx)
    return show(arguments, asked, tx)


ACTIONS = [
    Command(
        "customer.show",
        OpenArgs,
        open_customer,
        right=Right.READ,
        summary=_("The customer that a message is about"),
        classification=Secrecy.CONFIDENTIAL,
        stands_for=_screen_of,
    )
]
CARDS = [Card(RiskId, show_risk)]
