"""Findings of a validation, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.wording import words
from commands.validation import validating_verdicts as say
from commands.validation.validating_figures import Challenge
from risk_engine.facts.cohort import LeftOut
from risk_engine.validation import mobility, validation
from risk_engine.validation.calibration import BrierParts, Fit

if TYPE_CHECKING:
    from commands.validation.validating import Report

_LEFT_OUT = {
    LeftOut.BAD_BEFORE: _("Excluded: {n} already in default on {day} and not cured."),
    LeftOut.RATED_DEFAULT: _("Excluded: {n} in default on {day}."),
    LeftOut.NOT_YET: _("Excluded: {n} who became customers after {day}."),
}
_PREFERRED = {
    1: _("the challenger is better"),
    0: _("the difference may be due to chance"),
    -1: _("the champion is better"),
}


def sentences(report: Report) -> Iterator[Text]:
    """Yield the answer in sentences, the most important one first."""
    yield from _who(report)
    yield from _power(report) if report.followed else _nothing_happened(report)
    if report.challenge is not None:
        yield from _challenged(report, report.challenge)
    yield from _moved(report)
    yield from _ranked(report)
    yield from _limits(report)


def _who(report: Report) -> Iterator[Text]:
    seen, many = report.evidence, report.cohort.followed
    told = ngettext(
        "{n} customer followed from {day} to {until}; {bads} defaulted (default, stage 3 or bankruptcy).",
        "{n} customers followed from {day} to {until}; {bads} defaulted (default, stage 3 or bankruptcy).",
        many,
    )
    if seen.any_outcomes:
        yield told.format(day=words.day(seen.as_of), until=words.day(seen.until), bads=report.cohort.bads)
    else:
        scored = ngettext("{n} customer was scored as of {day}.", "{n} customers were scored as of {day}.", many)
        yield scored.format(day=words.day(seen.as_of))
    for reason, text in _LEFT_OUT.items():
        if count := int((report.cohort.left_out == reason).sum()):
            yield text.format(n=count, day=words.day(seen.as_of))
    if unscored := int(np.isnan(report.model.points[report.cohort.left_out == LeftOut.NO]).sum()):
        yield _("Without points: {n}, for lack of any scorecard input.").format(n=unscored)
    if seen.without:
        yield _("Excluded from the scorecard: {factors}.").format(factors=listed(seen.without))


def _nothing_happened(report: Report) -> Iterator[Text]:
    if report.evidence.any_outcomes:
        yield _("No customer defaulted, so neither discrimination nor calibration can be tested. Try another --as-of or --horizon.")
    else:
        yield _("No outcomes are on record, so only stability and agreement can be shown: `python -m bot import outcomes FILE`.")


def _power(report: Report) -> Iterator[Text]:
    points, policy = report.powers["points"], report.model.policy.validation.power
    if math.isnan(points.auc):
        yield _("Discrimination of the points cannot be computed: {bads} customers with points defaulted and {goods} did not.").format(
            bads=points.bads, goods=points.goods
        )
        yield from _pd(report)
        return
    if math.isnan(points.low):
        yield _("The AUC has no interval: it needs at least two defaults and two others whose points are not all alike.")
    told = _("Discrimination: AUC {auc} ({low} to {high} at {confidence}), Gini {gini}, KS {ks}: {verdict}.")
    yield told.format(
        auc=say.figure(points.auc),
        low=say.figure(points.low),
        high=say.figure(points.high),
        confidence=words.share(policy.confidence),
        gini=say.percent(points.gini),
        ks=say.percent(points.ks.distance),
        verdict=say.power_verdict(points),
    )
    yield from _pd(report)


def _pd(report: Report) -> Iterator[Text]:
    whole = report.level.whole
    if not whole.count[0]:
        yield _("No customer in the cohort had a PD, so calibration cannot be tested.")
        return
    told = _("Calibration: {n} had a PD, mean {pd}; observed default rate {rate} ({defaults}): {verdict}.")
    yield told.format(
        n=int(whole.count[0]),
        pd=words.share(float(whole.pd[0])),
        rate=words.share(float(whole.rate[0])),
        defaults=int(whole.defaults[0]),
        verdict=say.level_verdict(whole, 0),
    )
    yield from fit(report.level.fit, report.level.brier, report.level.brier_parts)


def fit(found: Fit, brier: float, parts: BrierParts) -> Iterator[Text]:
    """Yield the distance between PDs and outcomes over the grades, and over the customers."""
    if math.isnan(found.statistic):
        yield _("Hosmer-Lemeshow cannot be computed: a grade has a mean PD of 0 or 1, which leaves nothing to chance.")
    else:
        yield _("Hosmer-Lemeshow over the grades: χ² {statistic} with {freedom} degrees of freedom, p {p}.").format(
            statistic=say.figure(found.statistic), freedom=found.freedom, p=say.probability(found.p)
        )
    told = _("Brier score {score} (by grade: reliability {reliability}, resolution {resolution}, uncertainty {uncertainty}).")
    yield told.format(
        score=f"{brier:.5f}",
        reliability=f"{parts.reliability:.5f}",
        resolution=f"{parts.resolution:.5f}",
        uncertainty=f"{parts.uncertainty:.5f}",
    )


def _challenged(report: Report, found: Challenge) -> Iterator[Text]:
    steps = mobility.balance(found.moves)
    if found.points.bads and found.points.goods:
        better = validation.preferred(report.model.policy.validation, found.points)
        told = _("AUC of the challenger {new}, of the champion {old} (difference {difference}, p {p}): {verdict}.")
        yield told.format(
            new=say.figure(found.points.challenger),
            old=say.figure(found.points.champion),
            difference=say.signed(found.points.advantage),
            p=say.probability(found.points.p),
            verdict=_PREFERRED[better],
        )
    if found.agreement.count:
        yield _("Rank correlation of the challenger's points and ratings for {n} rated customers: rho {spearman}, tau-b {kendall}.").format(
            n=found.agreement.count,
            spearman=say.figure(found.agreement.spearman),
            kendall=say.figure(found.agreement.kendall),
        )
    if found.moves.known:
        yield _("The challenger grades {better} customers better, {worse} worse and {stayed} the same as the champion.").format(
            better=words.share(steps.better), worse=words.share(steps.worse), stayed=words.share(steps.stayed)
        )


def _moved(report: Report) -> Iterator[Text]:
    steps, shift, day = mobility.balance(report.since.moves), report.since.shift, words.day(report.evidence.as_of)
    if not report.since.comparable:
        yield _("The points of {day} and today cannot be compared: on one of the days no customer has points.").format(day=day)
    else:
        told = _("Since {day} the points of the book are {verdict} (PSI {index}).")
        yield told.format(day=day, verdict=say.shift_verdict(shift), index=say.figure(shift.index))
        if shift.floored.any():
            yield _("A band that is empty on one of the two days is counted at the policy's floor.")
    if report.since.moves.known:
        yield _("To date, {stayed} kept their grade, {better} improved and {worse} deteriorated.").format(
            stayed=words.share(steps.stayed), better=words.share(steps.better), worse=words.share(steps.worse)
        )
        index = mobility.shorrocks(report.since.moves)
        if math.isnan(index):
            yield _("Shorrocks' mobility index cannot be computed: a grade has no customers whose moves are known.")
        else:
            yield _("Shorrocks' mobility index: {index} (0 without moves, 1 if grades are independent).").format(index=say.figure(index))


def _ranked(report: Report) -> Iterator[Text]:
    found = report.letters.points
    if not report.letters.rows:
        yield _("No customer had a rating on a master scale, so agreement with ratings cannot be tested.")
        return
    if math.isnan(found.spearman):
        yield _(
            "Rank correlation of points and ratings cannot be computed: the {n} rated customers have one rating, or equal points."
        ).format(n=found.count)
        return
    told = _("Rank correlation of points and ratings for {n} rated customers: Spearman's rho {spearman}, Kendall's tau-b {kendall}.")
    yield told.format(n=found.count, spearman=say.figure(found.spearman), kendall=say.figure(found.kendall))
    if any(factor.name == "rating" for factor in report.model.policy.scoring.card.factors):
        yield _("The rating is itself a factor of these points: use --without rating to see the points without it.")


def _limits(report: Report) -> Iterator[Text]:
    if report.evidence.until >= report.evidence.today:
        yield _("The horizon ends on {until}: more customers may default until then, so all rates are understated.").format(
            until=words.day(report.evidence.until)
        )
    if report.evidence.removed.facilities:
        yield ngettext(
            "{n} facility was not assessed: its data are of a later day or undated.",
            "{n} facilities were not assessed: their data are of a later day or undated.",
            report.evidence.removed.facilities,
        )
