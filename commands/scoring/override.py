"""/risk override CUSTOMER GRADE until=… "why": a temporary grade in place of the model's, once somebody else approves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import ask_for, withdraw_button
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Message, Notice, Refused, Reply, Request, Subject, To
from commands.kit.i18n import Text, _
from commands.kit.input.customer import Ambiguous, CustomerText, ThisCustomer, resolve_to_change
from commands.kit.input.fields import AnyCase, Ask, Day
from commands.kit.wording import words
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.grading import Grade
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.references import OverrideId
from risk_engine.scoring import override as engine
from risk_engine.scoring.events import OverrideEnded
from risk_engine.scoring.override import Override
from storage.customers.customers import Customer
from storage.database import Tx
from storage.events import Recorded
from storage.scoring import overrides, scores
from storage.scoring.scores import Score


class Wish(StrEnum):
    """The wanted grade; ``model`` restores the model's."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    MODEL = "model"


class OverrideArgs(Args):
    customer: CustomerText
    grade: Annotated[Wish, AnyCase, Ask(_("Grade"), hint=_("“model” ends the override"))]
    reason: Annotated[str, Field(min_length=10, max_length=1000), Ask(_("Why"), multiline=True, rest=True)]
    until: Annotated[Day | None, Ask(_("Until"), hint=_("Leave empty for the longest term that the policy allows"))] = None


class OverrideHereArgs(OverrideArgs):
    """The form of an override from a customer's screen, which says whose grade it is."""

    customer: ThisCustomer


def override(args: OverrideArgs, request: Request, tx: Tx) -> Reply:
    who = resolve_to_change(tx, args.customer)
    if args.grade is Wish.MODEL:
        return _end(who, args.reason, request, tx)
    score = _scored(who, tx)
    if (before := overrides.waiting(tx, who.id)) is not None:
        raise Refused(_("{override} for {customer} is already pending.").format(override=before.id, customer=masking.called(who)))
    proposed, happened = engine.propose(
        overrides.next_id(tx),
        customer=who.id,
        grade=Grade[args.grade.name],
        model=score.model,
        until=args.until or _latest(request),
        reason=args.reason,
        policy=request.policy.overrides,
        by=request.user,
        at=request.at,
        today=request.today,
    )
    overrides.add(tx, proposed)
    record(tx, happened, request.policy, request_key=request.key)
    asked = ask_for(proposed.id, who.id, args.reason, request, tx)
    gist = _("{override} is proposed: {customer} {grade} until {until}; {approval} is with the approvers.").format(
        override=proposed.id,
        customer=masking.called(who),
        grade=words.grade(proposed.grade),
        until=words.day(proposed.until),
        approval=asked.id,
    )
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), blocks.facts(_facts(proposed)), withdraw_button(asked)])


def _latest(request: Request) -> date:
    return request.today + timedelta(days=request.policy.overrides.longest_days)


def _scored(who: Customer, tx: Tx) -> Score:
    score = scores.of(tx, [who.id]).get(who.id)
    if score is None:
        raise Refused(
            _("{customer} has no grade yet: there is nothing to override.").format(customer=masking.called(who)), field="customer"
        )
    return score


def _end(who: Customer, reason: str, request: Request, tx: Tx) -> Reply:
    found = overrides.in_force(tx, who.id, on=request.today)
    if found is None:
        raise Refused(_("No override is in force for {customer}.").format(customer=masking.called(who)), field="grade")
    ended, happened = engine.end(found, by=request.user, at=request.at, today=request.today, reason=reason)
    overrides.save(tx, ended)
    record(tx, happened, request.policy, request_key=request.key)
    gist = _("{override} has ended; the model's grade applies to {customer} again: {grade}.").format(
        override=ended.id, customer=masking.called(who), grade=words.grade(_scored(who, tx).model)
    )
    return Reply(blocks.marked(gist))


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Return the model's grade and the override in force, for the form."""
    if "customer" not in values:
        return None
    try:
        who = resolve_to_change(tx, values["customer"])
    except Ambiguous:
        return None
    score, now = _scored(who, tx), overrides.in_force(tx, who.id, on=request.today)
    line = _("{customer}: the model says {grade}").format(customer=masking.called(who), grade=words.grade(score.model))
    return f"{line} · {_in_force(now)}" if now else str(line)


