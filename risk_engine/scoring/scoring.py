"""Scoring: from columns of facts to columns of figures, grades and their drivers, for any number of customers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.categorical import Coded, joined
from risk_engine.classification import loan_categories
from risk_engine.facts.facts import Facts, Floats, Places, Texts
from risk_engine.financials import financial_figures
from risk_engine.financials.financial_figures import FinancialFigures
from risk_engine.grading import Grades
from risk_engine.impairment.staging import Stage
from risk_engine.loans import loans
from risk_engine.loans.loans import Loans
from risk_engine.market import market_exposure
from risk_engine.measure import divided
from risk_engine.operational import operational
from risk_engine.policy.policy import Policy
from risk_engine.projects import projected_cover
from risk_engine.ratings import rating
from risk_engine.ratings.rating import Counted, Marks
from risk_engine.repayment import repayment_capacity
from risk_engine.scoring import scorecard
from risk_engine.scoring.drivers import Driver, drivers, graded
from risk_engine.scoring.missing_inputs import missing
from risk_engine.security import guarantees

# the version of the method; change it with the method
MODEL = "card-1"
# the columns of this many customers fit into the processor's cache
CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Scores:
    """Every customer's figures, amounts in ``currency``; NaN is not computable, and ``missing`` lists the missing inputs.

    ``grades`` are the grades in force: the model's (``model_grades``), or a person's override. ``sources`` are the versions of facts
    behind the figures, by kind; 0 is none.
    """

    customers: Texts
    currency: str
    grades: Grades
    model_grades: Grades
    figures: dict[str, Floats]
    sources: dict[str, Places]
    missing: Coded
    drivers: tuple[Driver, ...]

    def __len__(self) -> int:
        return len(self.customers)


def score(policy: Policy, facts: Facts) -> Scores:
    """Score every customer; a customer's figures do not depend on the other customers or on the order of the facts.

    PD from the applicable letter; exposure, losses and stages by facility in the reporting currency; figures of the accounts; the
    scorecard over all of them; and the grade as the worst that the card and its floors require. A missing input makes the figures
    that need it not computable.
    """
    facts = facts.by_owner()
    letters = tuple(dict.fromkeys((*facts.ratings.letters.names, *facts.facilities.origination.names)))
    known = rating.marks(policy.scoring, policy.migration, facts.ratings.agencies, facts.ratings.scales, letters)
    facts = _followed(known, policy, facts)
    parts = (_part(policy, known, facts.part(start, start + CHUNK)) for start in range(0, max(len(facts), 1), CHUNK))
    return _together(parts, len(facts))


def _followed(known: Marks, policy: Policy, facts: Facts) -> Facts:
    """Return the facts with guarantors' defaults passed to their debtors, the only effect between customers."""
    links, lent = facts.guarantees, facts.facilities
    if not len(links.guarantor):
        return facts
    now = rating.counted(policy.scoring, known, facts.ratings, len(facts))
    days = policy.impairment.staging.impaired_from_days
    defaulted = (now.pd >= 1.0) | (np.bincount(lent.owner, lent.days_past_due >= days, len(facts)) > 0)
    by = guarantees.reached(guarantees.Guarantees(links.guarantor, links.debtor), defaulted).by
    names = np.append(facts.customers.ids, np.array([None], dtype=object))[by]
    return replace(facts, customers=replace(facts.customers, reached=by, reached_by=names))


def _part(policy: Policy, known: Marks, facts: Facts) -> Scores:
    """Return the scores of a part of the book, as if there were no other customers."""
    now = rating.counted(policy.scoring, known, facts.ratings, len(facts))
    lent = loans.valued(policy, known, facts, now)
    stands = financial_figures.financial_figures(policy, facts)
    figures = {"pd": now.pd} | _by_customer(facts, lent) | stands.figures
    figures |= repayment_capacity.figures(policy, facts, lent.plans, lent.drawn, lent.secured)
    figures |= projected_cover.figures(policy, facts, lent.drawn, lent.remaining)
    figures |= market_exposure.moved(policy, market_exposure.exposures(facts, lent.drawn))
    happened = operational.operation(policy.operational, _incidents(policy, facts), facts.as_of, len(facts))
    figures |= {"incident_score": happened.scores}
    looked_at = _for_the_card(policy, figures, facts)
    marks = scorecard.mark(policy.scoring.card, looked_at)
    figures |= _card_figures(marks)
    found = drivers(policy, facts, now, figures, happened, lent.days_past_due, scorecard.asked(policy.scoring.card, marks))
    model = graded(found)
    figures |= _moved_grades(policy, marks, looked_at, figures, found)
    override = facts.customers.override
    return Scores(
        customers=facts.customers.ids,
        currency=policy.scoring.currency,
        grades=np.where(override > 0, override, model).astype(np.int8),
        model_grades=model,
        figures=figures,
        sources=_sources(facts, now, stands),
        missing=missing(facts, now),
        drivers=found,
    )


