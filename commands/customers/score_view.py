"""A customer's scorecard on one screen: points, sources and missing inputs."""

from __future__ import annotations

from typing import Any

from commands.customers import customer_facts
from commands.customers.customer_facts import Known
from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Blocks, Refused, Reply, Request
from commands.kit.i18n import Text, _, clauses
from commands.kit.wording import words
from commands.scoring import Behind, default_words, grade_words, score_card, score_groups, score_words
from storage.database import Tx
from storage.scoring.lineage import lineage
from storage.scoring.scores import Detail, Score


def view(tx: Tx, known: Known, request: Request) -> Reply:
    """Return the card as a table, with the reasons for the grade, condition, repayment and market moves.

    Raises:
        Refused: the customer has no score yet.
    """
    score, detail, policy = known.score, known.detail, request.policy
    if score is None or detail is None:
        raise Refused(_("{customer} has no score yet.").format(customer=masking.called(known.who)), field="customer")
    behind = Behind(detail, lineage.inputs(tx, score, policy), known.reasons)
    heading = f"{masking.called(known.who)} · {grade_words.marked(score, policy)} · {score_card.total(score)}"
    body: Blocks = [blocks.header(heading), blocks.facts(_standing(known, score, detail, request))]
    body.append(tables.table(score_card.HEADINGS, score_card.table(behind, policy), caption=_("Scorecard")))
    body += [blocks.paragraph(blocks.bold(_("Reasons"))), blocks.bullets([[score_words.reason(one)] for one in known.reasons])]
    body += _condition(known, score, detail, request)
    if moved := score_groups.moves(score, detail, policy):
        body.append(tables.table(score_groups.MOVES_HEADINGS, moved, caption=_("Market moves")))
    seen = _("{id} · scored {at} · the model's grade is the worst of its drivers")
    body.append(blocks.note(seen.format(id=known.who.id, at=words.moment(score.known_at))))
    return Reply(blocks.escape(heading), body, shareable=True)


def _standing(known: Known, score: Score, detail: Detail, request: Request) -> list[tuple[Text, Any]]:
    """Return the card in a line, preceded by the grade in force if it is an override."""
    person = score_words.standing(score, known.reasons, known.override) if known.override else None
    whole = score_card.line(score, detail, request.policy) or _("no scorecard input known")
    return [(_("Grade"), person), (_("Range"), grade_words.spread(score, detail, request.policy)), (_("Scorecard"), whole)]


def _condition(known: Known, score: Score, detail: Detail, request: Request) -> Blocks:
    policy = request.policy
    project = " · ".join(f"{name} {value}" for name, value in score_groups.project(detail, policy))
    pairs: list[tuple[Text, Any]] = [
        (_("Altman"), score_groups.altman(detail, known.who.kind, policy)),
        (_("Guarantee"), customer_facts.guarantee(known)),
        (_("Repayment"), score_groups.ability(score, detail, policy)),
        (_("Project"), project or None),
        (_("Provision"), score_groups.provision(score, detail)),
        (_("Category"), default_words.category(score_groups.category(score), detail.figures) if score.category else None),
        (_("Not known"), score_card.unknown(detail, policy)),
        (_("Missing"), clauses(score_words.missing(line) for line in score.missing) or None),
    ]
    return [blocks.facts(pairs)] if any(value is not None for _label, value in pairs) else []
