"""Validate the model: score a past day with what is known of it, and hold the scores against what came after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from commands import scoring, validating_figures, validating_tables
from commands.kit import score_words, words
from commands.kit.i18n import Text, _, ngettext
from commands.validating_figures import Challenge, Known, Letters, Level, Model, Since
from risk_engine import hindsight, mobility, validation
from risk_engine.cohort import Cohort, LeftOut, Outcomes, cohort, months_later
from risk_engine.facts import Dates, Facts
from risk_engine.hindsight import Removed
from risk_engine.policy import Policy
from risk_engine.validation import Discrimination
from storage import outcomes
from storage.database import Tx

LONGEST = 120


class ValidationRefused(Exception):
    """The question cannot be answered as it was put; the text names the argument, the value and what would be accepted."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True)
class Question:
    """As of which day, how many months long, with which factors left out."""

    as_of: date | None = None
    horizon: int | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one snapshot of the database says; ``past_of_challenger`` is what its card looks at."""

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
    """What the validation looks at.

    Raises:
        ValidationRefused: the day is not past, the horizon too long, a factor not on the card or the last one.
    """
    horizon = _horizon(policy, asked)
    _check_factors(policy, asked.without)
    if asked.as_of is not None and asked.as_of >= today:
        raise ValidationRefused(_("--as-of {day} is not past: expected a day before {today}.").format(day=asked.as_of, today=today))
    newest = outcomes.newest(tx)
    as_of = asked.as_of or _day(newest, today, horizon)
    past, removed = hindsight.without(scoring.look(tx, policy, as_of=as_of))
    return Evidence(
        as_of=as_of,
        until=months_later(as_of, horizon),
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


def _horizon(policy: Policy, asked: Question) -> int:
    months = policy.validation.horizon_months if asked.horizon is None else asked.horizon
    if not 1 <= months <= LONGEST:
        sentence = _("--horizon {months} is out of bounds: expected 1 to {longest} months.")
        raise ValidationRefused(sentence.format(months=months, longest=LONGEST))
    return months


def _check_factors(policy: Policy, without: tuple[str, ...]) -> None:
    names = [factor.name for factor in policy.scoring.card.factors]
    listed = ", ".join(names)
    if unknown := [name for name in without if name not in names]:
        sentence = _("--without {factor} is no factor of the card: expected one of {factors}.")
        raise ValidationRefused(sentence.format(factor=unknown[0], factors=listed))
    if set(names) <= set(without):
        raise ValidationRefused(_("--without {factors} leaves nothing of the card: one factor must stay.").format(factors=listed))


def _day(newest: date | None, today: date, horizon: int) -> date:
    """So long before the newest outcome that it is the last of the horizon; before today where nothing happened yet."""
    last = newest or today
    day = months_later(last, -horizon)
    # the 29th of February has no day a year before: the day after keeps it within the horizon
    return day if months_later(day, horizon) >= last else day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, as figures; ``lines`` says it."""

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
        """The report in the reader's language: first the answer in sentences, then the tables."""
        if not len(self.evidence.past):
            return [str(_("The book is empty: there is nobody to hold the model against."))]
        sentences = [str(text) for text in self._texts()]
        return [*sentences, *validating_tables.tables(self, self.followed)]

    @property
    def followed(self) -> bool:
        """Whether there is anything that the scores can be held against."""
        return self.cohort.bads > 0

    def _texts(self) -> Iterator[Text]:
        yield from self._who()
        yield from self._power() if self.followed else self._nothing_happened()
        if self.challenge is not None:
            yield from self._challenged(self.challenge)
        yield from self._moved()
        yield from self._ranked()
        yield from self._limits()

    def _who(self) -> Iterator[Text]:
        seen, many = self.evidence, self.cohort.followed
        told = ngettext(
            "{n} customer was followed from {day} to {until}; {bads} went bad (default, stage 3 or bankruptcy).",
            "{n} customers were followed from {day} to {until}; {bads} went bad (default, stage 3 or bankruptcy).",
            many,
        )
        if seen.any_outcomes:
            yield told.format(day=words.day(seen.as_of), until=words.day(seen.until), bads=self.cohort.bads)
        for reason, text in _LEFT_OUT.items():
            if count := int((self.cohort.left_out == reason).sum()):
                yield text.format(n=count, day=words.day(seen.as_of))
        if unscored := int(np.isnan(self.model.points[self.cohort.left_out == LeftOut.NO]).sum()):
            yield _("{n} of them have no points, as nothing of what the card looks at was known.").format(n=unscored)
        if seen.without:
            yield _("Left out of the card: {factors}.").format(factors=", ".join(seen.without))

    def _nothing_happened(self) -> Iterator[Text]:
        if self.evidence.any_outcomes:
            yield _("Nobody went bad, so nothing can be said of how well the scores tell, or of the PDs: another --as-of or --horizon may.")
        else:
            yield _("No outcomes are on record, so only stability and agreement can be shown: `python -m bot import outcomes FILE`.")

    def _power(self) -> Iterator[Text]:
        points, policy = self.powers["points"], self.model.policy.validation.power
        told = _("The points tell bad from good with an AUC of {auc} ({low} to {high} at {confidence}), Gini {gini}, KS {ks}: {verdict}.")
        yield told.format(
            auc=validating_tables.figure(points.auc),
            low=validating_tables.figure(points.low),
            high=validating_tables.figure(points.high),
            confidence=score_words.share(policy.confidence),
            gini=validating_tables.percent(points.gini),
            ks=validating_tables.percent(points.ks.distance),
            verdict=validating_tables.power_verdict(points),
        )
        yield from self._pd()

    def _pd(self) -> Iterator[Text]:
        whole = self.level.whole
        if not whole.count[0]:
            yield _("Nobody who was followed had a PD, so no PD can be tested.")
            return
        told = _("{n} had a PD, {pd} in the mean; {rate} of them went bad ({defaults}): {verdict}.")
        yield told.format(
            n=int(whole.count[0]),
            pd=score_words.share(float(whole.pd[0])),
            rate=score_words.share(float(whole.rate[0])),
            defaults=int(whole.defaults[0]),
            verdict=validating_tables.level_verdict(whole, 0),
        )

    def _challenged(self, found: Challenge) -> Iterator[Text]:
        steps = mobility.balance(found.moves)
        if found.points.bads and found.points.goods:
            better = validation.preferred(self.model.policy.validation, found.points)
            told = _("The challenger's points have an AUC of {new}, the champion's of {old} (difference {difference}, p {p}): {verdict}.")
            yield told.format(
                new=validating_tables.figure(found.points.challenger),
                old=validating_tables.figure(found.points.champion),
                difference=validating_tables.signed(found.points.advantage),
                p=validating_tables.probability(found.points.p),
                verdict=_PREFERRED[better],
            )
        if found.moves.known:
            yield _("It grades {better} better, {worse} worse and {stayed} as the champion does.").format(
                better=score_words.share(steps.better), worse=score_words.share(steps.worse), stayed=score_words.share(steps.stayed)
            )

    def _moved(self) -> Iterator[Text]:
        steps, shift, day = mobility.balance(self.since.moves), self.since.shift, words.day(self.evidence.as_of)
        if not self.since.comparable:
            yield _("The points of {day} and of today cannot be compared, as on one of the days nobody has any.").format(day=day)
        else:
            told = _("Since {day} the points of the book are {verdict} (PSI {index}).")
            yield told.format(day=day, verdict=validating_tables.shift_verdict(shift), index=validating_tables.figure(shift.index))
            if shift.floored.any():
                yield _("A band that is empty on one of the days counts in it as the policy's floor.")
        if self.since.moves.known:
            yield _("Until today {stayed} kept their grade, {better} got a better and {worse} a worse one.").format(
                stayed=score_words.share(steps.stayed), better=score_words.share(steps.better), worse=score_words.share(steps.worse)
            )

    def _ranked(self) -> Iterator[Text]:
        found = self.letters.points
        if not self.letters.rows:
            yield _("Nobody was rated by a letter of the master scales, so nothing can be said of agreement with letters.")
            return
        told = _("The points of {n} rated customers rank as their letters do with Spearman's rho {spearman} and Kendall's tau-b {kendall}.")
        yield told.format(n=found.count, spearman=validating_tables.figure(found.spearman), kendall=validating_tables.figure(found.kendall))
        if any(factor.name == "rating" for factor in self.model.policy.scoring.card.factors):
            yield _("The letter is itself a part of these points: --without rating says what the rest is worth.")

    def _limits(self) -> Iterator[Text]:
        if self.evidence.until >= self.evidence.today:
            yield _("The horizon ends on {until}: until then more may go bad, and all rates are too low.").format(
                until=words.day(self.evidence.until)
            )
        if self.evidence.removed.facilities:
            yield ngettext(
                "{n} facility was not looked at, as its state is of a later day or has no date.",
                "{n} facilities were not looked at, as their state is of a later day or has no date.",
                self.evidence.removed.facilities,
            )


