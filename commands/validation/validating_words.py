"""What a validation found, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from commands.kit.i18n import Text, _, ngettext
from commands.kit.wording import words
from commands.validation import validating_verdicts as say
from commands.validation.validating_figures import Challenge
from risk_engine.facts.cohort import LeftOut
from risk_engine.validation import mobility, validation

if TYPE_CHECKING:
    from commands.validation.validating import Report

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


def sentences(report: Report) -> Iterator[Text]:
    """The answer in sentences, the most important one first."""
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
        "{n} customer was followed from {day} to {until}; {bads} went bad (default, stage 3 or bankruptcy).",
        "{n} customers were followed from {day} to {until}; {bads} went bad (default, stage 3 or bankruptcy).",
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
        yield _("Without points: {n}, as nothing of what the card looks at was known.").format(n=unscored)
    if seen.without:
        yield _("Left out of the card: {factors}.").format(factors=", ".join(seen.without))


def _nothing_happened(report: Report) -> Iterator[Text]:
    if report.evidence.any_outcomes:
        yield _("Nobody went bad, so nothing can be said of how well the scores tell, or of the PDs: another --as-of or --horizon may.")
    else:
        yield _("No outcomes are on record, so only stability and agreement can be shown: `python -m bot import outcomes FILE`.")


def _power(report: Report) -> Iterator[Text]:
    points, policy = report.powers["points"], report.model.policy.validation.power
    told = _("The points tell bad from good with an AUC of {auc} ({low} to {high} at {confidence}), Gini {gini}, KS {ks}: {verdict}.")
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
        yield _("Nobody who was followed had a PD, so no PD can be tested.")
        return
    told = _("{n} had a PD, {pd} in the mean; {rate} of them went bad ({defaults}): {verdict}.")
    yield told.format(
        n=int(whole.count[0]),
        pd=words.share(float(whole.pd[0])),
        rate=words.share(float(whole.rate[0])),
        defaults=int(whole.defaults[0]),
        verdict=say.level_verdict(whole, 0),
    )


def _challenged(report: Report, found: Challenge) -> Iterator[Text]:
    steps = mobility.balance(found.moves)
    if found.points.bads and found.points.goods:
        better = validation.preferred(report.model.policy.validation, found.points)
        told = _("The challenger's points have an AUC of {new}, the champion's of {old} (difference {difference}, p {p}): {verdict}.")
        yield told.format(
            new=say.figure(found.points.challenger),
            old=say.figure(found.points.champion),
            difference=say.signed(found.points.advantage),
            p=say.probability(found.points.p),
            verdict=_PREFERRED[better],
        )
    if found.agreement.count:
        yield _("The challenger's points rank {n} rated customers as their letters do with rho {spearman} and tau-b {kendall}.").format(
            n=found.agreement.count,
            spearman=say.figure(found.agreement.spearman),
            kendall=say.figure(found.agreement.kendall),
        )
    if found.moves.known:
        yield _("The challenger grades {better} better, {worse} worse and {stayed} as the champion does.").format(
            better=words.share(steps.better), worse=words.share(steps.worse), stayed=words.share(steps.stayed)
        )


def _moved(report: Report) -> Iterator[Text]:
    steps, shift, day = mobility.balance(report.since.moves), report.since.shift, words.day(report.evidence.as_of)
    if not report.since.comparable:
        yield _("The points of {day} and of today cannot be compared, as on one of the days nobody has any.").format(day=day)
    else:
        told = _("Since {day} the points of the book are {verdict} (PSI {index}).")
        yield told.format(day=day, verdict=say.shift_verdict(shift), index=say.figure(shift.index))
        if shift.floored.any():
            yield _("A band that is empty on one of the days counts in it as the policy's floor.")
    if report.since.moves.known:
        yield _("Until today {stayed} kept their grade, {better} got a better and {worse} a worse one.").format(
            stayed=words.share(steps.stayed), better=words.share(steps.better), worse=words.share(steps.worse)
        )


def _ranked(report: Report) -> Iterator[Text]:
    found = report.letters.points
    if not report.letters.rows:
        yield _("Nobody was rated by a letter of the master scales, so nothing can be said of agreement with letters.")
        return
    told = _("The points of {n} rated customers rank as their letters do with Spearman's rho {spearman} and Kendall's tau-b {kendall}.")
    yield told.format(n=found.count, spearman=say.figure(found.spearman), kendall=say.figure(found.kendall))
    if any(factor.name == "rating" for factor in report.model.policy.scoring.card.factors):
        yield _("The letter is itself a part of these points: --without rating says what the rest is worth.")


def _limits(report: Report) -> Iterator[Text]:
    if report.evidence.until >= report.evidence.today:
        yield _("The horizon ends on {until}: until then more may go bad, and all rates are too low.").format(
            until=words.day(report.evidence.until)
        )
    if report.evidence.removed.facilities:
        yield ngettext(
            "{n} facility was not looked at, as its state is of a later day or has no date.",
            "{n} facilities were not looked at, as their state is of a later day or has no date.",
            report.evidence.removed.facilities,
        )
