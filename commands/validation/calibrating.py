"""Calibration of the scorecard: the line from points to PDs, fitted to the team's own outcomes, with the tests of its fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from commands.kit.i18n import Text, _, ngettext
from commands.kit.schedule import instant
from commands.kit.wording import words
from commands.scoring import pd_words, scoring
from commands.validation import validating_tables, validating_words
from commands.validation import validating_verdicts as say
from commands.validation.validating import Question, ValidationRefused, day_of
from risk_engine.facts import hindsight
from risk_engine.facts.cohort import Cohort, Outcomes, cohort, months_later
from risk_engine.facts.facts import Dates, Facts, Floats
from risk_engine.policy.policy import Policy
from risk_engine.scoring import scoring as engine
from risk_engine.scoring.scoring import Scores
from risk_engine.validation import fitting, scaling, validation
from risk_engine.validation.fitting import Fitted
from storage.database import Tx
from storage.validation import outcomes


@dataclass(frozen=True, slots=True)
class Evidence:
    """The data of a calibration: the book as it was known on a day, or as it is known now of that day, and the later outcomes."""

    as_of: date
    until: date
    dated: bool
    past: Facts
    outcomes: Outcomes
    since: Dates


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fitted line with its evidence; ``report`` tests PDs that were fitted without the customers that they are tested on."""

    evidence: Evidence
    policy: Policy
    cohort: Cohort
    scores: Scores
    line: Fitted
    report: validation.Report

    @property
    def bad(self) -> int:
        return self.report.discrimination.bads

    @property
    def count(self) -> int:
        return self.bad + self.report.discrimination.goods

    def proposal(self, today: date) -> str:
        """Return the line as a value of the policy."""
        seen = self.evidence
        source = f"outcomes from {seen.as_of} to {seen.until}" + (", facts by their dates" if seen.dated else "")
        slope, intercept = f"{self.line.slope:.6g}", f"{self.line.intercept:.6g}"
        numbers = f"slope = {slope}, intercept = {intercept}, n = {self.count}, bad = {self.bad}"
        return f"{{{numbers}, date = {today}, source = '{source}'}}"

    def lines(self, today: date) -> list[str]:
        """Return the report in the reader's language."""
        return [*(str(text) for text in _sentences(self)), *_tables(self), *(str(text) for text in _proposed(self, today))]


def read(tx: Tx, policy: Policy, asked: Question, *, today: date, dated: bool) -> Evidence:
    """Return the data for a calibration.

    Args:
        dated: take facts by their own dates with the values known now, as for a book that was loaded later.

    Raises:
        ValidationRefused: the period of the outcomes is not over, or nothing was known of anybody on the day.
    """
    as_of, until = day_of(policy, asked, outcomes.newest(tx), today)
    if until > today:
        sentence = _("--as-of {day} is too late: its outcomes are complete on {until} only. Choose a day up to {last}.")
        raise ValidationRefused(sentence.format(day=as_of, until=until, last=months_later(today, -policy.validation.horizon_months)))
    past = scoring.look(tx, policy, as_of=as_of, known_at=None if dated else _end_of(policy, as_of))
    if dated:
        past, _removed = hindsight.without(past)
    if not len(past):
        sentence = _("Nobody was in the book on {day}: choose another --as-of, or --dated for a book that was loaded later.")
        raise ValidationRefused(sentence.format(day=words.day(as_of)))
    return Evidence(as_of, until, dated, past, outcomes.read(tx, past.customers.ids), outcomes.since(tx, past.customers.ids))


def _end_of(policy: Policy, day: date) -> datetime:
    return instant(date.fromordinal(day.toordinal() + 1), datetime.min.time(), policy.digest.zone)