def _in_force(found: Override) -> Text:
    return _("{override} makes it {grade} until {until}").format(
        override=found.id, grade=words.grade(found.grade), until=words.day(found.until)
    )


# --- as the subject of an approval -----------------------------------------------------------------------------------


def line(tx: Tx, id: OverrideId) -> Sequence[Any] | None:
    """Return both grades, on one line."""
    found = overrides.get(tx, id)
    return None if found is None else [" · ", blocks.bold(_grades(found)), "  ", blocks.quoted(found.reason)]


def facts(tx: Tx, id: OverrideId) -> Sequence[tuple[Text, Any]]:
    """Return the facts for a decision about an override."""
    found = overrides.get(tx, id)
    if found is None:
        return []
    score = scores.of(tx, [found.customer]).get(found.customer)
    now = [(_("The model says now"), words.grade(score.model))] if score and score.model is not found.model else []
    return [*_facts(found), *now]


def _facts(found: Override) -> list[tuple[Text, Any]]:
    return [
        (_("Override"), f"{found.id} · {_grades(found)}"),
        (_("Until"), words.day(found.until)),
        (_("Why"), blocks.quoted(found.reason)),
    ]


def _grades(found: Override) -> str:
    return f"{words.grade(found.model)} → {words.grade(found.grade)}"


def settle(tx: Tx, id: OverrideId, verdict: ProposalState) -> None:
    """Apply a decision to the override."""
    if (found := overrides.get(tx, id)) is not None:
        overrides.save(tx, found.become(verdict))


# --- notices ---------------------------------------------------------------------------------------------------------


def _told_of_the_end(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    """Return the approvals channel, and the proposer if another person ended the override."""
    found = overrides.get(tx, OverrideId.parse(event.subject))
    others = [To(f"person:{found.proposed_by}", "your override was ended")] if found and found.proposed_by != event.actor else []
    return [To("route:approvals", "an override was ended"), *others]


def end_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice of an ended override: person, customer and reason."""
    found = overrides.get(tx, OverrideId.parse(facts["subject"]))
    if found is None:
        return None
    name = masking.names(tx, [found.customer]).get(found.customer, found.customer)
    gist = _("{by} has ended {override}: the model's grade applies to {customer} again.").format(
        by=blocks.mention(facts["actor"]), override=found.id, customer=name
    )
    body = [
        blocks.paragraph(
            blocks.bold(f"{found.id} · {name}"),
            "  ",
            *blocks.around(_("ended by {who}"), who=blocks.person(facts["actor"])),
            f"\n“{masking.prose(facts['reason'])}”",
        )
    ]
    return Message(blocks.marked(gist), body)


COMMAND = Command(
    "override",
    OverrideArgs,
    override,
    right=Right.PROPOSE,
    summary=_("Override the model's grade for a limited time; someone else approves it"),
    examples=[
        "override VK-01",
        'override VK-01 medium "the parent has paid in new equity" until=2027-03-31',
        'override VK-01 model "the new equity has not come"',
    ],
    writes=True,
    title=_("Override a grade"),
    submit=_("Propose"),
    ready=ready,
    order=23,
    classification=Secrecy.CONFIDENTIAL,
)
ACTIONS = [
    Command(
        "customer.override",
        OverrideHereArgs,
        override,
        right=Right.PROPOSE,
        summary=_("Override the grade of this customer"),
        writes=True,
        title=_("Override a grade"),
        submit=_("Propose"),
        ready=ready,
        classification=Secrecy.CONFIDENTIAL,
    )
]
NOTICES = [Notice(OverrideEnded.kind, (OverrideEnded,), _told_of_the_end, end_message, classification=Secrecy.CONFIDENTIAL)]


def asks(tx: Tx, id: OverrideId, customer: str) -> Text | None:
    """Return the request as a title: ``Override Vltava Kov: critical → medium until 31 Mar 2027``."""
    found = overrides.get(tx, id)
    if found is None:
        return None
    said = _("Override {customer}: {model} → {grade} until {until}")
    grades = {"model": words.grade_word(found.model), "grade": words.grade_word(found.grade)}
    return said.format(customer=customer, until=words.day(found.until), **grades)


SUBJECTS = [
    Subject(
        OverrideId,
        "override",
        line,
        facts,
        settle,
        kind=lambda tx, id: ApprovalKind.OVERRIDE,
        asks=asks,
        protected=lambda tx, id: False,
        still_possible=lambda tx, id, request: None,
    )
]
