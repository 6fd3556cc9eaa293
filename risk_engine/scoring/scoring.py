"""Scoring: from columns of facts to columns of figures, grades and their drivers, for any number of customers."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.arrears.loan_arrears import LoanArrears
from risk_engine.capital import financial_firms, group_sales, loan_capital, slotting
from risk_engine.categorical import Coded, joined
from risk_engine.classification import default, evidence, loan_categories
from risk_engine.classification.default import Default
from risk_engine.conduct import conduct, lateness
from risk_engine.facts import ageing
from risk_engine.facts.facts import Dates, Facts, Floats, Places, Texts
from risk_engine.financials import financial_figures
from risk_engine.grading import Grades
from risk_engine.impairment.staging import Stage
from risk_engine.indicators.settling import Settled
from risk_engine.loans import loans
from risk_engine.loans.loans import Exposures, Losses
from risk_engine.market import market_exposure
from risk_engine.measure import divided
from risk_engine.operational import operational
from risk_engine.operational.operational import Operation
from risk_engine.policy.card_policy import FROM_PD, Card
from risk_engine.policy.policy import Policy
from risk_engine.projects import projected_cover
from risk_engine.ratings import customer_pd, downgrades, rating
from risk_engine.ratings.customer_pd import CustomerPd, PointsLine
from risk_engine.ratings.rating import Counted, Marks
from risk_engine.repayment import repayment_capacity
from risk_engine.scoring import default_rows, next_change, scorecard, settled_figures
from risk_engine.scoring.default_rows import DefaultRows
from risk_engine.scoring.drivers import Driver, Late, drivers, graded
from risk_engine.scoring.missing_inputs import missing
from risk_engine.scoring.settled_figures import Ratios
from risk_engine.security import guaranteed, guarantees

# the version of the card's method and packaged weights: a change of either takes a new one, and a line in docs/model.md
MODEL = "card-3"
# the columns of this many customers fit into the processor's cache
CHUNK = 16_384
# the card cannot contain these, so what was reported of them is settled after it
_AFTER_THE_CARD = FROM_PD | {"pd"}


@dataclass(frozen=True, slots=True)
class Scores:
    """Every customer's figures, amounts in ``currency``; NaN is not computable, and ``missing`` lists the missing inputs.

    ``grades`` are the grades in force: the model's (``model_grades``), or a person's override. ``sources`` are the versions of facts
    behind the figures, by kind; 0 is none. ``next_change`` is the first day on which the same facts may give another score, NaT for none.
    """

    customers: Texts
    currency: str
    grades: Grades
    model_grades: Grades
    figures: dict[str, Floats]
    sources: dict[str, Places]
    missing: Coded
    drivers: tuple[Driver, ...]
    defaults: DefaultRows
    next_change: Dates

    def __len__(self) -> int:
        return len(self.customers)

    def at(self, places: Places) -> Scores:
        """Return the scores of the customers at these places."""
        return replace(
            self,
            customers=self.customers[places],
            grades=self.grades[places],
            model_grades=self.model_grades[places],
            figures={name: column[places] for name, column in self.figures.items()},
            sources={name: column[places] for name, column in self.sources.items()},
            missing=self.missing[places],
            drivers=tuple(driver.at(places) for driver in self.drivers),
            defaults=default_rows.at(self.defaults, places, len(self)),
            next_change=self.next_change[places],
        )


def score(policy: Policy, facts: Facts) -> Scores:
    """Score every customer; a customer's figures do not depend on the other customers or on the order of the facts.

    Exposure by facility in the reporting currency; figures of the accounts; the scorecard over them and the applicable letter; the PD,
    and then losses and stages; and the grade as the worst that the card and its floors require. A missing input makes the figures that
    need it not computable.
    """
    facts = facts.by_owner()
    letters = tuple(dict.fromkeys((*facts.ratings.letters.names, *facts.facilities.origination.names, *facts.former.letters.names)))
    known = rating.marks(policy.scoring, policy.migration, facts.ratings.agencies, facts.ratings.scales, letters)
    facts = _followed(known, policy, group_sales.followed(policy, facts))
    line = customer_pd.points_line(policy.scoring, policy.migration)
    parts = (_part(policy, known, line, facts.part(start, start + CHUNK)) for start in range(0, max(len(facts), 1), CHUNK))
    return _together(parts, len(facts))


def _followed(known: Marks, policy: Policy, facts: Facts) -> Facts:
    """Return the facts with guarantors' defaults passed to their debtors, and with the PDs of guarantors."""
    links = facts.guarantees
    if not len(links.guarantor):
        return facts
    now = rating.counted(policy.scoring, known, facts.ratings, len(facts), oldest=ageing.oldest(facts.as_of, policy.data.rating_days))
    defaulted = _default(policy, facts, now, loans.arrears(policy, facts), loans.worth(facts)).customers
    by = guarantees.reached(guarantees.Guarantees(links.guarantor, links.debtor), defaulted).by
    names = np.append(facts.customers.ids, np.array([None], dtype=object))[by]
    answered = np.bincount(links.debtor, minlength=len(facts)) > 0
    facts = replace(facts, customers=replace(facts.customers, reached=by, reached_by=names, guaranteed=answered))
    return guaranteed.told(policy, facts, np.append(now.raw, np.nan)[now.place], defaulted, loan_capital.turnover(policy, facts))


