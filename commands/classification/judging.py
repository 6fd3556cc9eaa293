"""/risk default CUSTOMER unlikely|rebut|void|end "why": a judgement about a customer's default, once somebody else approves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import ask_for, withdraw_button
from commands.classification import judgement_words
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Refused, Reply, Request, Subject
from commands.kit.i18n import Text, _, listed, noted
from commands.kit.input.customer import Ambiguous, CustomerText, resolve_to_change
from commands.kit.input.fields import AnyCase, Ask, Day
from commands.kit.wording import words
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.classification import judgement as engine
from risk_engine.classification.events import JudgementProposed
from risk_engine.classification.judgement import Judgement
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.classification.refusals import TermNotTaken
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.references import JudgementId
from storage.classification import judgements
from storage.customers import customers
from storage.customers.customers import Customer
from storage.database import Tx
from storage.scoring import scores


class Wish(StrEnum):
    """The wanted judgement."""

    UNLIKELY = "unlikely"
    REBUT = "rebut"
    VOID = "void"
    END = "end"


_KINDS = {
    Wish.UNLIKELY: JudgementKind.UNLIKELY_TO_PAY,
    Wish.REBUT: JudgementKind.REBUTTAL,
    Wish.VOID: JudgementKind.VOID,
    Wish.END: JudgementKind.END,
}


class JudgeArgs(Args):
    customer: CustomerText
    judgement: Annotated[Wish, AnyCase, Ask(_("Judgement"), hint=_("The end of a judgement also needs an approval"))]
    reason: Annotated[str, Field(min_length=10, max_length=1000), Ask(_("Why"), multiline=True, rest=True)]
    since: Annotated[Day | None, Ask(_("Since"), hint=_("For “unlikely to pay”; today, if left empty"))] = None
    until: Annotated[Day | None, Ask(_("Until"), hint=_("For a rebuttal only: its last day"))] = None
    ends: Annotated[JudgementId | None, Ask(_("Judgement to end"), hint=_("For an end, if several are in force: as J-1"))] = None


def judge(args: JudgeArgs, request: Request, tx: Tx) -> Reply:
    who, kind = resolve_to_change(tx, args.customer), _KINDS[args.judgement]
    if (before := judgements.waiting(tx, who.id, kind)) is not None:
        raise Refused(_("{judgement} for {customer} is already pending.").format(judgement=before.id, customer=masking.called(who)))
    proposed, happened = _ended(args, who, request, tx) if kind is JudgementKind.END else _judged(args, kind, who, request, tx)
    judgements.add(tx, proposed)
    record(tx, happened, request.policy, request_key=request.key)
    asked = ask_for(proposed.id, who.id, args.reason, request, tx)
    gist = _("{judgement} is proposed: {customer}, {what}; {approval} is with the approvers.").format(
        judgement=proposed.id, customer=masking.called(who), what=judgement_words.what(proposed), approval=asked.id
    )
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), blocks.facts(_facts(proposed, tx)), withdraw_button(asked)])


def _judged(args: JudgeArgs, kind: JudgementKind, who: Customer, request: Request, tx: Tx) -> tuple[Judgement, JudgementProposed]:
    if args.ends is not None:
        raise Refused(
            _("“ends” is for “end” only: leave it out, or propose the end of {judgement}.").format(judgement=args.ends), field="ends"
        )
    standing = next((one for one in judgements.in_force(tx, who.id, on=request.today) if one.kind is kind), None)
    proposed = engine.propose(
        judgements.next_id(tx),
        customer=who.id,
        kind=kind,
        since=args.since,
        until=args.until,
        reason=args.reason,
        standing=standing,
        policy=request.policy.default,
        by=request.user,
        at=request.at,
        today=request.today,
    )
    if kind is JudgementKind.VOID:
        _check_default(who, tx)
    return proposed


def _check_default(who: Customer, tx: Tx) -> None:
    """Refuse to withdraw a default where there is none."""
    score = scores.of(tx, [who.id]).get(who.id)
    if score is None or not scores.detail(tx, score).figures.get("default_reasons"):
        sentence = _("{customer} is not in default, so there is no default to withdraw as a mistake.")
        raise Refused(sentence.format(customer=masking.called(who)), field="judgement")


def _ended(args: JudgeArgs, who: Customer, request: Request, tx: Tx) -> tuple[Judgement, JudgementProposed]:
    for field, value in (("since", args.since), ("until", args.until)):
        if value is not None:
            raise TermNotTaken(kind=JudgementKind.END, field=field)
    standing = _to_end(args.ends, who, request, tx)
    return engine.end(judgements.next_id(tx), standing, reason=args.reason, by=request.user, at=request.at, today=request.today)


def _to_end(named: JudgementId | None, who: Customer, request: Request, tx: Tx) -> Judgement:
    """Return the judgement in force that is meant: the named one, or the only one."""
    standing = judgements.in_force(tx, who.id, on=request.today)
    if not standing:
        raise Refused(_("No judgement is in force for {customer}.").format(customer=masking.called(who)), field="judgement")
    if named is None and len(standing) == 1:
        return standing[0]
    found = next((one for one in standing if one.id == named), None)
    if found is None:
        said = listed(noted(one.id, judgement_words.what(one)) for one in standing)
        sentence = _("In force for {customer}: {judgements}. Name the one to end, as {example}.")
        raise Refused(sentence.format(customer=masking.called(who), judgements=said, example=f"`ends={standing[0].id}`"), field="ends")
    return found


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Return stage, category and judgements in force, for the form."""
    if "customer" not in values:
        return None
    try:
        who = resolve_to_change(tx, values["customer"])
    except Ambiguous:
        return None
    standing = judgements.in_force(tx, who.id, on=request.today)
    parts = [masking.called(who), *_state(who.id, tx), *(f"{one.id} {judgement_words.what(one)}" for one in standing)]
    return " · ".join(str(part) for part in parts)


