"""Validation of the model: a past day's scores against later outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from commands.kit.i18n import Text, _, listed
from commands.scoring import scoring
from commands.validation import validating_figures, validating_letters, validating_tables, validating_words
from commands.validation.validating_figures import Challenge, Known, Level, Model, Since
from commands.validation.validating_letters import Letters
from risk_engine.facts import hindsight
from risk_engine.facts.cohort import Cohort, Outcomes, cohort, months_later
from risk_engine.facts.facts import Dates, Facts
from risk_engine.facts.hindsight import Removed
from risk_engine.policy.policy import Policy
from risk_engine.validation.validation import Discrimination
from storage.database import Tx
from storage.validation import outcomes

LONGEST = 120


class ValidationRefused(Exception):
    """The request cannot be answered; the text names the argument, the value and the accepted values."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True)
class Question:
    """The date, horizon in months, and omitted factors of a validation."""

    as_of: date | None = None
    horizon: int | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The data of one database snapshot; ``past_of_challenger`` holds the inputs of the challenger's card."""

    as_of: date
    until: date
    today: date
    any_outcomes: bool
    without: tuple[str, ...]
    past: Facts
    removed: Removed
    present: Facts
    past_of_challenger: Facts | None
    outcomes: Outcomes
    since: Dates


def read(tx: Tx, policy: Policy, asked: Question, *, today: date, challenger: Policy | None = None) -> Evidence:
    """Return the data for a validation.

    Raises:
        ValidationRefused: the day is not past, the horizon too long, a factor not on the card or the last one.
    """
    _check_factors(policy, asked.without)
    newest = outcomes.newest(tx)
    as_of, until = day_of(policy, asked, newest, today)
    past, removed = hindsight.without(scoring.look(tx, policy, as_of=as_of))
    return Evidence(
        as_of=as_of,
        until=until,
        today=today,
        any_outcomes=newest is not None,
        without=asked.without,
        past=past,
        removed=removed,
        present=scoring.look(tx, policy, as_of=today),
        past_of_challenger=hindsight.without(scoring.look(tx, challenger, as_of=as_of))[0] if challenger else None,
        outcomes=outcomes.read(tx, past.customers.ids),
        since=outcomes.since(tx, past.customers.ids),
    )


def day_of(policy: Policy, asked: Question, newest: date | None, today: date) -> tuple[date, date]:
    """Return the day of the scores and the last day of the outcomes.

    Raises:
        ValidationRefused: the day is not past, or the horizon too long.
    """
    horizon = _horizon(policy, asked)
    if asked.as_of is not None and asked.as_of >= today:
        raise ValidationRefused(_("--as-of {day} is not in the past: expected a day before {today}.").format(day=asked.as_of, today=today))
    as_of = asked.as_of or _day(newest, today, horizon)
    return as_of, months_later(as_of, horizon)


def _horizon(policy: Policy, asked: Question) -> int:
    months = policy.validation.horizon_months if asked.horizon is None else asked.horizon
    if not 1 <= months <= LONGEST:
        sentence = _("--horizon {months} is out of bounds: expected 1 to {longest} months.")
        raise ValidationRefused(sentence.format(months=months, longest=LONGEST))
    return months


def _check_factors(policy: Policy, without: tuple[str, ...]) -> None:
    names = [factor.name for factor in policy.scoring.card.factors]
    known = listed(names)
    if unknown := [name for name in without if name not in names]:
        sentence = _("--without {factor} is not a factor of the scorecard: expected one of {factors}.")
        raise ValidationRefused(sentence.format(factor=unknown[0], factors=known))
    if set(names) <= set(without):
        raise ValidationRefused(_("--without {factors} would leave the scorecard empty: keep at least one factor.").format(factors=known))


def _day(newest: date | None, today: date, horizon: int) -> date:
    """Return the day one horizon before the newest outcome; before today without outcomes."""
    last = newest or today
    day = months_later(last, -horizon)
    # the 29th of February has no day a year before: the day after keeps it within the horizon
    return day if months_later(day, horizon) >= last else day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Report:
    """The findings as figures; ``lines`` puts them into words."""

    evidence: Evidence
    model: Model
    cohort: Cohort
    powers: dict[str, Discrimination]
    level: Level
    since: Since
    letters: Letters
    known: Known
    challenge: Challenge | None

    def lines(self) -> list[str]:
        """Return the report in the reader's language: first the answer in sentences, then the tables."""
        if not len(self.evidence.past):
            return [str(_("The book is empty: there are no customers to validate the model on."))]
        sentences = [str(text) for text in validating_words.sentences(self)]
        return [*sentences, *validating_tables.tables(self)]

    @property
    def followed(self) -> bool:
        """Return True if there are outcomes to compare the scores with."""
        return self.cohort.bads > 0


def judge(policy: Policy, seen: Evidence, challenger: Policy | None = None, step: Callable[[], object] = lambda: None) -> Report:
    """Return the report on the data, without a database. ``step`` is called after each scoring."""
    past = validating_figures.model(policy, seen.past, seen.without)
    step()
    present = validating_figures.model(policy, seen.present, seen.without)
    step()
    day, until = np.datetime64(seen.as_of), np.datetime64(seen.until)
    group = cohort(seen.outcomes, seen.since, past.scores.figures["pd"], as_of=day, until=until)
    found = None
    if challenger is not None and seen.past_of_challenger is not None:
        other = validating_figures.model(challenger, seen.past_of_challenger, seen.without)
        found = validating_figures.challenge(past, other, group, validating_letters.letters(other, seen.past_of_challenger).points)
    step()
    return Report(
        evidence=seen,
        model=past,
        cohort=group,
        powers=dict(validating_figures.powers(past, group.bad)),
        level=validating_figures.level(past, group.bad),
        since=validating_figures.since(past, present, group),
        letters=validating_letters.letters(past, seen.past),
        known=validating_figures.known(past, group),
        challenge=found,
    )