_LEFT_OUT = {
    LeftOut.BAD_BEFORE: _("Left out: {n} who were bad on {day} already and not cured."),
    LeftOut.RATED_DEFAULT: _("Left out: {n} whose letter on {day} said default."),
    LeftOut.NOT_YET: _("Left out: {n} who became customers after {day}."),
}
_PREFERRED = {
    1: _("the challenger is better"),
    0: _("chance may explain the difference"),
    -1: _("the champion is better"),
}


def judge(policy: Policy, seen: Evidence, challenger: Policy | None = None, step: Callable[[], object] = lambda: None) -> Report:
    """Everything that the evidence says; needs no database. ``step`` is called after each of the scorings."""
    past = validating_figures.model(policy, seen.past, seen.without)
    step()
    present = validating_figures.model(policy, seen.present, seen.without)
    step()
    day, until = np.datetime64(seen.as_of), np.datetime64(seen.until)
    group = cohort(seen.outcomes, seen.since, past.scores.figures["pd"], as_of=day, until=until)
    found = None
    if challenger is not None and seen.past_of_challenger is not None:
        other = validating_figures.model(challenger, seen.past_of_challenger, seen.without)
        found = validating_figures.challenge(past, other, group)
    step()
    return Report(
        evidence=seen,
        model=past,
        cohort=group,
        powers=dict(validating_figures.powers(past, group.bad)),
        level=validating_figures.level(past, group.bad),
        since=validating_figures.since(past, present, group),
        letters=validating_figures.letters(past, seen.past),
        known=validating_figures.known(past, group),
        challenge=found,
    )