def _state(customer: str, tx: Tx) -> list[Text]:
    """Return stage and category; empty before the first scoring."""
    score = scores.of(tx, [customer]).get(customer)
    if score is None:
        return []
    found = (words.stage(score.stage) if score.stage else None, words.category(score.category))
    return [one for one in found if one is not None]


# --- as the subject of an approval -----------------------------------------------------------------------------------


def line(tx: Tx, id: JudgementId) -> Sequence[Any] | None:
    """Return the judgement, on one line."""
    found = judgements.get(tx, id)
    return None if found is None else [" · ", blocks.bold(judgement_words.what(found)), "  ", blocks.quoted(found.reason)]


def asks(tx: Tx, id: JudgementId, customer: str) -> Text | None:
    """Return the request as a title."""
    found = judgements.get(tx, id)
    return None if found is None else _("Judge {customer}: {judgement}").format(customer=customer, judgement=judgement_words.what(found))


def facts(tx: Tx, id: JudgementId) -> Sequence[tuple[Text, Any]]:
    """Return the facts for a decision about a judgement."""
    found = judgements.get(tx, id)
    return [] if found is None else _facts(found, tx)


def _facts(found: Judgement, tx: Tx) -> list[tuple[Text, Any]]:
    ended = judgements.get(tx, found.ends) if found.ends is not None else None
    return [
        (_("Judgement"), f"{found.id} · {judgement_words.what(found)}"),
        (_("About"), f"{ended.id} · {judgement_words.what(ended)} · {blocks.quoted(ended.reason)}" if ended else None),
        (_("If approved"), str(judgement_words.effect(found, ended))),
        (_("Why"), blocks.quoted(found.reason)),
    ]


def settle(tx: Tx, id: JudgementId, verdict: ProposalState) -> None:
    """Apply a decision to the judgement; an approved end also ends the judgement that it is about."""
    found = judgements.get(tx, id)
    if found is None:
        return
    judgements.save(tx, found.become(verdict))
    ended = judgements.get(tx, found.ends) if found.ends is not None else None
    if ended is not None and verdict is ProposalState.APPROVED:
        judgements.save(tx, ended.become(ProposalState.ENDED))


def picture(tx: Tx, id: JudgementId, policy: Policy) -> Mapping[str, Any]:
    """Return stage, category and overdue amount, which may change while the judgement is pending."""
    found = judgements.get(tx, id)
    score = scores.of(tx, [found.customer]).get(found.customer) if found else None
    if score is None:
        return {}
    overdue = scores.detail(tx, score).figures.get("overdue_amount")
    late = {"overdue": {score.currency: str(Decimal(overdue).quantize(Decimal("0.01")))}} if overdue else {}
    return {"stage": score.stage, "category": score.category, **late}


def still_possible(tx: Tx, id: JudgementId, request: Request) -> None:
    """Refuse an approval of a rebuttal that has expired, of the end of a judgement that is over, and of a void without a default."""
    found = judgements.get(tx, id)
    if found is not None:
        who = customers.get(tx, found.customer)
        if found.kind is JudgementKind.VOID and who is not None:
            _check_default(who, tx)
        engine.check_possible(found, judgements.get(tx, found.ends) if found.ends else None, request.policy.default, request.today)


COMMAND = Command(
    "default propose",
    JudgeArgs,
    judge,
    right=Right.PROPOSE,
    summary=_("Propose a judgement about a customer's default; someone else approves it"),
    examples=[
        'default VK-01 unlikely "the parent has withdrawn its support"',
        'default VK-01 rebut until=2027-02-28 "paid on Friday, booked on Monday"',
        'default VK-01 void "the ledger of 3 May was wrong"',
        'default VK-01 end "the parent supports it again"',
    ],
    writes=True,
    title=_("Judge a default"),
    submit=_("Propose"),
    ready=ready,
    order=24,
    classification=Secrecy.CONFIDENTIAL,
)
SUBJECTS = [
    Subject(
        JudgementId,
        "default",
        line,
        facts,
        settle,
        kind=lambda tx, id: ApprovalKind.DEFAULT,
        picture=picture,
        asks=asks,
        protected=lambda tx, id: False,
        still_possible=still_possible,
    )
]
