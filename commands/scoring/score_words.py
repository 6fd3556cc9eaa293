"""Grades, drivers and missing inputs, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from commands.kit.access.masking import customer
from commands.kit.i18n import Text, _, labelled
from commands.kit.wording import words
from commands.scoring import default_words
from risk_engine.grading import Grade
from risk_engine.impairment.staging import Stage
from risk_engine.register.assessment import Level
from risk_engine.scoring.override import Override
from storage.scoring.grade_moves import Cause
from storage.scoring.score_drivers import Driver
from storage.scoring.scores import Score


def standing(score: Score, reasons: Sequence[Driver], person: Override | None) -> str:
    """Return the grade with its main reason; for an override also its last day and the model's grade."""
    why = driver(reasons[0]) if reasons else ""
    if person is None:
        return labelled(words.grade(score.grade), why)
    said = _("{grade} by {override} until {until}; the model says {model}: {why}")
    return str(
        said.format(
            grade=words.grade(score.grade), override=person.id, until=words.day(person.until), model=words.grade(score.model), why=why
        )
    )


def cause(found: Cause) -> str:
    """Return the cause of a changed grade: an override by itself, otherwise the driver that has moved."""
    if found.began is not None:
        said = _("override {override} until {until}") if found.until else _("override {override}")
        return str(said.format(override=found.began, until=words.day(found.until) if found.until else ""))
    why = driver(found.driver) if found.driver else None
    if found.ended is not None:
        return str(_("{override} has ended; the model says: {why}").format(override=found.ended, why=why or "–"))
    return why or (str(_("no longer: {reason}").format(reason=driver(found.gone))) if found.gone else "")


def said_once(reasons: Sequence[Driver]) -> tuple[Driver, ...]:
    """Return the reasons without stage 3 beside the default that it follows from."""
    in_default = any(one.name == "default" for one in reasons)
    return tuple(one for one in reasons if not (in_default and one.name == "stage" and one.value == Stage.THREE))


def expected_loss(before: Decimal | None, after: Decimal | None, currency: str) -> str:
    """Return the expected loss with its change in words: ``expected loss up EUR 1.95 m to EUR 1.97 m``."""
    if after is None:
        return str(_("expected loss not computable"))
    now = words.money(after, currency)
    if before is None:
        return str(_("expected loss {now}, not known before").format(now=now))
    if after == before:
        return str(_("expected loss unchanged at {now}").format(now=now))
    said = _("expected loss up {change} to {now}") if after > before else _("expected loss down {change} to {now}")
    return str(said.format(change=words.money(abs(after - before), currency), now=now))


_MEASURES = {
    "pd": _("PD {figure}, {agency} rating {letter}"),
    "default": _("in default: {figure}"),
    "days_past_due": _("{figure} past due on {reference}"),
    "days_unknown": _("no current days past due"),
    "breach": _("{figure} breach {reference} is open"),
    "threat": _("threat {reference} is open, {figure}"),
    # of scores of earlier versions
    "not_rated": _("unrated"),
    "unknown": _("no scorecard input known"),
    "stage": _("stage {figure} of IFRS 9"),
    "scorecard": _("scorecard {figure} of 100, {known} complete"),
    "incident": _("incident: {figure}"),
    "guarantor": _("guarantor {reference} in default"),
}


def driver(one: Driver) -> str:
    """Return a driver with its figure and source."""
    if one.name == "guarantor" and one.reference is None:
        return str(_("a guarantor that you cannot see is in default"))
    if one.name == "days_past_due" and one.reference is None:
        return str(_("{figure} past due, as reported").format(figure=_figure(one)))
    facts = {"reference": _reference(one), "letter": one.letter or "–", "agency": words.label(one.agency or "–")}
    return str(_MEASURES[one.name].format(figure=_figure(one), known=words.part(one.known), **facts))


def _reference(one: Driver) -> str:
    """Return a driver's subject; a guarantor by name."""
    return customer(one.reference or "–", one.called) if one.called else one.reference or "–"


def reason(one: Driver) -> str:
    """Return a driver on one line: required grade, words and date."""
    dated = f" · {words.day(one.as_of)}" if one.as_of else ""
    return f"{words.grade(one.grade)}  {driver(one)}{dated}"


def _figure(one: Driver) -> str:
    value = one.value if one.value is not None else 0.0
    if one.name == "pd":
        return words.share(one.value)
    if one.name == "days_past_due":
        return words.reading(value, "days")
    if one.name == "default":
        return default_words.reasons(float(one.reference or 0))
    if one.name == "stage":
        return f"{value:.0f}"
    if one.name == "scorecard":
        return words.number(value, decimals=0)
    if one.name == "incident":
        return incident(one.reference or "other")
    if one.name == "threat":
        return words.level(Level(round(value)))
    return words.label("red" if one.grade >= Grade.HIGH else "amber") if one.name == "breach" else ""


_INCIDENTS = {
    "documents": _("documents missing"),
    "insurance": _("insurance lapsed"),
    "mortgage_registration": _("mortgage not registered"),
    "fund_diversion": _("funds diverted"),
    "refinanced_to_repay": _("loan repaid by a new loan"),
    "debt_evasion": _("debt evasion"),
    "bankruptcy": _("bankruptcy"),
    "fraud": _("fraud"),
    "late_reporting": _("late reporting"),
    "other": _("another kind"),
}


def incident(kind: str) -> str:
    """Return the name of an incident kind, in the team's words for kinds outside the packaged policy."""
    return str(_INCIDENTS.get(kind, words.label_of(kind).lower()))


_MISSING = {
    "rating": _("no rating"),
    "letter": _("{detail} not mapped to the master scale"),
    "facilities": _("no facilities"),
    "rate": _("no usable rate for {detail}"),
    "days_past_due": _("days past due unknown"),
    "seniority": _("a facility without LGD and seniority: the policy's figure"),
    "statement": _("no financial statements"),
    "account": _("{detail} missing from the statement"),
    "guarantor_means": _("means of the guarantor unknown"),
    "collateral_value": _("value of collateral unknown"),
    "periods": _("length of a projection's periods unknown"),
    "interest": _("a facility without an interest rate"),
    "maturity": _("a facility without a maturity"),
    "plan": _("a kind of facility without a repayment plan in the policy"),
    "valuation": _("valuation date of collateral unknown"),
}
_LINES = {"short_term_debt": _("short-term debt"), "interest_expense": _("interest expense"), "cash": _("cash")}
# facts that are too old to count: of a day, and of several days together
_OUTDATED = {
    "old_rating": (_("rating of {day} is out of date"), _("rating out of date")),
    "old_statement": (_("statement of {day} is out of date"), _("statement out of date")),
    "old_ledger": (_("ledger of {day} is out of date: last known exposure"), _("ledger out of date")),
    "old_projection": (_("projection of {day} is out of date"), _("projection out of date")),
    "old_transactions": (_("transactions up to {day} are out of date"), _("transactions out of date")),
    "old_valuation": (_("valuation of {day} is out of date"), _("valuation out of date")),
}


def missing(line: str) -> Text:
    """Return a line of ``Score.missing`` in words."""
    what, _colon, detail = line.partition(":")
    if what in _OUTDATED:
        dated, undated = _OUTDATED[what]
        return dated.format(day=words.day(date.fromisoformat(detail))) if detail else undated
    return _MISSING[what].format(detail=_LINES.get(detail, detail))


def undated(line: str) -> str:
    """Return a line without its day, so that equal reasons can be counted."""
    what = line.partition(":")[0]
    return what if what in _OUTDATED else line
