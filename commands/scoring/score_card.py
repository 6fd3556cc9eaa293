"""The scorecard of one customer in words: points, their figures and sources, and missing figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from commands.kit.i18n import Text, _, listed, noted, sentences
from commands.kit.tables import Figure, figure
from commands.kit.wording import words
from commands.kit.wording.words import part
from commands.scoring import default_words, measure_words
from risk_engine.indicators import derived
from risk_engine.indicators.derived import Basis
from risk_engine.policy.card_policy import Card, Component, Factor
from risk_engine.policy.policy import Policy
from storage.scoring.lineage.lineage import Input
from storage.scoring.score_drivers import Driver
from storage.scoring.scores import Detail, Score

FACTORS: dict[str, Text] = {
    "financial_condition": _("Financial condition"),
    "rating": _("Rating"),
    "repayment": _("Repayment"),
    "conduct": _("Account conduct"),
    "collateral": _("Collateral"),
    "market": _("Market"),
    "relationship": _("Relationship"),
}
HEADINGS = (_("Figure"), _("Value"), _("Points"), _("Weight"), _("As of"), _("Source"))
RIGHT = (1, 2, 3)


def points(value: float | None) -> str:
    return "–" if value is None else words.number(value, decimals=0)


def total(score: Score) -> str:
    """Return ``63 of 100``."""
    return str(_("{points} of 100").format(points=points(score.points)))


def line(score: Score, detail: Detail, policy: Policy) -> str | None:
    """Return ``63 of 100, 84% complete (range 52–68) · weakest: rating 32, financial condition 41``; None without a card."""
    if score.points is None or score.confidence is None:
        return None
    said = _("{total}, {known} complete").format(total=total(score), known=part(score.confidence))
    around = _("(range {lowest}–{highest})").format(**_range(detail))
    weak = [f"{str(FACTORS[name]).lower()} {points(worth)}" for worth, name in _weakest(detail, policy.scoring.card)]
    parts = [sentences(said, around) if part(score.confidence) != part(1.0) else str(said)]
    return " · ".join([*parts, *([str(_("weakest: {factors}").format(factors=listed(weak)))] if weak else [])])


def _range(detail: Detail) -> dict[str, str]:
    return {name: points(detail.figures.get(f"points_{name}")) for name in ("lowest", "highest")}


def _weakest(detail: Detail, card: Card) -> list[tuple[float, str]]:
    """Return at most two factors with points below those of a low grade, the worst first."""
    found = [(worth, str(factor.name)) for factor in card.factors if (worth := detail.figures.get(f"points.{factor.name}")) is not None]
    return sorted(one for one in found if one[0] < card.grades[0])[:2]


@dataclass(frozen=True, slots=True)
class Behind:
    """The facts behind a score, by the card's measures."""

    detail: Detail
    facts: Sequence[Input]
    reasons: Sequence[Driver]

    def of(self, measure: str) -> Sequence[Input]:
        """Return the facts behind a figure of the card."""
        if measure == "pd":
            return [fact for fact in self.facts if fact.kind == "rating" and fact.used]
        if observed := [fact for fact in self.facts if fact.kind == "observation" and fact.used and fact.name in _read_as(measure)]:
            return observed
        if measure == "days_past_due":
            late = next((reason.reference for reason in self.reasons if reason.name == measure), None)
            return [fact for fact in self.facts if fact.kind == "facility" and late in {None, fact.name}]
        if derived.basis(measure) is Basis.CONDUCT or measure == "inflow_cover":
            return [fact for fact in self.facts if fact.kind == "account_month"]
        if measure == "average_days_late":
            return [fact for fact in self.facts if fact.kind == "payments"]
        if measure == "lgd" or derived.basis(measure) is Basis.LEDGER:
            return [fact for fact in self.facts if fact.kind == "facility"]
        of_accounts = any(derived.basis(part) is Basis.STATEMENTS for part in _parts(measure))
        return [fact for fact in self.facts if fact.kind == "statement" and fact.used][:1] if of_accounts else []

    def value(self, measure: str) -> float | None:
        """Return the figure that the card used."""
        # scores of before PDs could follow from points have the letter's PD under its plain name
        found = self.detail.figures.get("pd_letter" if measure == "pd" else measure, self.detail.figures.get(measure))
        return found if found is not None else next((fact.figure for fact in self.of(measure)), None)


def _parts(measure: str) -> set[str]:
    return set(measure_words.MADE_OF.get(measure, measure).split())


def _read_as(measure: str) -> set[str]:
    return {spelling for part in _parts(measure) for spelling in derived.spellings(part)}


def table(behind: Behind, policy: Policy) -> list[tuple[str | Figure, ...]]:
    """Return a row for each factor, followed by one for each of its figures; points and weights sort by value."""
    card = policy.scoring.card
    whole = sum(factor.weight for factor in card.factors)
    rows: list[tuple[str | Figure, ...]] = []
    for factor in card.factors:
        got = behind.detail.figures.get(f"points.{factor.name}")
        share = factor.weight / whole
        rows.append((str(FACTORS[factor.name]), "", figure(points(got), got), figure(part(share), share), "", ""))
        rows += [_row(behind, factor, one, whole, policy) for one in factor.components]
    return rows


def _row(behind: Behind, factor: Factor, one: Component, whole: float, policy: Policy) -> tuple[str | Figure, ...]:
    got = behind.detail.figures.get(f"points.{factor.name}.{one.measure}")
    facts = behind.of(one.measure) if got is not None else ()
    days = [fact.as_of for fact in facts if fact.as_of]
    named = source(facts)
    if one.measure == "pd" and (begun := default_words.whole_since(behind.detail.figures)) is not None:
        # a default makes the PD 100%, whatever the letter says
        days, named = [begun], str(_("in default"))
    share = _weight(factor, one, whole)
    return (
        f"· {measure_words.name(one.measure, policy)}",
        measure_words.value(one.measure, behind.value(one.measure) if got is not None else None, policy),
        figure(points(got), got),
        figure(words.reading(share, "percent"), share),
        words.day(min(days)) if days else "",
        named,
    )


def _weight(factor: Factor, one: Component, whole: float) -> float:
    return factor.weight / whole * one.weight / sum(other.weight for other in factor.components)


def source(facts: Sequence[Input]) -> str:
    """Return ``facilities:12``, file and row; for several facts the first, and the number of others."""
    if not facts:
        return ""
    more = f" +{len(facts) - 1}" if len(facts) > 1 else ""
    return f"{PurePath(facts[0].file or '–').stem}:{facts[0].row}{more}"


def unknown(detail: Detail, policy: Policy) -> Text | None:
    """Return the missing figures with weights, and the range of the score with them; None if none is missing."""
    found = lacking(detail, policy)
    if not found:
        return None
    return _("{figures}: with them, the score would be between {lowest} and {highest}").format(figures=listed(found), **_range(detail))


def lacking(detail: Detail, policy: Policy) -> list[str]:
    """Return the missing figures with their weights, the heaviest first, as ``Rating (30%)``."""
    return [noted(name, part(weight)) for weight, name in sorted(_lacking(detail, policy), reverse=True)]


def _lacking(detail: Detail, policy: Policy) -> Iterator[tuple[float, str]]:
    card = policy.scoring.card
    whole = sum(factor.weight for factor in card.factors)
    for factor in card.factors:
        for one in factor.components:
            if detail.figures.get(f"points.{factor.name}.{one.measure}") is None:
                yield _weight(factor, one, whole), measure_words.name(one.measure, policy)