def calibrate(policy: Policy, seen: Evidence) -> Calibrated:
    """Fit the line and test it.

    Raises:
        ValidationRefused: fewer bad customers than the policy requires, or no line on which more points mean a lower PD.
    """
    scores = engine.score(policy, seen.past)
    points = scores.figures["points"]
    days = np.datetime64(seen.as_of), np.datetime64(seen.until)
    group = cohort(seen.outcomes, seen.since, scores.figures["pd"], as_of=days[0], until=days[1])
    bad = np.where(np.isnan(points), np.nan, group.bad)
    _enough(policy, int((bad == 1).sum()))
    line = fitting.fit(points, bad)
    if not line.usable:
        raise ValidationRefused(_("No line fits: in this book more points do not mean fewer defaults. `python -m bot validate` shows why."))
    apart = fitting.out_of_fold(points, bad)
    report = validation.report(policy.validation, score=points, better="high", grade=scores.model_grades, pd=apart, bad=bad)
    return Calibrated(seen, policy, group, scores, line, report)


def _enough(policy: Policy, bads: int) -> None:
    least = policy.validation.calibration.bads
    if bads < least:
        sentence = ngettext(
            "{n} customer with points went bad in the period: a calibration needs {least} (`validation.calibration.bads`).",
            "{n} customers with points went bad in the period: a calibration needs {least} (`validation.calibration.bads`).",
            bads,
        )
        raise ValidationRefused(sentence.format(least=least))


# --- in words ----------------------------------------------------------------------------------------------------------


def _sentences(found: Calibrated) -> Iterator[Text]:
    seen, line, power = found.evidence, found.line, found.report.discrimination
    told = _("{n} customers with points on {day}; {bad} of them defaulted by {until} (default, stage 3 or bankruptcy).")
    yield told.format(n=found.count, day=words.day(seen.as_of), bad=found.bad, until=words.day(seen.until))
    yield (
        _("The facts count by their own dates, with the values known today.")
        if seen.dated
        else _("The facts count as they were known on that day.")
    )
    yield _("Line: {formula}.").format(formula=f"ln(PD / (1 − PD)) = {line.intercept:.4g} − {abs(line.slope):.4g} · points")
    yield _("Discrimination of the points: AUC {auc} ({low} to {high}), KS {ks}.").format(
        auc=say.figure(power.auc), low=say.figure(power.low), high=say.figure(power.high), ks=say.percent(power.ks.distance)
    )
    yield from validating_words.fit(found.report.fit, found.report.brier, found.report.brier_parts)
    yield _("The PDs of these tests are by five-fold cross-validation: each by a line that was fitted without its customer.")


def _tables(found: Calibrated) -> Iterator[str]:
    yield validating_tables.headed(_("PD against observed default rate, by grade"), validating_tables.levels(found.report.calibration))
    yield validating_tables.headed(_("Points and PDs"), _scale(found))


def _scale(found: Calibrated) -> str:
    """Return PDs now and then at every ten points, and on the usual scale of scorecards."""
    points = np.arange(0.0, 101.0, 10.0)
    now: Floats = found.line.pd(points)
    packaged = found.policy.scoring.calibration
    before = Fitted(packaged.slope, packaged.intercept).pd(points)
    usual = scaling.points(found.policy.validation.scaling, now)
    rows = [
        (f"{at:.0f}", say.share(old), say.share(new), f"{score:.0f}")
        for at, old, new, score in zip(points.tolist(), before.tolist(), now.tolist(), usual.tolist(), strict=True)
    ]
    rules = found.policy.validation.scaling
    score = _("Score ({points} at {odds}:1)").format(points=f"{rules.points:g}", odds=f"{rules.odds:g}")
    return validating_tables.table((_("Points"), _("PD in force"), _("PD fitted"), score), rows)


def _legend(found: Calibrated) -> Text:
    rules = found.policy.validation.scaling
    at = float(scaling.pd_of(rules, [rules.points])[0])
    told = _("On the usual scale {points} points mean a PD of {pd}, and {doubling} more points halve the odds of default.")
    return told.format(points=f"{rules.points:g}", pd=say.share(at), doubling=f"{rules.doubling:g}")


def _proposed(found: Calibrated, today: date) -> Iterator[Text | str]:
    yield ""
    yield _legend(found)
    yield _("In force: {calibration}.").format(calibration=pd_words.calibrated(found.policy.scoring.calibration))
    yield _("Nothing was changed. To propose this line, type in Slack; somebody else approves it:")
    why = f"calibrated on {found.count} customers, {found.bad} of them bad"
    yield f'/risk policy scoring.calibration "{found.proposal(today)}" "{why}"'
