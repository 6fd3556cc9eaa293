"""Explanation of a score, down to the file and row of each fact, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from commands.kit import blocks
from commands.kit.contract import Refused
from commands.kit.i18n import Text, _, labelled, noted, pgettext
from commands.kit.input.customer import resolve
from commands.kit.wording import words
from commands.scoring import fact_words, grade_words, score_card, score_groups, score_words, scoring
from commands.scoring.score_card import Behind
from risk_engine.policy.policy import Policy
from risk_engine.references import OverrideId
from storage.customers.customers import Customer
from storage.database import Tx
from storage.scoring import overrides, scores, transient_score
from storage.scoring.lineage import lineage
from storage.scoring.lineage.lineage import Input
from storage.scoring.score_drivers import Driver
from storage.scoring.score_writing import Origin
from storage.scoring.scores import Detail, Finding, Score


def explain(tx: Tx, policy: Policy, customer: str, *, sources: bool) -> Iterator[str]:
    """Yield one customer's score: grade, scorecard, drivers and figures; with ``sources`` also facts with file and row.

    Raises:
        Refused: there is no such customer, or it has no score yet.
    """
    who = resolve(tx, customer)
    score = scores.of(tx, [who.id]).get(who.id)
    if score is None:
        raise Refused(_("{name} has never been scored. `python -m bot score` scores the book.").format(name=who.name), field="customer")
    yield from _explained(tx, policy, who, scores.finding(tx, score), sources)


def explain_past(tx: Tx, policy: Policy, customer: str, origin: Origin, *, sources: bool) -> Iterator[str]:
    """Score one customer as it was known at a moment, store nothing, and yield the score like :func:`explain`.

    Raises:
        Refused: there is no such customer, or it was not yet in the book on that day.
    """
    who = resolve(tx, customer)
    one = scoring.everybody(tx, known_at=origin.facts_at).only([who.id])
    facts = scoring.look(tx, policy, as_of=origin.as_of, known_at=origin.facts_at, book=one)
    finding = transient_score.finding(tx, scoring.compute(policy, facts, one), who.id, origin)
    if finding is None:
        raise Refused(_("{name} was not in the book on {day}.").format(name=who.name, day=words.day(origin.as_of)), field="customer")
    yield str(_("As of {day}, from the data known at the end of that day; not stored.").format(day=words.day(origin.as_of)))
    yield from _explained(tx, policy, who, finding, sources)


def _explained(tx: Tx, policy: Policy, who: Customer, finding: Finding, sources: bool) -> Iterator[str]:
    score, detail, reasons = finding.score, finding.detail, finding.drivers
    facts = lineage.behind(tx, finding, policy)
    person = overrides.get(tx, OverrideId(score.override_id)) if score.override_id else None
    yield labelled(noted(blocks.clean(who.name), who.id), score_words.standing(score, reasons, person))
    spread = grade_words.spread(score, detail, policy)
    ranged = None if spread is None else _("Range: {range}").format(range=spread)
    yield from map(str, filter(None, [ranged, score_card.line(score, detail, policy)]))
    yield from _titled(_("Scorecard"), score_card.HEADINGS, score_card.table(Behind(detail, facts, reasons), policy), score_card.RIGHT)
    yield from _titled(_("Drivers"), (pgettext("score", "Request"), _("Driver"), _("As of")), [_driver(one) for one in reasons])
    yield from _groups(who, score, detail, policy)
    yield from _lacking(score, detail, policy)
    if sources:
        yield from _sources(finding, facts)


def _driver(one: Driver) -> tuple[str, ...]:
    return words.grade(one.grade), score_words.driver(one), words.day(one.as_of) if one.as_of else "–"


def _groups(who: Customer, score: Score, detail: Detail, policy: Policy) -> Iterator[str]:
    groups = [
        (_("Credit"), score_groups.credit(score, detail, policy)),
        (_("Capital"), score_groups.capital(score, detail, policy)),
        (_("Financial condition"), score_groups.condition(detail, who.kind, policy)),
        (_("Repayment"), score_groups.repayment(score, detail, policy)),
        (_("Project"), score_groups.project(detail, policy)),
    ]
    for title, pairs in groups:
        yield from _titled(title, (), pairs)
    yield from _titled(_("Market moves"), score_groups.MOVES_HEADINGS, score_groups.moves(score, detail, policy), (1, 2))


def _lacking(score: Score, detail: Detail, policy: Policy) -> Iterator[str]:
    lines = [score_words.missing(line) for line in score.missing]
    if (figures := score_card.unknown(detail, policy)) is not None:
        lines.append(figures)
    if lines:
        yield from ("", str(_("Missing")), *(f"  {line}" for line in lines))


def _sources(finding: Finding, facts: Sequence[Input]) -> Iterator[str]:
    run = finding.run
    rows = [_fact(one) for one in facts]
    yield from _titled(_("Facts"), (_("Fact"), _("Name"), _("Value"), _("As of"), _("File"), _("Row"), _("Used")), rows)
    if not run.id:
        told = _("Model {model}, policy {policy}, as of {day}, from what was known {at}.")
        yield str(told.format(model=run.model, policy=run.policy[:12], day=words.day(run.as_of), at=words.moment(run.at)))
        return
    yield str(
        _("Run {run}, model {model}, policy {policy}, as of {day}, from what was known {at}; this version since {since}.").format(
            run=run.id,
            model=run.model,
            policy=run.policy[:12],
            day=words.day(run.as_of),
            at=words.moment(run.at),
            since=words.moment(finding.score.known_at),
        )
    )
    if (next_change := finding.score.next_change) is not None:
        yield str(_("If nothing is reported, the score may change on {day} at the earliest.").format(day=words.day(next_change)))


def _fact(one: Input) -> tuple[object, ...]:
    when = words.day(one.as_of) if one.as_of else "–"
    return (
        words.label(one.kind),
        fact_words.name(one),
        fact_words.value(one),
        when,
        one.file or "–",
        one.row or "–",
        "✓" if one.used else "",
    )


def _titled(title: Text, headings: Sequence[object], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> Iterator[str]:
    """Yield a table under its name; nothing without rows."""
    if not rows:
        return
    cells = [[blocks.clean(cell) for cell in row] for row in rows]
    align = ["right" if column in right else "left" for column in range(len(cells[0]))]
    shown = tabulate(
        cells,
        headers=[str(heading) for heading in headings],
        tablefmt="simple" if headings else "plain",
        colalign=align,
        disable_numparse=True,
    )
    yield from ("", str(title), *(f"  {line}" for line in shown.splitlines()))
