"""/risk show CUSTOMER: who it is, what it owes, how it is rated, what is out of bounds, which risks are open."""

from __future__ import annotations

import re
from typing import Any

from commands.kit import blocks, words
from commands.kit.contract import Args, Blocks, Command, Refused, Reply, Request
from commands.kit.customer import Ambiguous, CustomerText, resolve
from commands.kit.i18n import Text, _, ngettext
from commands.kit.indicators import Standing, standings
from commands.kit.risk_card import risk_card
from risk_engine.monitoring import Colour
from risk_engine.references import RiskId
from risk_engine.register import Risk
from risk_engine.response import Response
from storage import customers, responses, risks
from storage.customers import Customer, Exposure, Rating
from storage.database import Tx

RATINGS_SHOWN = 3


class ShowArgs(Args):
    customer: CustomerText


def show(args: ShowArgs, request: Request, tx: Tx) -> Reply:
    if re.fullmatch(r"[Rr]-?[1-9][0-9]{0,8}", args.customer):
        return show_risk(RiskId.parse(args.customer), request, tx)
    try:
        who = resolve(tx, args.customer)
    except Ambiguous as several:
        choices = [(_("{name} ({id})").format(name=name, id=id), ShowArgs(customer=id)) for id, name in several.candidates]
        return Reply(blocks.marked(several.sentence), [blocks.paragraph(several.sentence)], pages=choices)
    owed = customers.exposures(tx, [who.id], at=request.as_of).get(who.id, ())
    letters = customers.ratings(tx, [who.id], at=request.as_of).get(who.id, ())
    observed = customers.observations(tx, who.id, {kri.indicator for kri in request.policy.kri}, at=request.as_of)
    watched = standings(request.policy, who, observed, today=request.today)
    register = risks.open_of(tx, who.id, at=request.as_of)
    answers = responses.of_risks(tx, [risk.id for risk in register])
    gist = summary(who, owed, letters, watched, register)
    body: Blocks = [blocks.header(who.name), blocks.facts(_who(who, owed, letters)), *_indicators(watched), *_register(register, answers)]
    body.append(blocks.note(_("{id} · as known {at}").format(id=who.id, at=words.moment(request.as_of or request.at))))
    return Reply(gist, body, shareable=True)


def summary(who: Customer, owed: tuple[Exposure, ...], letters: tuple[Rating, ...], watched: list[Standing], register: list[Risk]) -> str:
    """The gist in one line, for notifications and screen readers."""
    worst = watched[0] if watched else None
    parts = [
        who.name,
        ", ".join(words.money(entry.outstanding, entry.currency) for entry in owed) or str(_("no facilities")),
        letters[0].letter if letters else str(_("not rated")),
        words.colour(worst.colour, stale=worst.stale) if worst else words.colour(Colour.NONE),
        str(ngettext("{n} open risk", "{n} open risks", len(register))),
    ]
    return " · ".join(blocks.escape(part) for part in parts)


def _who(who: Customer, owed: tuple[Exposure, ...], letters: tuple[Rating, ...]) -> list[tuple[Text, Any]]:
    where = " · ".join(part for part in (who.sector, who.country, who.group) if part)
    care = " · ".join(part for part in (who.manager, who.department) if part)
    pairs: list[tuple[Text, Any]] = [
        (_("Exposure"), "; ".join(_exposure(entry) for entry in owed) or str(_("no facilities on record"))),
        (_("Rating"), "; ".join(_rating(letter) for letter in letters[:RATINGS_SHOWN]) or str(_("none on record"))),
    ]
    return [*pairs, (_("Business"), where or None), (_("Looked after by"), care or None)]


def _exposure(entry: Exposure) -> str:
    drawn = _("{outstanding} drawn of {limit}").format(
        outstanding=words.money(entry.outstanding, entry.currency), limit=words.money(entry.limit, entry.currency)
    )
    if not entry.days_past_due:
        return str(drawn)
    late = ngettext("{n} day past due", "{n} days past due", entry.days_past_due)
    return f"{drawn} · {late}"


def _rating(letter: Rating) -> str:
    by = dict.fromkeys((letter.agency, letter.scale)) if letter.scale != "global" else (letter.agency,)
    return f"{letter.letter} ({', '.join(words.label(name) for name in by)}, {words.day(letter.as_of)})"


def _indicators(watched: list[Standing]) -> Blocks:
    if not watched:
        return [blocks.paragraph(blocks.bold(_("Indicators")), "  ", _("no reading yet for any indicator of the policy"))]
    rows = [_indicator(standing) for standing in watched]
    headings = (_("Indicator"), _("Latest"), _("Before"), _("State"), _("As of"), _("Source"))
    return [blocks.table(headings, rows, right=(1, 2))]


def _indicator(standing: Standing) -> tuple[str, ...]:
    kri, newest, previous = standing.kri, standing.newest, standing.previous
    return (
        words.named(kri.name),
        words.reading(newest.value, kri.unit),
        words.reading(previous.value, kri.unit) if previous else "–",
        words.colour(standing.colour, stale=standing.stale),
        words.day(newest.as_of),
        words.label(newest.source),
    )


def _register(register: list[Risk], answers: list[Response]) -> Blocks:
    if not register:
        return [blocks.paragraph(blocks.bold(_("Risks")), "  ", _("none open"))]
    lines: list[list[Any]] = []
    for risk in register:
        about = f"  {words.label(risk.category)}, "
        lines.append([f"{risk.id}  ", words.level(risk.level), "  ", blocks.bold(risk.title), about, blocks.person(risk.owner)])
        lines += [response_line(answer) for answer in answers if answer.risk == risk.id]
    return [blocks.paragraph(blocks.bold(_("Risks"))), blocks.bullets(lines)]


def response_line(answer: Response) -> list[Any]:
    """A response on one line: what, how it stands, by when, whose."""
    due = _("due {day}").format(day=words.day(answer.due))
    what = f"{blocks.clean(answer.measure)} · {words.label(answer.state)} · {due} · "
    return [f"↳ {answer.id}  ", blocks.bold(words.label(answer.strategy)), "  ", what, blocks.person(answer.owner)]


def show_risk(id: RiskId, request: Request, tx: Tx) -> Reply:
    """One entry of the register with its responses."""
    risk = risks.get(tx, id)
    who = customers.get(tx, risk.customer) if risk else None
    if risk is None or who is None:
        raise Refused(_("There is no {risk}. `/risk show CUSTOMER` lists a customer's risks.").format(risk=id), field="customer")
    answers = responses.of_risks(tx, [risk.id])
    treated = [blocks.bullets([response_line(answer) for answer in answers])] if answers else [blocks.paragraph(_("No response yet."))]
    card = risk_card(risk, who, request.policy)
    gist = blocks.escape(f"{risk.id} · {words.level(risk.level)} · {who.name} · {risk.title}")
    return Reply(gist, [*card[:-1], *treated, card[-1]])


COMMAND = Command(
    "show",
    ShowArgs,
    show,
    summary=_("A customer on one screen: exposure, ratings, indicators, open risks"),
    examples=["show VK-01", "show Vltava Kov a.s.", "show R-1"],
    title=_("Show a customer"),
    submit=_("Show"),
    order=10,
)