def _part(policy: Policy, known: Marks, line: PointsLine, facts: Facts) -> Scores:
    """Return the scores of a part of the book, as if there were no other customers."""
    now = rating.counted(policy.scoring, known, facts.ratings, len(facts), oldest=ageing.oldest(facts.as_of, policy.data.rating_days))
    facts = replace(facts, downgrades=downgrades.downgrades(known, facts))
    lent = loans.exposures(policy, facts)
    who = _default(policy, facts, now, lent.arrears, lent.factor)
    figures, settled, happened = _before_pd(policy, facts, now, who, lent)
    marks = scorecard.mark(policy.scoring.card, _for_the_card(policy, figures, len(facts)))
    lost = loans.losses(
        policy, facts, lent, _pd(known, now, line, marks.score), who, rating.since_origination(known, now, facts.facilities)
    )
    pd = lost.pd
    figures |= _card_figures(marks) | {"pd": pd.values, "pd_origin": pd.origin.astype(np.float64)} | _lost(facts, lost, lent.ead)
    figures |= (
        group_sales.figures(facts) | financial_firms.figures(policy, facts) | slotting.figures(policy, facts, figures, lent.ead, who.claims)
    )
    offered = settled_figures.offered(policy, facts, figures, [name for name in facts.readings if name in _AFTER_THE_CARD])
    figures |= {name: one.values for name, one in offered.items()}
    late = Late(lent.arrears, settled["days_past_due"])
    found = drivers(policy, facts, now, who, figures, happened, late, scorecard.graded(policy.scoring.card, marks.score))
    model = graded(found)
    figures |= _moved_grades(policy, marks, figures, found) | _grade_range(policy.scoring.card, marks, found)
    override = facts.customers.override
    return Scores(
        customers=facts.customers.ids,
        currency=policy.scoring.currency,
        grades=np.where(override > 0, override, model).astype(np.int8),
        model_grades=model,
        figures=figures,
        sources=_sources(policy, facts, now, settled | offered) | {"guarantee": _guarantee(facts, lost)},
        missing=missing(policy, facts, now, pd, lost.lacks),
        drivers=found,
        defaults=default_rows.default_rows(facts, who),
        next_change=next_change.next_change(policy, facts, lent, lost.staged.stages, who.reasons),
    )


def _overdue(lent: Exposures) -> Floats:
    """Return each facility's amount in arrears, at most the outstanding amount; NaN if its payment record is missing."""
    return np.where(lent.arrears.stale, np.nan, lent.arrears.overdue) * lent.factor


