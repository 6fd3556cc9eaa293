"""A customer's facts, line by line: grade, scorecard, figures, exposure, ratings, maturities, group and manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Blocks, Request
from commands.kit.i18n import Text, _, clauses, listed, ngettext, noted
from commands.kit.wording import words
from commands.scoring import default_words, grade_words, pd_words, score_card, score_words
from risk_engine.exchange import Conversion
from risk_engine.grading import Grade
from risk_engine.policy.policy import Policy
from risk_engine.references import OverrideId
from risk_engine.scoring.override import Override
from storage.customers import currencies, customers, lending
from storage.customers.customers import Customer, Exposure, Rating
from storage.customers.lending import Group, Maturing
from storage.database import Tx
from storage.scoring import counting_letters, guarantors, overrides, score_drivers, scores
from storage.scoring.guarantors import Guarantor
from storage.scoring.score_drivers import Driver
from storage.scoring.scores import Detail, Score

RATINGS_SHOWN, MATURING_SHOWN, MISSING_SHOWN, ALSO = 3, 3, 2, 2
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Known:
    """The facts about a customer at a moment."""

    who: Customer
    owed: tuple[Exposure, ...]
    letters: tuple[Rating, ...]
    # of these the one behind the score
    counts: Rating | None
    score: Score | None
    detail: Detail | None
    # by whom the expected loss falls
    guarantor: Guarantor | None
    reasons: tuple[Driver, ...]
    override: Override | None
    waiting: Override | None
    maturing: list[Maturing]
    group: Group | None
    rates: Mapping[str, Conversion]
    currency: str
    today: date
    # whether this is an earlier state
    past: bool


def look(tx: Tx, who: Customer, request: Request) -> Known:
    """Return the facts for the first half of the screen, as known at the request's time."""
    at, policy = request.as_of, request.policy.scoring
    today = request.day_of_figures
    owed = customers.exposures(tx, [who.id], at=at).get(who.id, ())
    whole = lending.group(tx, who.group, at=at) if who.group else None
    wanted = {entry.currency for entry in owed} | set(whole.drawn if whole else ())
    score = scores.of(tx, [who.id], at=at).get(who.id)
    detail = scores.detail(tx, score) if score else None
    guarantee = detail.sources.get("guarantee") if detail else None
    return Known(
        who=who,
        owed=owed,
        letters=customers.ratings(tx, [who.id], at=at).get(who.id, ()),
        counts=counting_letters.of(tx, [score]).get(who.id) if score else None,
        score=score,
        detail=detail,
        guarantor=guarantors.of(tx, [guarantee]).get(guarantee) if guarantee else None,
        reasons=score_words.said_once(score_drivers.of(tx, [score.id]).get(score.id, ())) if score else (),
        override=overrides.get(tx, OverrideId(score.override_id)) if score and score.override_id else None,
        # a pending override does not belong to the moment of an older answer
        waiting=overrides.waiting(tx, who.id) if at is None else None,
        maturing=lending.maturing(tx, who.id, until=today + YEAR, at=at),
        group=whole if whole and whole.members > 1 else None,
        rates=currencies.rates(tx, wanted, policy.currency, as_of=today, max_age_days=policy.rate_max_age_days, known_at=at),
        currency=policy.currency,
        today=today,
        past=at is not None,
    )


def first_lines(known: Known, policy: Policy, past_due: float | None) -> list[tuple[Text, Any]]:
    """Return label and value of the first lines: the grade and why, the figures and the exposure; None for an unknown value.

    Args:
        past_due: the days past due that count.
    """
    return [
        (_("Grade"), _grade(known)),
        (_("Range"), grade_words.spread(known.score, known.detail, policy) if known.score and known.detail else None),
        (_("Scorecard"), score_card.line(known.score, known.detail, policy) if known.score and known.detail else None),
        (_("Figures"), _figures(known.score, known.detail)),
        (_("Guarantee"), guarantee(known)),
        (_("Missing"), _missing(known.score)),
        (_("Exposure"), _exposures(known, policy, past_due)),
        (_("Rating"), _ratings(known, policy)),
    ]


def last_lines(known: Known) -> Blocks:
    """Return the last lines: the group, then business and relationship manager, as far as they are known."""
    who = known.who
    where = " · ".join(part for part in (who.sector, who.country) if part)
    care = " · ".join(part for part in (who.manager, who.department) if part)
    whole = group(known) or (masking.prose(who.group) if who.group else None)
    pieces: list[Any] = []
    for label, value, joint in ((_("Group"), whole, "\n"), (_("Business"), where, "\n"), (_("Relationship manager"), care, "   ")):
        if value:
            pieces += [*([joint] if pieces else []), blocks.bold(label), f"  {value}"]
    return [blocks.paragraph(*pieces)] if pieces else []


def _grade(known: Known) -> str:
    """Return the grade with its main reason and the names of the others that are worse than low."""
    if known.score is None and known.past:
        return str(_("no score on record then"))
    if known.score is None:
        return str(_("not scored yet: it happens within a minute after an import, or at once with “python -m bot score”"))
    default = _default(known)
    reasons = [one for one in score_words.said_once(known.reasons) if not (default and one.name == "days_past_due")]
    first = score_words.standing(known.score, reasons, known.override)
    if default and reasons and reasons[0].name == "default":
        # the reasons of the default, with its day and amounts, say more than their names
        first = first.replace(score_words.driver(reasons[0]), str(_("in default {since}").format(since=default)))
    others = [score_words.driver(one) for one in reasons[1:] if one.grade > Grade.LOW]
    if not others:
        return first
    also = _("{first}; also {others}").format(first=first, others=listed(others[:ALSO]))
    left = len(others) - ALSO
    return str(also) if left <= 0 else str(_("{first} and {n} more").format(first=also, n=left))


