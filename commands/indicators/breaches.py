"""/risk breaches: breached indicators, with acknowledgement and response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Blocks, Card, Command, Refused, Reply, Request
from commands.kit.i18n import _, labelled, listed, ngettext, sentences
from commands.kit.input.fields import AnyCase, Ask, Day, Key, Page, Someone, Step
from commands.kit.paging import turns
from commands.kit.undoing import UndoArgs, offer, taken_back
from commands.kit.wording import words
from commands.kit.wording.lines import measured
from commands.register import propose
from risk_engine.audit.secrecy import Secrecy
from risk_engine.due import check_due
from risk_engine.indicators import breach as engine
from risk_engine.indicators.breach import Breach, BreachState, Plan
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.references import BreachId
from risk_engine.register import register
from risk_engine.register.assessment import Assessment, Category, RiskKind
from risk_engine.register.response import Strategy
from storage.database import Tx
from storage.indicators import breaches
from storage.register import risks

SHOWN = 8
ONE_CUSTOMER = 2


class AckArgs(Args):
    key: Key
    plan: Annotated[
        str | None, Field(min_length=5, max_length=300), Ask(_("Plan"), hint=_("In one line: what will be done"), asked=True)
    ] = None
    owner: Annotated[Someone | None, Ask(_("Owner"), hint=_("You, if left empty"), person=True)] = None
    due: Annotated[Day | None, Ask(_("Due"), hint=_("The date by which it is done"))] = None


def ready_to_acknowledge(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the breach in a line; refuse at once if it is acknowledged already, or over."""
    breach = _found(values["key"], tx)
    engine.acknowledge(breach, by=request.user, at=request.at)
    name = masking.names(tx, [breach.customer]).get(breach.customer, breach.customer)
    return f"{breach.id} · {name} · {measured(breach, request.policy)}"


def _found(key: str, tx: Tx) -> Breach:
    breach = breaches.by_key(tx, key)
    if breach is None:
        raise Refused(_("This breach no longer exists."))
    return breach


def acknowledge(args: AckArgs, request: Request, tx: Tx) -> Reply:
    if args.due is not None:
        check_due(args.due, today=request.today)
    plan = Plan(args.plan, (args.owner or request.user) if args.plan else args.owner, args.due)
    taken, happened = engine.acknowledge(_found(args.key, tx), by=request.user, at=request.at, plan=plan)
    breaches.save(tx, taken)
    record(tx, happened, request.policy, request_key=request.key)
    sentence = _("You have acknowledged {breach}; the alert shows it.")
    if args.plan:
        sentence = _("You have acknowledged {breach}; the alert shows it with your plan.")
    gist = sentence.format(breach=taken.id)
    button = offer("breach.undo", request, tx, key=taken.key, at=request.at.isoformat())
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), blocks.buttons(button)])


def undo(args: UndoArgs, request: Request, tx: Tx) -> Reply:
    """Take back one's own acknowledgement, unless the breach has moved on or is in the register."""
    changed = taken_back("breach.undo", args, request, tx)
    breach = _found(changed["key"], tx)
    if breach.acknowledged_at != datetime.fromisoformat(changed["at"]):
        raise Refused(_("{breach} has changed since: nothing was undone.").format(breach=breach.id))
    if built := risks.from_source(tx, str(breach.id)):
        raise Refused(_("{breach} is in the register as {risk}: nothing was undone.").format(breach=breach.id, risk=built))
    opened, happened = engine.unacknowledge(breach, by=request.user, at=request.at)
    breaches.save(tx, opened)
    record(tx, happened, request.policy, request_key=request.key)
    return Reply(blocks.marked(_("{breach} is unacknowledged again; the alert shows it.").format(breach=breach.id)))


class BreachesArgs(Args):
    state: Annotated[BreachState | None, AnyCase, Ask(_("State"))] = None
    page: Page = 1


