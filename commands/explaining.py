"""A score down to the file and row of each fact behind it, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from commands.kit import blocks, score_words, words
from commands.kit.contract import Refused
from commands.kit.customer import resolve
from commands.kit.i18n import _
from risk_engine.policy import Policy
from storage import lineage, scores
from storage.database import Tx
from storage.scores import Driver, Score


def explain(tx: Tx, policy: Policy, customer: str, *, sources: bool) -> Iterator[str]:
    """One customer's score: figures and drivers, with ``sources`` also every fact with its file and row.

    Raises:
        Refused: nobody is called so, or nobody scored it yet.
    """
    who = resolve(tx, customer)
    score = scores.of(tx, [who.id]).get(who.id)
    if score is None:
        raise Refused(_("{name} was never scored. `python -m bot score` scores the book.").format(name=who.name), field="customer")
    reasons = scores.drivers(tx, [score.id]).get(score.id, ())
    yield f"{blocks.clean(who.name)} ({who.id}): {score_words.grade(score.grade)}"
    yield from _figures(score)
    yield from _drivers(reasons)
    yield from (str(_("Missing: {what}").format(what=score_words.missing(line))) for line in score.missing)
    if sources:
        yield from _sources(tx, policy, score)


def _figures(score: Score) -> Iterator[str]:
    amounts = [("EAD", score.ead), ("EL", score.expected_loss)]
    shown = [f"{name} {words.money(amount, score.currency) if amount is not None else '–'}" for name, amount in amounts]
    yield " · ".join([f"PD {score_words.share(score.pd)}", f"LGD {score_words.share(score.lgd)}", *shown])


def _drivers(reasons: tuple[Driver, ...]) -> Iterator[str]:
    rows = [(score_words.grade(one.grade), score_words.driver(one), words.day(one.as_of) if one.as_of else "–") for one in reasons]
    yield _table((_("Asks for"), _("Driver"), _("As of")), rows)


def _sources(tx: Tx, policy: Policy, score: Score) -> Iterator[str]:
    run = scores.run(tx, score.run_id)
    found = lineage.inputs(tx, score, rate_max_age_days=policy.scoring.rate_max_age_days)
    rows = [
        (one.kind, one.name, one.value, words.day(one.as_of) if one.as_of else "–", one.file, one.row, "✓" if one.used else "")
        for one in found
    ]
    yield _table((_("Fact"), _("Name"), _("Value"), _("As of"), _("File"), _("Row"), _("Used")), rows)
    yield str(
        _("Run {run}, model {model}, policy {policy}, as of {day}, from what was known {at}; this version since {since}.").format(
            run=run.id,
            model=run.model,
            policy=run.policy[:12],
            day=words.day(run.as_of),
            at=words.moment(run.at),
            since=words.moment(score.known_at),
        )
    )


def _table(headings: tuple[object, ...], rows: Sequence[Sequence[object]]) -> str:
    cells = [[blocks.clean(cell) for cell in row] for row in rows]
    return tabulate(cells, headers=[str(heading) for heading in headings], tablefmt="simple", disable_numparse=True)