def _by_customer(facts: Facts, lent: Loans) -> dict[str, Floats]:
    """Return sums, means and worsts over each customer's facilities; NaN without any, or if one is not computable."""
    owner, count = facts.facilities.owner, len(facts)
    none = np.bincount(owner, minlength=count) == 0
    amounts = {"exposure": lent.drawn, "ead": lent.ead, "expected_loss": lent.expected_loss, "ecl": lent.ecl}
    amounts |= {"rwa": lent.rwa, "rwa_standard": lent.rwa_standard}
    sums = {name: np.where(none, np.nan, credit.total(owner, column, count)) for name, column in amounts.items()}
    stages = lent.staged.stages.astype(np.float64)
    worst = credit.worst_of(owner, np.where(stages == Stage.NONE, np.nan, stages), count)
    late = credit.worst_of(owner, lent.days_past_due, count)
    return {
        "lgd": credit.weighted(owner, lent.lgd, lent.ead, count),
        "secured_share": np.where(none, np.nan, divided(credit.total(owner, lent.secured, count), sums["ead"])),
        "days_past_due": np.append(lent.days_past_due, np.nan)[late],
        "stage": np.append(stages, np.nan)[worst],
        "category": loan_categories.debtors(facts, lent.category, owner),
        **sums,
    }


def _incidents(policy: Policy, facts: Facts) -> operational.Incidents:
    rows = facts.incidents
    return operational.Incidents(rows.owner, operational.codes(policy.operational, rows.kinds), rows.severity, rows.as_of, rows.resolved)


def _moved_grades(
    policy: Policy, marks: scorecard.Marks, looked_at: Mapping[str, Floats], figures: Mapping[str, Floats], found: tuple[Driver, ...]
) -> dict[str, Floats]:
    """Return the model's grade under each of the policy's moves: the stressed card with unchanged floors."""
    card, grades = policy.scoring.card, {}
    floors = graded(tuple(driver for driver in found if driver.name != "scorecard"))
    for move in policy.sensitivity.move:
        changed = {}
        for name in ("dscr", "interest_coverage"):
            after = figures[f"{name}.{move.name}"]
            changed[name] = np.where(np.isnan(after), looked_at[name], after) if name in looked_at else after
        asked = scorecard.asked(card, scorecard.marked_anew(card, marks, changed))
        grades[f"grade.{move.name}"] = np.maximum(floors, asked).astype(np.float64)
    return grades


def _for_the_card(policy: Policy, figures: Mapping[str, Floats], facts: Facts) -> dict[str, Floats]:
    """Return the card's inputs: figures of the engine, or readings where the engine computes none."""
    nothing = np.full(len(facts), np.nan)
    found = {}
    for name in policy.scoring.card.measures:
        reading = facts.readings[name].values if name in facts.readings else nothing
        found[name] = np.where(np.isnan(figures[name]), reading, figures[name]) if name in figures else reading
    return found


def _card_figures(marks: scorecard.Marks) -> dict[str, Floats]:
    whole = {"points": marks.score, "confidence": marks.confidence, "points_lowest": marks.lowest, "points_highest": marks.highest}
    factors = {f"points.{name}": column for name, column in marks.factors.items()}
    return whole | factors | {f"points.{factor}.{measure}": column for (factor, measure), column in marks.points.items()}


def _sources(facts: Facts, now: Counted, stands: FinancialFigures) -> dict[str, Places]:
    letter = np.append(facts.ratings.ids, 0)[now.place]
    found = {"rating": letter, "statement": facts.accounts.ids, "override": facts.customers.override_ids}
    for name, reading in facts.readings.items():
        found[f"observation.{name}"] = np.where(stands.observed[name], reading.ids, 0) if name in stands.observed else reading.ids
    return found


def _together(parts: Iterator[Scores], count: int) -> Scores:
    """Return the scores of all parts in order; each part is copied into the whole columns and then released."""
    first = next(parts)
    if len(first) == count:
        return first
    whole, start, lines = _of_length(first, count), 0, []
    for part in itertools.chain([first], parts):
        for column, piece in zip(_columns(whole), _columns(part), strict=True):
            column[start : start + len(part)] = piece
        lines.append(part.missing)
        start += len(part)
    return replace(whole, missing=joined(lines))


def _of_length(first: Scores, count: int) -> Scores:
    """Return empty scores of another length, with columns like these."""

    def empty(column: NDArray[Any]) -> NDArray[Any]:
        return np.empty(count, dtype=column.dtype)

    return replace(
        first,
        customers=empty(first.customers),
        grades=empty(first.grades),
        model_grades=empty(first.model_grades),
        figures={name: empty(column) for name, column in first.figures.items()},
        sources={name: empty(column) for name, column in first.sources.items()},
        drivers=tuple(
            replace(one, grades=empty(one.grades), values=empty(one.values), as_of=empty(one.as_of), references=empty(one.references))
            for one in first.drivers
        ),
    )


def _columns(scores: Scores) -> Iterator[NDArray[Any]]:
    yield from (scores.customers, scores.grades, scores.model_grades, *scores.figures.values(), *scores.sources.values())
    for driver in scores.drivers:
        yield from (driver.grades, driver.values, driver.as_of, driver.references)
