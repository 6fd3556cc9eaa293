"""The tables of a validation, aligned for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from tabulate import tabulate

from commands.kit import blocks
from commands.kit.i18n import Text, _, pgettext
from commands.kit.wording import words
from commands.scoring import score_words
from commands.validation import validating_verdicts as say
from commands.validation.validating_figures import BANDS, Challenge
from risk_engine.grading import Grade
from risk_engine.validation import mobility
from risk_engine.validation.calibration import Calibration
from risk_engine.validation.challenger import Comparison
from risk_engine.validation.mobility import Moves
from risk_engine.validation.validation import Discrimination

if TYPE_CHECKING:
    from commands.validation.validating import Report

# the commonest reasons are what a team can do something about
_REASONS = 20

SHARE = pgettext("proportion", "Share")


def tables(report: Report) -> Iterator[str]:
    """Return every table with its heading; tables about bad customers only if there are any."""
    if report.followed:
        yield headed(_("Discriminatory power of each factor"), _powers(report))
        if report.level.whole.count[0]:
            yield headed(_("PD against observed default rate, by grade"), levels(report.level.by_grade, report.level.whole))
        yield headed(_("Defaults by grade"), _rates(report))
    if report.challenge is not None:
        if report.followed:
            yield headed(_("Champion against challenger"), _comparisons(report.challenge))
        yield headed(_("From the champion's grade (row) to the challenger's (column)"), _moves(report.challenge.moves))
        yield headed(_("Difference in grades between challenger and champion (above 0: worse)"), _steps(report.challenge.moves))
    yield headed(_("Points then and now"), _shift(report))
    if report.since.moves.known:
        yield headed(_("From the earlier grade (row) to today's (column)"), _moves(report.since.moves))
    if report.letters.rows:
        yield headed(_("Ratings and the model's grades"), _letters(report))
        yield headed(_("Rank correlation of each factor with ratings"), _agreements(report))
    yield headed(_("Scorecard data completeness"), _confidence(report))
    yield headed(_("Missing inputs"), _lacking(report))
    if report.known.reasons:
        yield headed(_("Why other figures could not be computed"), _reasons(report))


def headed(heading: Text, rows: str) -> str:
    """Return a table below its heading."""
    return f"\n{heading}\n\n{rows}"


def table(headings: Sequence[object], rows: Sequence[Sequence[object]], words: int = 1) -> str:
    """Return a table for the terminal: the first columns, so many, are words; the others are figures, to the right."""
    cells = [[blocks.clean(cell) for cell in row] for row in rows]
    sides = ["left" if place < words else "right" for place in range(len(headings))]
    return tabulate(cells, headers=[str(heading) for heading in headings], tablefmt="simple", disable_numparse=True, colalign=sides)


def _powers(report: Report) -> str:
    """Return the figures known for the customers followed; the table of missing data has the others."""
    rows = [_power(name, one) for name, one in report.powers.items() if one.bads + one.goods]
    headings = (_("Figure"), _("Direction"), "n", _("Bad"), "AUC", _("Interval"), "Gini", "KS", _("KS at"), _("Verdict"))
    return table(headings, rows, words=2)


def _power(name: str, one: Discrimination) -> Sequence[object]:
    bounds = "–" if math.isnan(one.low) else f"{one.low:.3f}–{one.high:.3f}"
    found = "–" if math.isnan(one.ks.at) else f"{one.ks.at:.3g}"
    counts = (one.bads + one.goods, one.bads)
    return (
        name,
        say.BETTER[one.better],
        *counts,
        say.figure(one.auc),
        bounds,
        say.percent(one.gini),
        say.percent(one.ks.distance),
        found,
        say.power_verdict(one),
    )


def levels(found: Calibration, whole: Calibration | None = None) -> str:
    """Return PDs against defaults by grade, followed by the whole book."""
    rows = [_level(words.grade(grade), found, grade - 1) for grade in Grade]
    headings = (_("Grade"), "n", _("Bad"), _("Mean PD"), pgettext("defaults", "Rate"), _("Jeffreys p"), _("Binomial p"), _("Verdict"))
    return table(headings, [*rows, *([_level(_("all"), whole, 0)] if whole else [])])


def _level(name: Text | str, found: Calibration, at: int) -> Sequence[object]:
    shares = (say.share(float(column[at])) for column in (found.pd, found.rate))
    tests = (say.probability(float(column[at])) for column in (found.jeffreys, found.binomial))
    return name, found.count[at], found.defaults[at], *shares, *tests, say.level_verdict(found, at)


def _rates(report: Report) -> str:
    count, bads = report.level.count, report.level.bads
    places = [place for place in range(len(Grade) + 1) if place or count[place]]
    rows = [(_grade(at), count[at], _of(int(count[at]), int(count.sum())), bads[at], _of(int(bads[at]), int(count[at]))) for at in places]
    return table((_("Grade"), "n", SHARE, _("Bad"), pgettext("defaults", "Rate")), rows)


def _grade(place: int) -> Text | str:
    return words.grade(Grade(place)) if place else _("no grade")


def _of(part: int, whole: int) -> str:
    """Return a number with its share of a total; a dash if the total is 0."""
    return say.percent(part / whole) if whole else "–"


def _comparisons(found: Challenge) -> str:
    rows = [_comparison("points", found.points), _comparison("grade", found.grade)]
    headings = (_("Figure"), "n", _("Bad"), _("AUC of the champion"), _("of the challenger"), _("Difference"), _("Error"), "p")
    return table(headings, rows)


def _comparison(name: str, one: Comparison) -> Sequence[object]:
    areas = (say.figure(one.champion), say.figure(one.challenger), say.signed(one.advantage), say.figure(one.error))
    return name, one.bads + one.goods, one.bads, *areas, say.probability(one.p)


def _moves(found: Moves) -> str:
    rows = []
    for grade in Grade:
        counts = found.counts[grade - 1]
        whole = int(counts.sum())
        rows.append((words.grade(grade), whole, *(f"{many} ({many / whole:.0%})" if whole else "–" for many in counts)))
    return table(("", "n", *(words.grade(grade) for grade in Grade)), rows)


def _steps(found: Moves) -> str:
    rows = [(f"{step:+d}" if step else "0", many) for step, many in mobility.by_steps(found).items()]
    return table((_("Grades"), "n"), rows)


def _shift(report: Report) -> str:
    found = report.since
    names = [f"{low:.0f}–{high:.0f}" for low, high in pairwise((0.0, *BANDS, 100.0))]
    then, today = int(found.before.sum()), int(found.after.sum())
    rows = [
        (name, before, _of(before, then), after, _of(after, today), say.figure(part), "✓" if floored else "")
        for name, before, after, part, floored in zip(
            [*names, _("no points")], found.before, found.after, found.shift.parts, found.shift.floored, strict=True
        )
    ]
    headings = (_("Points"), _("n then"), SHARE, _("n today"), SHARE, "PSI", _("Floored"))
    # without points on one of the days there are numbers of customers to show, and nothing to compare
    width = len(headings) if found.comparable else len(headings) - 2
    return table(headings[:width], [row[:width] for row in rows])


def _letters(report: Report) -> str:
    rows = []
    for one in report.letters.rows:
        shares = [_of(many, one.count) for many in one.grades]
        rows.append([one.letter, one.count, "–" if math.isnan(one.points) else f"{one.points:.1f}", *shares[1:], shares[0]])
    return table((_("Letter"), "n", _("Mean points"), *(words.grade(grade) for grade in Grade), _("no grade")), rows)


def _agreements(report: Report) -> str:
    found = [(name, one) for name, one in report.letters.figures.items() if one.count]
    rows = [(name, one.count, say.figure(one.spearman), say.figure(one.kendall)) for name, one in found]
    return table((_("Figure"), "n", _("Spearman's rho"), _("Kendall's tau-b")), rows)


def _confidence(report: Report) -> str:
    rows = [(f"{low:.0%}–{high:.0%}", many, _of(many, report.known.customers), bads) for low, high, many, bads in report.known.confidence]
    return table((_("Weight of known factors"), "n", SHARE, _("Bad")), rows)


def _lacking(report: Report) -> str:
    rows = [(factor, measure, many, _of(many, report.known.customers)) for factor, measure, many in report.known.lacking]
    return table((_("Factor"), _("Figure"), _("Missing for"), SHARE), rows, words=2)


def _reasons(report: Report) -> str:
    shown, more = report.known.reasons[:_REASONS], report.known.reasons[_REASONS:]
    rows: list[Sequence[object]] = [(score_words.missing(line), many, _of(many, report.known.customers)) for line, many in shown]
    if more:
        rows.append((_("and {n} less frequent reasons").format(n=len(more)), "", ""))
    return table((_("Reason"), _("Customers"), SHARE), rows)