def _before_pd(
    policy: Policy, facts: Facts, now: Counted, who: Default, lent: Exposures
) -> tuple[dict[str, Floats], dict[str, Settled], Operation]:
    """Return the figures that do not follow from the PD, so that the card may contain them, and how reported ones were settled."""
    ratios, owed = settled_figures.ratios(policy, facts), settled_figures.of_the_ledger(policy, facts, lent.arrears)
    figures = {"pd_letter": np.where(who.customers, 1.0, now.pd)} | _exposed(facts, lent) | _default_figures(facts, who, lent)
    figures |= ratios.values | financial_figures.scores(policy, facts, ratios.values)
    figures |= repayment_capacity.figures(policy, facts, lent.plans, lent.drawn, _overdue(lent), lent.secured)
    figures |= projected_cover.figures(policy, facts, lent.drawn, lent.remaining)
    figures |= _moved(policy, facts, lent, ratios)
    happened = operational.operation(policy.operational, _incidents(policy, facts), facts.as_of, len(facts))
    figures |= {"incident_score": happened.scores}
    held, inflow = settled_figures.of_conduct(policy, facts)
    figures |= {"inflow_cover": conduct.inflow_cover(inflow, figures["due_12_months"])}
    figures |= {"average_days_late": lateness.average_days_late(facts, policy.conduct.late_months)}
    settled = ratios.settled | owed | held | settled_figures.of_prices(policy, facts)
    settled |= settled_figures.offered(policy, facts, figures, [name for name in facts.readings if name not in _AFTER_THE_CARD])
    return figures | {name: one.values for name, one in settled.items()}, settled, happened


def _pd(known: Marks, now: Counted, line: PointsLine, points: Floats) -> CustomerPd:
    """Return the PD of every customer before default, which is the last word: its letter's, else that of its points."""
    return customer_pd.by_points(customer_pd.by_letter(known, now), line, points)


def _default(policy: Policy, facts: Facts, now: Counted, late: LoanArrears, factor: Floats) -> Default:
    return default.default(policy, facts, evidence.evidence(policy, facts, now, late, factor))


def _default_figures(facts: Facts, who: Default, lent: Exposures) -> dict[str, Floats]:
    """Return the stored figures of each customer's default, with all reasons so far and the day since which none holds.

    Dates are days since 1970.
    """
    owner, count = facts.facilities.owner, len(facts)
    overdue = credit.total(owner, np.where(lent.arrears.days > 0, lent.arrears.overdue * lent.factor, 0.0), count)
    none = np.bincount(owner, minlength=count) == 0
    return {
        "defaulted_share": np.where(who.customers, 1.0, who.share),
        "default_reasons": who.reasons.astype(np.float64),
        "default_since": _number(who.since),
        "default_ends": _number(who.ends),
        "default_entered": np.where(who.customers, who.states.entered[:count].astype(np.float64), np.nan),
        "default_ended": np.where(who.customers, _number(who.states.ended[:count]), np.nan),
        "overdue_amount": np.where(none, np.nan, overdue),
    }


def _number(days: Dates) -> Floats:
    return np.where(np.isnat(days), np.nan, days.astype(np.int64))


def _exposed(facts: Facts, lent: Exposures) -> dict[str, Floats]:
    """Return sums and means over each customer's facilities; NaN without any, or if one is not computable."""
    owner, count = facts.facilities.owner, len(facts)
    sums = {name: _total(facts, column) for name, column in (("exposure", lent.drawn), ("ead", lent.ead), ("secured", lent.secured))}
    return {
        "lgd": credit.weighted(owner, lent.lgd, lent.ead, count),
        "lgd_origin": _all_bits(lent.lgd_origins.astype(np.int32), owner, count),
        "lgd_in_rwa": np.where(
            np.bincount(owner, lent.lgd_raised, count) > 0, credit.weighted(owner, lent.lgd_floored, lent.ead, count), np.nan
        ),
        "secured_share": divided(sums.pop("secured"), sums["ead"]),
        **sums,
    }


