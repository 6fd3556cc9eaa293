"""/risk default CUSTOMER: the customer's state as to default, and the judgements about it on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commands.approvals import decided_by
from commands.classification import default_ending, judgement_words
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Blocks, Card, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, clauses, labelled
from commands.kit.input.customer import Ambiguous, CustomerText, resolve, typed
from commands.kit.wording import words
from commands.scoring import default_words, grade_words, suggesting
from risk_engine.audit.secrecy import Secrecy
from risk_engine.classification.judgement import Judgement
from risk_engine.people.roles import Right
from risk_engine.references import JudgementId, ours
from storage.approvals import approvals
from storage.classification import judgements
from storage.customers import customers
from storage.customers.customers import Customer
from storage.database import Tx
from storage.scoring import scores
from storage.scoring.scores import Detail, Score


class DefaultArgs(Args):
    customer: CustomerText


def default(args: DefaultArgs, request: Request, tx: Tx) -> Reply:
    if (judgement := judgement_named(args.customer, tx)) is not None:
        return show_judgement(judgement, request, tx)
    try:
        who = resolve(tx, args.customer)
    except Ambiguous as several:
        choices = [(Text(masking.with_id(id, name)), DefaultArgs(customer=typed(id))) for id, name in several.candidates]
        return Reply(blocks.marked(several.sentence), [blocks.paragraph(several.sentence)], pages=choices)
    score = scores.of(tx, [who.id], at=request.as_of).get(who.id)
    detail = scores.detail(tx, score) if score else None
    found = judgements.on_record(tx, who.id, at=request.as_of)
    heading = labelled(masking.called(who), _state(detail.figures) if detail else _("not scored yet"))
    body: Blocks = [
        blocks.header(heading),
        blocks.facts(_facts(score, detail, request)),
        *_suggested(who, detail, tx),
        *_judged(found, request),
        blocks.note(_("{id} · as known {at}").format(id=who.id, at=words.moment(request.as_of or request.at))),
    ]
    return Reply(_gist(who, score, detail, found, request), body, shareable=True)


def _facts(score: Score | None, detail: Detail | None, request: Request) -> list[tuple[Text, Any]]:
    """Return default, stage and category with their reasons, the ways out of a default, and the figures; None for an unknown value."""
    if score is None:
        return [(_("Grade"), _("not scored yet"))]
    figures = detail.figures if detail else {}
    late = figures.get("days_past_due")
    return [
        (_("Default"), default_words.default(figures, score.currency) or _("not in default")),
        (_("Ends after"), default_ending.ending(figures, request.policy)),
        (_("Stage of IFRS 9"), default_words.stage(score.stage, figures, score.currency)),
        (_("Loan category"), default_words.category(words.category(score.category), figures)),
        (_("Days past due"), words.reading(late, "days") if late is not None else None),
        (_("Grade"), grade_words.marked(score, request.policy)),
        (_("PD"), words.share(score.pd) if score.pd is not None else None),
    ]


def _suggested(who: Customer, detail: Detail | None, tx: Tx) -> Blocks:
    """Return a sharp external downgrade that somebody should judge."""
    one = suggesting.open_suggestion(tx, detail) if detail else None
    if one is None:
        return []
    fall = suggesting.fall(one.agency, one.before, one.after, one.since)
    sentence = _("Sharp external downgrade, {fall}: if it is unlikely to pay, propose {command} with a reason.")
    return [blocks.sentence(sentence.format(fall=fall, command=suggesting.command(who.id, one.since)))]


def _judged(found: list[Judgement], request: Request) -> Blocks:
    if not found:
        return [blocks.paragraph(blocks.bold(_("Judgements")), "  ", _("none on record"))]
    lines = [judgement_words.line(one, request.today) for one in found]
    return [blocks.paragraph(blocks.bold(_("Judgements"))), blocks.bullets(lines)]


def _gist(who: Customer, score: Score | None, detail: Detail | None, found: list[Judgement], request: Request) -> str:
    standing = [f"{one.id} {judgement_words.what(one)}" for one in found if one.in_force(request.today)]
    parts = [
        masking.called(who),
        _state(detail.figures) if detail else None,
        words.stage(score.stage) if score and score.stage else None,
        words.category(score.category) if score else _("not scored yet"),
        clauses(standing) or _("no judgement in force"),
    ]
    return " · ".join(blocks.escape(str(part)) for part in parts if part is not None)


def _state(figures: Mapping[str, float | None]) -> Text:
    return _("in default") if figures.get("default_reasons") else _("not in default")


# --- one judgement ---------------------------------------------------------------------------------------------------


def judgement_named(text: str, tx: Tx) -> JudgementId | None:
    """Return the judgement that a text means; None for other texts, and for a customer's id without such a judgement."""
    named = ours(text)
    if named is None or not named.startswith(f"{JudgementId.letter}-"):
        return None
    judgement = JudgementId.parse(named)
    return None if judgements.get(tx, judgement) is None and customers.get(tx, text) is not None else judgement


def show_judgement(id: JudgementId, request: Request, tx: Tx) -> Reply:
    """Return one judgement with its state, its consequence and its decision."""
    found = judgements.get(tx, id)
    who = customers.get(tx, found.customer) if found else None
    if found is None or who is None:
        raise Refused(
            _("There is no {judgement}. `/risk default CUSTOMER` lists a customer's judgements.").format(judgement=id), field="customer"
        )
    asked = approvals.of_subject(tx, found.id)
    gist = f"{found.id} · {masking.called(who)} · {judgement_words.what(found)} · {judgement_words.state(found, request.today)}"
    decided = None
    if asked is not None and asked.verdict is not None and asked.decided_at is not None:
        decided = [*decided_by(asked), f" · {words.moment(asked.decided_at)} · {asked.id}"]
    pairs: list[tuple[Text, Any]] = [
        (_("Judgement"), str(judgement_words.what(found))),
        (_("State"), str(judgement_words.state(found, request.today))),
        (_("Consequence"), str(judgement_words.effect(found, judgements.get(tx, found.ends) if found.ends else None))),
        (_("Why"), blocks.quoted(found.reason)),
        (_("Proposed by"), [blocks.person(found.proposed_by), f" · {words.moment(found.proposed_at)}"]),
        (_("Decided by"), decided),
    ]
    return Reply(blocks.escape(gist), [blocks.header(f"{found.id} · {masking.called(who)}"), blocks.facts(pairs)])


COMMAND = Command(
    "default",
    DefaultArgs,
    default,
    right=Right.READ,
    summary=_("Whether a customer is in default, and the judgements about it"),
    examples=["default VK-01", "default Vltava Kov a.s."],
    title=_("Default of a customer"),
    submit=_("Show"),
    order=24,
    more="default propose",
    classification=Secrecy.CONFIDENTIAL,
)
CARDS = [Card(JudgementId, show_judgement)]
