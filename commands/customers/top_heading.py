"""The first line of a ranking, which answers the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from commands.kit.access import masking
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.wording import words
from storage.customers.book_totals import Totals
from storage.scoring.ranking import By, Ranked

NAMED = 2


def heading(by: By, totals: Totals, lines: Sequence[Ranked], overdue: Mapping[str, Decimal]) -> str:
    """Return the answer in one line, by the measure of the ranking.

    Args:
        overdue: the overdue amounts by customer, where the ranking is by arrears.
    """
    match by:
        case By.CHANGE:
            return str(_changed(totals, lines))
        case By.OVERDUE:
            return str(_in_arrears(totals, lines, overdue))
        case By.PD:
            shares = [words.share(one.pd) for one in lines]
            return str(_between(_("Highest PD: {highest} to {lowest}, {n} of {borrowers}"), totals, lines, shares))
        case By.GRADE:
            worst = [words.grade_word(one.grade) for one in lines]
            return str(_between(_("Worst grade: {highest} to {lowest}, {n} of {borrowers}"), totals, lines, worst))
    return str(_carried(by is By.EXPOSURE, totals, lines))


def _borrowers(totals: Totals) -> Text:
    return ngettext("{n} borrower", "{n} borrowers", totals.customers)


def _between(sentence: Text, totals: Totals, lines: Sequence[Ranked], values: Sequence[str]) -> Text:
    """Return the range of the values shown, from the first to the last."""
    return sentence.format(highest=values[0], lowest=values[-1], n=len(lines), borrowers=_borrowers(totals))


def _carried(by_exposure: bool, totals: Totals, lines: Sequence[Ranked]) -> Text:
    """Return the share of the total that these customers carry, which says if it is only of the known amounts."""
    whole = totals.ead if by_exposure else totals.expected_loss
    part = sum(((line.ead if by_exposure else line.expected_loss) or Decimal(0) for line in lines), Decimal(0))
    complete = not (totals.without_ead if by_exposure else totals.without_loss)
    if by_exposure:
        all_, known = (
            _("{n} of {borrowers} carry {share} of the exposure, {amount}"),
            _("{n} of {borrowers} carry {share} of the known exposure, {amount}"),
        )
    else:
        all_, known = (
            _("{n} of {borrowers} carry {share} of the expected loss, {amount}"),
            _("{n} of {borrowers} carry {share} of the known expected loss, {amount}"),
        )
    share = words.reading(float(part / whole), "percent") if whole else "–"
    amount = words.money(part, str(totals.currency))
    return (all_ if complete else known).format(n=len(lines), borrowers=_borrowers(totals), share=share, amount=amount)


def _changed(totals: Totals, lines: Sequence[Ranked]) -> Text:
    """Return the change of the whole expected loss, and who has changed most."""
    change, currency = totals.change or Decimal(0), str(totals.currency)
    sentence = _("Expected loss up {change} in 7 days: {names}")
    if change < 0:
        sentence = _("Expected loss down {change} in 7 days; up most: {names}")
    elif not change:
        sentence = _("Expected loss unchanged in 7 days; up most: {names}")
    return sentence.format(change=words.money(abs(change), currency), names=listed(_mover(line) for line in lines[:NAMED]))


def _mover(line: Ranked) -> str:
    name, change = masking.customer(line.customer, line.name), line.change or Decimal(0)
    amount = words.money(abs(change), line.currency)
    if line.new:
        return str(_("{customer} new with {amount}").format(customer=name, amount=amount))
    return f"{name} {words.sign(change > 0, worse=change > 0)}{amount}" if change else f"{name} ="


def _in_arrears(totals: Totals, lines: Sequence[Ranked], overdue: Mapping[str, Decimal]) -> Text:
    """Return the overdue amount of the customers shown, how many are past due, and the longest arrears."""
    late = totals.customers - totals.unranked
    whole = sum((overdue.get(line.customer, Decimal(0)) for line in lines), Decimal(0))
    facts = {
        "amount": words.money(whole, str(totals.currency)),
        "late": words.count(late),
        "borrowers": _borrowers(totals),
        "days": words.reading(lines[0].days_past_due, "days"),
    }
    unknown = sum(line.customer not in overdue for line in lines)
    if unknown == len(lines):
        said = _("{late} of {borrowers} past due, longest {days}").format(**facts)
    elif late > len(lines):
        sentence = _("{amount} overdue at the {n} longest past due; {late} of {borrowers} past due, longest {days}")
        said = sentence.format(n=len(lines), **facts)
    else:
        said = _("{amount} overdue at {late} of {borrowers}, longest {days}").format(**facts)
    return _("{said}; amount not known at {n} of them").format(said=said, n=unknown) if unknown else said