def list_breaches(args: BreachesArgs, request: Request, tx: Tx) -> Reply:
    count, found = breaches.not_closed(tx, state=args.state, limit=SHOWN, offset=(args.page - 1) * SHOWN)
    if not found:
        return Reply(str(_("No indicator is out of bounds.")))
    names = masking.names(tx, [breach.customer for breach in found])
    heading = ngettext("{n} breach", "{n} breaches", count)
    body: list[dict[str, Any]] = [blocks.header(heading)]
    for breach in found:
        body += _entry(breach, names.get(breach.customer, breach.customer), request.policy)
    pages = -(-count // SHOWN)
    if pages > 1:
        body.append(blocks.note(_("Page {page} of {pages} · red before amber, oldest first").format(page=args.page, pages=pages)))
    return Reply(labelled(heading, blocks.escape(listed(names.values()))), body, pages=turns(args, pages))


def _entry(breach: Breach, name: str, policy: Policy) -> Blocks:
    """Return a breach on one line, with its buttons if nobody has acknowledged it."""
    if breach.state is not BreachState.OPEN:
        return [_line(breach, name, policy)]
    acknowledge, answer = (
        blocks.button("breach.ack", _("Acknowledge"), breach.key),
        blocks.button("breach.respond", _("Respond…"), breach.key),
    )
    return [_line(breach, name, policy), blocks.buttons(acknowledge, answer)]


def one_breach(id: BreachId, request: Request, tx: Tx) -> Reply:
    """Return one breach with its customer and dates."""
    found = breaches.get(tx, id)
    if found is None:
        raise Refused(_("There is no {breach}. `/risk breaches` lists what is out of bounds.").format(breach=id), field="customer")
    name = masking.names(tx, [found.customer]).get(found.customer, found.customer)
    answered = risks.from_source(tx, str(found.id))
    pairs = [
        (_("Opened"), words.moment(found.opened_at)),
        (_("Closed"), words.moment(found.closed_at) if found.closed_at else None),
        (_("Risk"), str(answered) if answered else None),
    ]
    body = [blocks.header(f"{found.id} · {name}"), *_entry(found, name, request.policy), blocks.facts(pairs)]
    gist = f"{found.id} · {name} · {measured(found, request.policy)} · {words.label(found.state)}"
    return Reply(blocks.escape(gist), body)


def _line(breach: Breach, name: str, policy: Policy) -> dict[str, Any]:
    figures = f"  {measured(breach, policy)} · {words.day(breach.reading.as_of)}"
    standing = words.colour(breach.colour)
    if breach.state is BreachState.CLOSED:
        before = _("✅ previously {colour}") if breach.ending is None else _("⚪ previously {colour}")
        standing = str(before.format(colour=standing))
    return blocks.paragraph(f"{standing}  ", blocks.bold(f"{breach.id} · {name}"), figures, f" · {words.label(breach.state)}")


class RespondArgs(Args):
    key: Key
    strategy: Annotated[Strategy, AnyCase, Ask(_("Strategy"))]
    measure: Annotated[str, Field(min_length=5, max_length=1000), Ask(_("Measure"), hint=_("Planned response"), multiline=True)]
    likelihood: Annotated[Step, Ask(_("Likelihood"), hint=_("Within one year"), scale="likelihood")]
    severity: Annotated[Step, Ask(_("Severity"), scale="severity")]
    due: Annotated[Day | None, Ask(_("Due"), hint=_("Leave empty for the policy's usual term"))] = None


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the breach in a line; refuse at once if it is over, or answered already."""
    breach = _unanswered(values["key"], tx)
    name = masking.names(tx, [breach.customer]).get(breach.customer, breach.customer)
    return f"{breach.id} · {name} · {measured(breach, request.policy)}"


def _unanswered(key: str, tx: Tx) -> Breach:
    breach = _found(key, tx)
    if breach.ending is not None:
        sentence = _("{breach} is closed: {why}. You can still record a risk with `/risk log`.")
        raise Refused(sentence.format(breach=breach.id, why=words.label(breach.ending)))
    if breach.state is BreachState.CLOSED:
        raise Refused(_("{breach} is back within bounds; you can still record a risk with `/risk log`.").format(breach=breach.id))
    if before := risks.from_source(tx, str(breach.id)):
        raise Refused(_("{breach} already has {risk}: add to it with `/risk respond {risk}`.").format(breach=breach.id, risk=before))
    return breach


def respond(args: RespondArgs, request: Request, tx: Tx) -> Reply:
    """Acknowledge a breach, log it as a risk, and propose the response."""
    breach = _unanswered(args.key, tx)
    if breach.state is BreachState.OPEN:
        breach, happened = engine.acknowledge(breach, by=request.user, at=request.at)
        breaches.save(tx, breach)
        record(tx, happened, request.policy, request_key=request.key)
    with masking.unmasked():
        # it is stored in full, and masked when it is read
        title = f"{measured(breach, request.policy)} · {words.day(breach.reading.as_of)}"
    risk, logged = register.log(
        risks.next_id(tx),
        customer=breach.customer,
        kind=RiskKind.THREAT,
        category=Category.FINANCIAL,
        title=title,
        assessment=Assessment(args.likelihood, args.severity, ONE_CUSTOMER),
        matrix=request.policy.matrix,
        by=request.user,
        at=request.at,
        source=str(breach.id),
        rules=request.policy.risks,
    )
    risks.add(tx, risk)
    record(tx, logged, request.policy, request_key=request.key)
    proposed = propose(risk, args.strategy, args.measure, args.due, None, request, tx)
    entered = _("{breach} is acknowledged and in the register as {risk}.").format(breach=breach.id, risk=risk.id)
    return replace(proposed, text=sentences(blocks.marked(entered), proposed.text), blocks=[blocks.paragraph(entered), *proposed.blocks])


COMMAND = Command(
    "breaches",
    BreachesArgs,
    list_breaches,
    right=Right.READ,
    summary=_("Indicators currently out of bounds"),
    examples=["breaches", "breaches open"],
    order=23,
    classification=Secrecy.CONFIDENTIAL,
)


ACTIONS = [
    Command(
        "breach.undo",
        UndoArgs,
        undo,
        right=Right.WRITE,
        summary=_("Take back one's own acknowledgement"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "breach.ack",
        AckArgs,
        acknowledge,
        right=Right.WRITE,
        summary=_("Acknowledge that you are handling it"),
        writes=True,
        title=_("Acknowledge a breach"),
        submit=_("Acknowledge"),
        ready=ready_to_acknowledge,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "breach.respond",
        RespondArgs,
        respond,
        right=Right.PROPOSE,
        summary=_("Record the breach in the register and propose a response"),
        writes=True,
        title=_("Respond to a breach"),
        submit=_("Propose"),
        ready=ready,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
CARDS = [Card(BreachId, one_breach)]
