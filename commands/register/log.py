"""/risk log CUSTOMER CATEGORY L4 S3 X2 "what": enter a risk into the register, by line, form or message shortcut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Refused, Reply, Request, Shortcut
from commands.kit.i18n import _, listed, pgettext
from commands.kit.input.customer import CustomerText, ThisCustomer, resolve_to_change, typed
from commands.kit.input.fields import AnyCase, Ask, Someone, Step
from commands.kit.input.markup import readable
from commands.kit.input.stray_characters import storable
from commands.kit.undoing import UndoArgs, offer, taken_back
from commands.kit.wording import words
from commands.questions import mentioned
from commands.register.risk_card import answering, risk_card
from risk_engine.audit.secrecy import Secrecy
from risk_engine.characters import shown
from risk_engine.people.roles import Right
from risk_engine.references import RiskId
from risk_engine.register import register
from risk_engine.register.assessment import Assessment, Category, RiskKind
from storage.database import Tx
from storage.register import responses, risks


class LogArgs(Args):
    customer: CustomerText
    category: Annotated[Category, AnyCase, Ask(_("Category"))]
    likelihood: Annotated[Step, Ask(_("Likelihood"), hint=_("Within one year"), letter="L", scale="likelihood")]
    severity: Annotated[Step, Ask(_("Severity"), letter="S", scale="severity")]
    scope: Annotated[Step, Ask(_("Scope"), letter="X", scale="scope")]
    title: Annotated[str, Field(min_length=3, max_length=300), Ask(_("What happened or may happen"), multiline=True, rest=True)]
    kind: Annotated[RiskKind, AnyCase, Ask(_("Threat or opportunity"))] = RiskKind.THREAT
    owner: Annotated[Someone | None, Ask(_("Owner"), hint=_("You, if left empty"), person=True)] = None
    source: Annotated[str | None, Field(max_length=500), Ask(_("Source"), hidden=True)] = None


class LogHereArgs(LogArgs):
    """The form of a risk from a customer's screen, which says whose risk it is."""

    customer: ThisCustomer


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the customer of a form opened from its screen."""
    who = resolve_to_change(tx, values["customer"])
    return masking.with_id(who.id, who.name)


def log(args: LogArgs, request: Request, tx: Tx) -> Reply:
    who = resolve_to_change(tx, args.customer)
    risk, logged = register.log(
        risks.next_id(tx),
        customer=who.id,
        kind=args.kind,
        category=args.category,
        title=args.title,
        assessment=Assessment(args.likelihood, args.severity, args.scope),
        matrix=request.policy.matrix,
        by=request.user,
        at=request.at,
        owner=args.owner,
        department=who.department,
        source=args.source,
        rules=request.policy.risks,
    )
    risks.add(tx, risk)
    record(tx, logged, request.policy, request_key=request.key)
    gist = _("{risk} is recorded in the register: {level}, {customer}.").format(
        risk=risk.id, level=words.level(risk.level), customer=masking.called(who)
    )
    below = answering(risk, offer("risk.undo", request, tx, risk=int(risk.id)))
    return Reply(blocks.marked(gist), [*risk_card(risk, who, request.policy, tx), *below])


def undo(args: UndoArgs, request: Request, tx: Tx) -> Reply:
    """Take back the entry of a risk, unless somebody has responded to it."""
    risk = risks.get(tx, RiskId(taken_back("risk.undo", args, request, tx)["risk"]))
    if risk is None or not risk.open:
        raise Refused(_("This risk is not open any more: nothing was undone."))
    if answered := responses.of_risks(tx, [risk.id]):
        sentence = _("{response} responds to {risk} already: nothing was undone.")
        raise Refused(sentence.format(response=answered[0].id, risk=risk.id))
    closed, happened = register.undo(risk, by=request.user, at=request.at)
    risks.save(tx, closed)
    record(tx, happened, request.policy, request_key=request.key)
    gist = _("{risk} is taken back. The trail keeps the entry.").format(risk=risk.id)
    # it takes the place of the answer, whose buttons no longer do anything
    return Reply(blocks.marked(gist), [blocks.paragraph(gist)], replaces=True)


def from_message(text: str, link: str | None) -> Mapping[str, Any]:
    """Return a form's initial values for logging a message."""
    return {"title": blocks.cut(" ".join(shown(storable(readable(text))).split()), 300), "source": link}


def customer_of(text: str, tx: Tx) -> Mapping[str, Any]:
    """Return the customer that a message names; the form asks for it if there are several."""
    found = mentioned(tx, text)
    if not found:
        return {}
    return {"customer": typed(found[0][0]) if len(found) == 1 else listed(masking.with_id(id, name) for id, name in found)}


COMMAND = Command(
    "log",
    LogArgs,
    log,
    right=Right.WRITE,
    summary=_("Record a risk or an opportunity in the register"),
    examples=["log", 'log VK-01 credit L4 S3 X2 "lost its main buyer"', 'log VK-01 market L2 S2 X2 "new tender" kind=opportunity'],
    writes=True,
    title=_("Log a risk"),
    submit=pgettext("button", "Log"),
    order=20,
    classification=Secrecy.CONFIDENTIAL,
)

SHORTCUTS = [
    Shortcut("log_message", "Log as risk", "Enter what this message says into the risk register", "log", from_message, customer_of),
    Shortcut("log_risk", "Log a risk", "Enter a risk into the register", "log"),
]

ACTIONS = [
    Command(
        "risk.undo",
        UndoArgs,
        undo,
        right=Right.WRITE,
        summary=_("Take back a risk that was just logged"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "customer.log",
        LogHereArgs,
        log,
        right=Right.WRITE,
        summary=_("Record a risk of this customer"),
        writes=True,
        title=_("Log a risk"),
        submit=pgettext("button", "Log"),
        ready=ready,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