def _default(known: Known) -> str | None:
    return default_words.default(known.detail.figures, known.score.currency) if known.score and known.detail else None


def waiting(found: Override) -> Text:
    """Return a pending override on one line."""
    grade, until = words.grade(found.grade), words.day(found.until)
    return _("{override}, {grade} until {until}, pending approval").format(override=found.id, grade=grade, until=until)


def _figures(score: Score | None, detail: Detail | None) -> str | None:
    if score is None:
        return None
    amounts = [words.money(amount, score.currency) if amount is not None else "–" for amount in (score.expected_loss, score.ead)]
    return f"EL {amounts[0]} · EAD {amounts[1]} · PD {pd_words.short(score, detail)} · LGD {words.share(score.lgd)}"


def guarantee(known: Known) -> Text | None:
    """Return the effect of guarantees on the expected loss; None without one."""
    return pd_words.guarantee(known.score, known.detail, known.guarantor) if known.score and known.detail else None


def _missing(score: Score | None) -> str | None:
    if score is None or not score.missing:
        return None
    shown = clauses(score_words.missing(line) for line in score.missing[:MISSING_SHOWN])
    left = len(score.missing) - MISSING_SHOWN
    return shown if left <= 0 else str(_("{first} and {n} more").format(first=shown, n=left))


def _exposures(known: Known, policy: Policy, past_due: float | None) -> str:
    if not known.owed:
        return str(_("no facilities on record"))
    parts = [clauses(_exposure(entry) for entry in known.owed)]
    if past_due:
        parts.append(masking.figure(str(ngettext("{n} day past due", "{n} days past due", round(past_due)))))
    if {entry.currency for entry in known.owed} != {known.currency}:
        parts.append(str(together(known)))
    parts.append(str(ledger_day(known, policy)))
    return " · ".join(parts)


def together(known: Known) -> Text:
    """Return the customer's drawn amounts as one sum in the reporting currency."""
    return _together({entry.currency: entry.outstanding for entry in known.owed}, known)


def _together(drawn: Mapping[str, Decimal], known: Known) -> Text:
    """Return the sum in the reporting currency with the date of its rates; without a rate, name the currency instead."""
    if without := sorted(set(drawn) - set(known.rates)):
        return _("no sum: no usable rate for {currencies}").format(currencies=listed(without))
    whole = sum((amount * Decimal(repr(known.rates[currency].factor)) for currency, amount in drawn.items()), Decimal(0))
    days = [day for currency in drawn if (day := known.rates[currency].as_of)]
    amount = words.money(round(whole, 2), known.currency)
    return (
        _("total {amount} (rates of {day})").format(amount=amount, day=words.day(min(days)))
        if days
        else _("total {amount}").format(amount=amount)
    )


def _exposure(entry: Exposure) -> Text:
    outstanding, limit = words.money(entry.outstanding, entry.currency), words.money(entry.limit, entry.currency)
    return _("{outstanding} drawn of {limit}").format(outstanding=outstanding, limit=limit)


def ledger_day(known: Known, policy: Policy) -> Text:
    """Return the day of the oldest entry, and whether it is too old to be more than the last known exposure."""
    oldest = min(entry.as_of for entry in known.owed)
    late = oldest < known.today - timedelta(days=policy.data.facility_days)
    said = _("ledger of {day}, out of date: last known exposure") if late else _("ledger of {day}")
    return said.format(day=words.day(oldest))


def _ratings(known: Known, policy: Policy) -> str:
    """Return the letter behind the score, followed by the newest of the others, each with the reason why it does not count."""
    first = [known.counts] if known.counts else []
    others = [one for one in known.letters if one != known.counts]
    return clauses(_rating(one, known, policy) for one in [*first, *others][:RATINGS_SHOWN]) or str(_("none on record"))


def _rating(letter: Rating, known: Known, policy: Policy) -> str:
    by = dict.fromkeys((letter.agency, letter.scale)) if letter.scale != "global" else (letter.agency,)
    said = noted(letter.letter, listed([*(words.label(name) for name in by), words.day(letter.as_of)]))
    if known.score is None or letter == known.counts:
        return said
    if pd_words.outdated(letter, policy, known.today):
        return str(_("{rating}, out of date").format(rating=said))
    if f"letter:{letter.letter} ({letter.agency})" in known.score.missing:
        return str(_("{rating}, not mapped to the master scale").format(rating=said))
    return str(_("{rating}, not used").format(rating=said))


def letter(known: Known, policy: Policy) -> str:
    """Return the letter that counts alone, as in lists."""
    return pd_words.letter(known.score, known.counts, next(iter(known.letters), None), policy, known.today)


def maturing(found: list[Maturing]) -> str | None:
    """Return the next facilities that mature, with their drawn amounts; None without one."""
    shown = [f"{one.facility} {words.money(one.outstanding, one.currency)} · {words.day(one.maturity)}" for one in found[:MATURING_SHOWN]]
    if len(found) > MATURING_SHOWN:
        shown.append(str(_("and {n} more").format(n=len(found) - MATURING_SHOWN)))
    return clauses(shown) or None


def group(known: Known) -> str | None:
    """Return the group with its number of customers and its exposure; None for a customer alone."""
    if known.group is None:
        return None
    members = ngettext("{n} customer", "{n} customers", known.group.members)
    drawn = _together(known.group.drawn, known) if known.group.drawn else _("no facilities on record")
    return f"{masking.prose(known.group.name)} · {members} · {drawn}"