def _lost(facts: Facts, lost: Losses, ead: Floats) -> dict[str, Floats]:
    """Return sums and worsts over each customer's facilities; NaN without any, or if one is not computable."""
    owner = facts.facilities.owner
    amounts = {"expected_loss": lost.expected_loss, "ecl": lost.ecl, "rwa": lost.rwa, "rwa_standard": lost.rwa_standard}
    stages = lost.staged.stages.astype(np.float64)
    category, why = loan_categories.debtors(facts, lost.category)
    worst = credit.worst_of(owner, np.where(stages == Stage.NONE, np.nan, stages), len(facts))
    return {
        "stage": np.append(stages, np.nan)[worst],
        "stage_reasons": _all_bits(lost.staged.reasons, owner, len(facts)),
        "category_reasons": why.astype(np.float64),
        "category": category,
        "guaranteed_share": divided(_total(facts, lost.guaranteed), _total(facts, ead)),
        **{name: _total(facts, column) for name, column in amounts.items()},
    }


def _total(facts: Facts, amounts: Floats) -> Floats:
    """Return each customer's sum over its facilities; NaN without any."""
    owner, count = facts.facilities.owner, len(facts)
    return np.where(np.bincount(owner, minlength=count) == 0, np.nan, credit.total(owner, amounts, count))


def _all_bits(masks: NDArray[np.int32], owner: Places, count: int) -> Floats:
    """Return the reasons of each customer's facilities together, as one mask."""
    found = np.zeros(count, dtype=np.int64)
    np.bitwise_or.at(found, owner, masks)
    return found.astype(np.float64)


def _incidents(policy: Policy, facts: Facts) -> operational.Incidents:
    rows = facts.incidents
    return operational.Incidents(rows.owner, operational.codes(policy.operational, rows.kinds), rows.severity, rows.as_of, rows.resolved)


def _moved(policy: Policy, facts: Facts, lent: Exposures, ratios: Ratios) -> dict[str, Floats]:
    """Return each customer's figures under the policy's moves. A reported cover that counts moves by as much as the accounts' own."""
    found = market_exposure.moved(policy, market_exposure.exposures(facts, lent.drawn))
    for name in ("dscr", "interest_coverage"):
        counts, own = ratios.settled[name], ratios.of_accounts[name]
        for move in policy.sensitivity.move:
            after = found[f"{name}.{move.name}"]
            found[f"{name}.{move.name}"] = np.where(counts.reported, counts.values + (after - own), after)
    return found


def _moved_grades(policy: Policy, marks: scorecard.Marks, figures: Mapping[str, Floats], found: tuple[Driver, ...]) -> dict[str, Floats]:
    """Return the model's grade under each of the policy's moves: the card over the moved figures, and unchanged floors.

    NaN where a figure of the card is known, but not what the move makes of it: as if nothing moved, the grade would be too good.
    """
    card, grades = policy.scoring.card, {}
    floors = _floors(found, {"scorecard"})
    for move in policy.sensitivity.move:
        changed = {name: figures[f"{name}.{move.name}"] for name in ("dscr", "interest_coverage")}
        on_the_card = [name for name in changed if name in card.measures]
        unknown = np.any(
            [np.isnan(changed[name]) & ~np.isnan(figures[name]) for name in on_the_card] or [np.zeros(len(floors), dtype=bool)], axis=0
        )
        asked = scorecard.graded(card, scorecard.marked_anew(card, marks, changed).score)
        grades[f"grade.{move.name}"] = np.where(unknown, np.nan, np.maximum(floors, asked).astype(np.float64))
    return grades


def _floors(found: tuple[Driver, ...], without: Collection[str]) -> Grades:
    return graded(tuple(driver for driver in found if driver.name not in without))


