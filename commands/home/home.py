"""App Home: pending work, one's own entries, changes at one's customers, and four totals of the book."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from commands.home import home_approvals
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.access.authority import demand, may, whom_to_ask
from commands.kit.contract import Args, Blocks, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, ngettext, noted, pgettext
from commands.kit.input.fields import Ask
from commands.kit.input.inline import read
from commands.kit.registry import registry
from commands.kit.wording import role_words, words
from commands.kit.wording.lines import measured
from risk_engine.audit.secrecy import Secrecy
from risk_engine.classification.events import JudgementProposed
from risk_engine.grading import Grade
from risk_engine.indicators.events import BreachClosed, BreachEased, BreachEnded, BreachOpened, BreachWorsened
from risk_engine.people.roles import Right
from risk_engine.references import ResponseId, RiskId
from risk_engine.register.assessment import Level
from risk_engine.register.events import ResponseProposed, RiskLogged
from risk_engine.scoring.events import OverrideEnded, OverrideProposed, ScoreChanged
from storage.database import Tx
from storage.delivery import visits
from storage.digest import desk
from storage.events import Recorded
from storage.indicators import breaches
from storage.register import entry_lists
from storage.register.entry_lists import Order, Wanted

SHOWN = 5
WEEK = timedelta(days=7)


class View(StrEnum):
    """The view that a button of Home opens."""

    APPROVALS = "approvals"
    MINE = "mine"
    CONDITIONS = "conditions"
    RESPONSES = "responses"
    RISKS = "risks"
    BREACHES = "breaches"
    CUSTOMERS = "customers"
    DIGEST = "digest"
    PEOPLE = "people"
    HELP = "help"


_LINES = {
    View.APPROVALS: "approvals",
    View.MINE: "approvals mine",
    View.CONDITIONS: "approvals conditions",
    View.RESPONSES: "list responses owner=me",
    View.RISKS: "list risks owner=me",
    View.BREACHES: "breaches open",
    View.CUSTOMERS: "list owner=me",
    View.DIGEST: "digest now",
    View.PEOPLE: "people",
    View.HELP: "help",
}


class ViewArgs(Args):
    view: Annotated[View, Ask(pgettext("field", "List"), hidden=True)]


def ask(args: ViewArgs, request: Request, tx: Tx) -> Reply:
    """Return the answer of the command behind a button."""
    command, arguments, asked = behind(args, request, tx)
    reply: Reply = command.run(arguments, asked, tx)
    return reply


def behind(args: ViewArgs, request: Request, tx: Tx) -> tuple[Command, Any, Request]:
    """Return the command behind a button."""
    asked = read(registry(), _LINES[args.view])
    if asked.command.writes:
        raise Refused(_("This answer cannot be shown again. Please ask again."))
    demand(tx, request, asked.command.right)
    return asked.command, asked.checked(), request


def home(request: Request, tx: Tx) -> Blocks:
    """Return the Home tab: pending work, own entries, and totals; without the right to read, roles and the people to ask."""
    if Right.READ not in request.authority.rights:
        return _outside(request, tx)
    parts = [_approvals(request, tx), _breaches(request, tx), _responses(request, tx), _risks(request, tx), _moved(request, tx)]
    waiting = [block for part in parts for block in part]
    nothing = [blocks.paragraph("☕ ", _("Nothing awaits your action. New items will appear here."))]
    return [blocks.header(_("Awaiting your action")), *(waiting or nothing), {"type": "divider"}, *_standing(request, tx)]


def _outside(request: Request, tx: Tx) -> Blocks:
    """Return Home for people who may see no customer: their roles, all roles, and the people to ask."""
    whom = whom_to_ask(tx, request.policy, request.user)
    return [
        blocks.header(_("You cannot see customers yet")),
        blocks.facts([(_("Your roles"), role_words.roles(request.authority.roles))]),
        blocks.sentence(_("You need another role to see customers: please ask {whom}.").format(whom=whom)),
        blocks.paragraph(blocks.bold(_("The roles, and what they allow"))),
        blocks.bullets(role_words.each(request.policy)),
        *_buttons(request),
    ]


def _buttons(request: Request) -> Blocks:
    """Return the buttons open to somebody."""
    ways = [
        ("log", blocks.button("form.new:log", _("Log a risk"), "log", style="primary")),
        ("show", blocks.button("form.new:show", _("Find a customer"), "show")),
        ("digest", blocks.button("home.ask:digest", _("Digest preview"), View.DIGEST.value)),
        ("people", blocks.button("home.ask:people", _("Roles"), View.PEOPLE.value)),
        ("help", blocks.button("home.ask:help", _("Help"), View.HELP.value)),
    ]
    known = registry().commands
    return [blocks.buttons(*(button for name, button in ways if name in known and may(known[name], request)))]


def _standing(request: Request, tx: Tx) -> Blocks:
    four = zip((_("Customers"), _("Open risks"), _("Red breaches"), _("Pending approvals")), desk.standing(tx), strict=True)
    return [
        blocks.header(_("The book")),
        blocks.facts([(label, words.count(count)) for label, count in four]),
        *_buttons(request),
        blocks.note(_("As of {at}. Answers to what you ask here appear in the Messages tab.").format(at=words.moment(request.at))),
    ]


def _headed(heading: Text, body: Sequence[dict[str, Any]], count: int, view: View) -> Blocks:
    """Return a section: heading, lines, and a button to all of them if there are more."""
    everything = blocks.buttons(blocks.button(f"home.ask:{view.value}", _("Show all {n}").format(n=count), view.value))
    return [blocks.paragraph(blocks.bold(heading)), *body, *([everything] if count > SHOWN else [])]


def _approvals(request: Request, tx: Tx) -> Blocks:
    """Return approvals to decide, own requests, and others' conditions that fall due."""
    found = home_approvals.parts(request, tx, limit=SHOWN)
    views = {"": View.APPROVALS, "mine": View.MINE, "conditions": View.CONDITIONS}
    return [block for heading, body, count, line in found for block in _headed(heading, body, count, views[line])]