def _grade_range(card: Card, marks: scorecard.Marks, found: tuple[Driver, ...]) -> dict[str, Floats]:
    """Return the model's grade with the best and with the worst missing figures, and the mark of a card that knows too little."""
    floors = _floors(found, {"scorecard", "unknown"})
    best, worst = (np.maximum(floors, scorecard.graded(card, points)) for points in (marks.highest, marks.lowest))
    little = marks.confidence < card.enough
    return {"grade_best": best.astype(np.float64), "grade_worst": worst.astype(np.float64), "little_known": little.astype(np.float64)}


def _for_the_card(policy: Policy, figures: Mapping[str, Floats], count: int) -> dict[str, Floats]:
    """Return the card's inputs, NaN if missing; the PD is the letter's, never one derived from points."""
    nothing = np.full(count, np.nan)
    return {name: figures.get("pd_letter" if name == "pd" else name, nothing) for name in policy.scoring.card.measures}


def _card_figures(marks: scorecard.Marks) -> dict[str, Floats]:
    whole = {"points": marks.score, "confidence": marks.confidence, "points_lowest": marks.lowest, "points_highest": marks.highest}
    factors = {f"points.{name}": column for name, column in marks.factors.items()}
    return whole | factors | {f"points.{factor}.{measure}": column for (factor, measure), column in marks.points.items()}


def _sources(policy: Policy, facts: Facts, now: Counted, settled: Mapping[str, Settled]) -> dict[str, Places]:
    letter = np.append(facts.ratings.ids, 0)[now.place]
    found = {"rating": letter, "statement": facts.accounts.ids, "override": facts.customers.override_ids}
    if (fell := facts.downgrades) is not None:
        sharp = fell.notches >= policy.categories.downgrade_notches
        found |= {"rating_before": np.where(sharp, fell.before, 0), "rating_after": np.where(sharp, fell.after, 0)}
    readings = facts.readings.items()
    return found | {f"observation.{name}": np.where(settled[name].reported, reading.ids, 0) for name, reading in readings}


def _guarantee(facts: Facts, lost: Losses) -> Places:
    """Return the guarantee by which each customer's expected loss falls: that of the largest covered amount, 0 without one."""
    found, rows = np.zeros(len(facts), dtype=np.int64), facts.covers
    if rows is not None and len(rows.owner):
        worst = credit.worst_of(rows.owner, np.where(lost.guarantees > 0, lost.guarantees, np.nan), len(facts))
        found = np.append(rows.ids, 0)[worst]
    return found


def _together(parts: Iterator[Scores], count: int) -> Scores:
    """Return the scores of all parts in order; each part is copied into the whole columns and then released."""
    first = next(parts)
    if len(first) == count:
        return first
    whole, start, lines, defaults, starts = _of_length(first, count), 0, [], [], []
    for part in itertools.chain([first], parts):
        for column, piece in zip(_columns(whole), _columns(part), strict=True):
            column[start : start + len(part)] = piece
        lines.append(part.missing)
        defaults.append(part.defaults)
        starts.append(start)
        start += len(part)
    return replace(whole, missing=joined(lines), defaults=default_rows.joined(defaults, starts))


def _of_length(first: Scores, count: int) -> Scores:
    """Return empty scores of another length, with columns like these."""

    def empty(column: NDArray[Any]) -> NDArray[Any]:
        return np.empty(count, dtype=column.dtype)

    return replace(
        first,
        customers=empty(first.customers),
        grades=empty(first.grades),
        model_grades=empty(first.model_grades),
        next_change=empty(first.next_change),
        figures={name: empty(column) for name, column in first.figures.items()},
        sources={name: empty(column) for name, column in first.sources.items()},
        drivers=tuple(
            replace(one, grades=empty(one.grades), values=empty(one.values), as_of=empty(one.as_of), references=empty(one.references))
            for one in first.drivers
        ),
    )


def _columns(scores: Scores) -> Iterator[NDArray[Any]]:
    yield from (scores.customers, scores.grades, scores.model_grades, scores.next_change)
    yield from (*scores.figures.values(), *scores.sources.values())
    for driver in scores.drivers:
        yield from (driver.grades, driver.values, driver.as_of, driver.references)