def _breaches(request: Request, tx: Tx) -> Blocks:
    count, keys = desk.to_acknowledge(tx, request.person.names, limit=SHOWN)
    found = [breach for key in keys if (breach := breaches.by_key(tx, key))]
    names = masking.names(tx, [breach.customer for breach in found])
    body: Blocks = []
    for breach in found:
        name = names.get(breach.customer, breach.customer)
        nobody = _("nobody named")
        whose = "" if breach.owner else f" · {nobody}"
        left = words.until(breach.acknowledge_by, request.at)
        head = blocks.bold(f"{breach.id} · {name}")
        body += [
            blocks.paragraph(f"{words.colour(breach.colour)}  ", head, f"  {measured(breach, request.policy)} · {left}{whose}"),
            *_handles(breach.key, request),
        ]
    return _headed(ngettext("{n} breach to acknowledge", "{n} breaches to acknowledge", count), body, count, View.BREACHES) if count else []


def _handles(key: str, request: Request) -> Blocks:
    """Return the actions open to somebody on a breach."""
    handles = {"breach.ack": _("Acknowledge"), "breach.respond": _("Respond…")}
    open_to = [blocks.button(name, label, key) for name, label in handles.items() if may(registry().actions[name], request)]
    return [blocks.buttons(*open_to)] if open_to else []


def _responses(request: Request, tx: Tx) -> Blocks:
    wanted = Wanted(owners=request.person.names, due_until=request.today + WEEK)
    count, found = entry_lists.responses(tx, wanted, Order.DUE, limit=SHOWN)
    lines = []
    for line in found:
        late = (request.today - line.due).days
        due = str(ngettext("{n} day late", "{n} days late", late)) if late > 0 else str(_("due {day}").format(day=words.day(line.due)))
        lines.append(
            [
                blocks.bold(f"{ResponseId(line.id)} · {masking.customer(line.customer, line.name)}"),
                f"  {blocks.quoted(line.measure)} · ",
                blocks.bold(due),
            ]
        )
    heading = ngettext("{n} response of yours is overdue or due this week", "{n} responses of yours are overdue or due this week", count)
    return _headed(heading, [blocks.bullets(lines)], count, View.RESPONSES) if count else []


def _risks(request: Request, tx: Tx) -> Blocks:
    count, found = entry_lists.risks(tx, Wanted(owners=request.person.names), Order.WORST, limit=SHOWN)
    lines = [
        [
            blocks.bold(f"{RiskId(line.id)} · {masking.customer(line.customer, line.name)}"),
            f"  {words.level(Level(line.level))} · {blocks.quoted(line.title)}",
        ]
        for line in found
    ]
    heading = ngettext("{n} open risk is yours", "{n} open risks are yours", count)
    return _headed(heading, [blocks.bullets(lines)], count, View.RISKS) if count else []


# --- movements -----------------------------------------------------------------------------------------------------

_MOVED: dict[str, Text] = {
    BreachOpened.kind: _("{kri} is out of bounds"),
    BreachWorsened.kind: _("{kri} has worsened"),
    BreachEased.kind: _("{kri} has eased"),
    BreachClosed.kind: _("{kri} is back within bounds"),
    BreachEnded.kind: _("breach of {kri} closed without a return within bounds"),
    RiskLogged.kind: _("a risk was logged"),
    ResponseProposed.kind: _("a response was proposed"),
    ScoreChanged.kind: _("grade changed"),
    OverrideProposed.kind: _("an override was proposed"),
    JudgementProposed.kind: _("a judgement about default was proposed"),
    OverrideEnded.kind: _("an override was ended"),
}


def _moved(request: Request, tx: Tx) -> Blocks:
    """Return changes at one's customers since the last visit; of a week at the first visit."""
    mine = desk.customers_of(tx, request.person.names)
    since = visits.last_visit(tx, request.user) or request.at - WEEK
    found = [one for one in desk.news(tx, mine, since, tuple(_MOVED)) if one.actor != request.user] if mine else []
    if not found:
        return []
    shown = found[:SHOWN]
    names = masking.names(tx, [(one.facts or {})["customer"] for one in shown])
    body = [blocks.bullets([_line(one, names, request.at) for one in shown])]
    return _headed(_heading(len(found), since), body, len(found), View.CUSTOMERS)


def _heading(count: int, since: datetime) -> Text:
    heading = ngettext("{n} change at your customers since {since}", "{n} changes at your customers since {since}", count)
    return heading.format(since=words.moment(since))


def _line(event: Recorded, names: dict[str, str], now: datetime) -> list[Any]:
    facts = event.facts or {}
    what = _MOVED[event.kind].format(kri=words.named(str(facts.get("kri", ""))))
    if event.kind == ScoreChanged.kind:
        before, after = (words.grade_word(Grade[str(facts[side]).upper()]) for side in ("from", "to"))
        what = _("grade changed from {before} to {after}").format(before=before, after=after)
    name = names.get(facts["customer"], facts["customer"])
    return [blocks.bold(name), f"  {noted(what, event.subject)} · {words.ago(event.at, now)}"]


ACTIONS = [
    Command(
        "home.ask",
        ViewArgs,
        ask,
        right=Right.OPEN,
        summary=_("Show a list from Home"),
        classification=Secrecy.CONFIDENTIAL,
        stands_for=behind,
    )
]
