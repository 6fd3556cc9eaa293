"""Figures of a customer over time: a chart of one, with its readings or all watched indicators as a table behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import takewhile

from commands.indicators import IndicatorState, trends
from commands.kit import blocks, charts, tables
from commands.kit.access import masking
from commands.kit.charts import Series
from commands.kit.contract import Block, Blocks, Refused, Reply, Request
from commands.kit.i18n import Text, _, listed, ngettext, noted, pgettext
from commands.kit.tables import Figure
from commands.kit.wording import words
from risk_engine.indicators.monitoring import Colour
from storage.customers.customers import Customer
from storage.database import Tx
from storage.scoring import scores
from storage.scoring.scores import Score

LOSS, SCORE, PD = "loss", "score", "pd"
_FIGURES = {LOSS: _("Expected loss"), SCORE: _("Score"), PD: _("PD")}
# versions of a score that are looked through for the last one of each day
VERSIONS = 200


@dataclass(frozen=True, slots=True)
class _Reading:
    """One value on a day, as it is drawn and as it is read."""

    day: date
    drawn: float
    shown: Figure
    # what else the table says of it
    more: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class _Trend:
    """A figure's readings, oldest first, with its thresholds and further columns.

    Attributes:
        axis: the unit of what is drawn.
        unit: that of the table's heading, if the readings do not carry it.
        difference: the words for a change.
        left_out: the number of readings of another kind, which are no part of this series.
    """

    name: str
    readings: Sequence[_Reading]
    axis: str
    difference: Callable[[float], str]
    unit: str = ""
    thresholds: Sequence[tuple[str, float]] = ()
    columns: Sequence[Text] = ()
    left_out: int = 0


def choices(watched: Sequence[IndicatorState], *, scored: bool) -> dict[str, str]:
    """Return the figures that can be shown over time, the most pressing first: the name to type, and the name on the button."""
    told = [(state.kri.indicator, words.named(state.kri.name)) for state in watched if state.readings]
    return dict(told) | ({name: str(text) for name, text in _FIGURES.items()} if scored else {})


def view(tx: Tx, who: Customer, watched: Sequence[IndicatorState], request: Request, of: str | None, *, scored: bool) -> Reply:
    """Return one figure over time; without a name, the most pressing one.

    Raises:
        Refused: there is no such figure, or no reading of any.
    """
    offered = choices(watched, scored=scored)
    if not offered:
        raise Refused(
            _("There is no reading yet of any indicator that the policy watches for {customer}.").format(customer=masking.called(who))
        )
    name = _meant(of, offered, who)
    found = _trend(tx, who, watched, request, name)
    if not found.readings:
        raise Refused(_("{figure} could not be computed yet for {customer}.").format(figure=offered[name], customer=masking.called(who)))
    gist = _gist(who, found)
    behind = _overview(watched) if of is None and watched else _table(found, gist)
    body: Blocks = [blocks.header(gist), *_chart(found), behind]
    drawn = len(found.readings[-blocks.CATEGORIES :])
    if drawn < len(found.readings):
        body.append(blocks.note(_("The chart shows the newest {n} of {all} readings.").format(n=drawn, all=len(found.readings))))
    if found.left_out:
        left = ngettext(
            "{n} reading of another source is left out: reported values and the ledger's own count are not one series.",
            "{n} readings of another source are left out: reported values and the ledger's own count are not one series.",
            found.left_out,
        )
        body.append(blocks.note(left))
    return Reply(blocks.escape(gist), body, shareable=True)


def _overview(watched: Sequence[IndicatorState]) -> Block:
    """Return every watched indicator with its last readings."""
    headings = (_("Indicator"), _("Latest"), _("Trend"), pgettext("change", "Step"), _("State"), _("As of"), _("Source"))
    rows = [
        (
            words.named(one.kri.name),
            tables.figure(words.reading(one.newest.value, one.kri.unit), None),
            trends.trend(one),
            trends.last_step(one),
            words.colour(one.colour, stale=one.stale),
            tables.dated(one.newest.as_of),
            words.label(one.newest.source),
        )
        for one in watched
    ]
    return tables.table(headings, rows, caption=_("Indicators"))


def _meant(of: str | None, offered: dict[str, str], who: Customer) -> str:
    if of is None:
        return next(iter(offered))
    wanted = of.strip().casefold()
    for name, text in offered.items():
        if wanted in (name, text.casefold(), name.replace("_", " ")):
            return name
    raise Refused(
        _("“{of}” is not on record for {customer} over time. Try one of these: {names}.").format(
            of=of, customer=masking.called(who), names=listed(offered)
        ),
        field="of",
    )


def _trend(tx: Tx, who: Customer, watched: Sequence[IndicatorState], request: Request, name: str) -> _Trend:
    if name not in _FIGURES:
        return _indicator(next(state for state in watched if state.kri.indicator == name and state.readings))
    return _scored(name, _daily(scores.history(tx, who.id, at=request.as_of, limit=VERSIONS), request))


def _daily(versions: Sequence[Score], request: Request) -> list[tuple[date, Score]]:
    """Return the last score of each day in the newest one's currency, oldest first."""
    zone = request.policy.digest.zone
    by_day = {score.known_at.astimezone(zone).date(): score for score in reversed(versions) if score.currency == versions[0].currency}
    return sorted(by_day.items(), key=lambda pair: pair[0])


def _scored(name: str, daily: Sequence[tuple[date, Score]]) -> _Trend:
    title = str(_FIGURES[name])
    if name == LOSS:
        known = [(day, score.expected_loss, score) for day, score in daily if score.expected_loss is not None]
        currency, losses = daily[-1][1].currency, [loss for _day, loss, _score in known]
        (_unit, step), (unit, texts) = words.money_unit(losses, currency), words.money_column(losses, currency)
        told = [
            _Reading(day, float(loss / step), tables.figure(text, loss), _grade(score))
            for (day, loss, score), text in zip(known, texts, strict=True)
        ]
        return _Trend(title, told, unit, lambda change: _of_money(change, currency), unit, columns=(_("Grade"),))
    if name == PD:
        shares = [(day, score.pd, score) for day, score in daily if score.pd is not None]
        told = [_Reading(day, pd * 100, tables.figure(words.share(pd), pd), _grade(score)) for day, pd, score in shares]
        return _Trend(title, told, "%", lambda change: words.difference(change, "percent"), columns=(_("Grade"),))
    points = [(day, score.points, score) for day, score in daily if score.points is not None]
    told = [_Reading(day, value, tables.figure(words.number(value, decimals=0), value), _grade(score)) for day, value, score in points]
    return _Trend(title, told, "", lambda change: words.difference(change, "number"), columns=(_("Grade"),))


def _of_money(change: float, currency: str) -> str:
    amount = words.money(Decimal(round(abs(change))), currency)
    return f"{'▲' if change > 0 else '▼'}{amount}" if round(change) else "="


def _grade(score: Score) -> tuple[object, ...]:
    return (words.grade(score.grade),)


def _indicator(state: IndicatorState) -> _Trend:
    kri = state.kri
    scale, axis = {"percent": (100.0, "%"), "ratio": (1.0, "×"), "days": (1.0, str(_("days")))}.get(kri.unit, (1.0, ""))
    told = [
        _Reading(
            one.as_of,
            (one.value or 0.0) * scale,
            tables.figure(words.reading(one.value, kri.unit), one.value),
            (words.colour(colour), words.label(one.source)),
        )
        for one, colour in zip(state.readings, state.colours, strict=True)
    ]
    bounds = [
        (f"{words.colour_sign(colour)} {'>' if sign > 0 else '<'} {words.reading(value, kri.unit)}", value * scale)
        for sign, amber, red in kri.sides
        for value, colour in ((amber, Colour.AMBER), (red, Colour.RED))
    ]
    difference = partial(words.difference, unit=kri.unit)
    return _Trend(words.named(kri.name), told, axis, difference, "", bounds, (_("State"), _("Source")), state.left_out)


def _gist(who: Customer, found: _Trend) -> str:
    newest = found.readings[-1]
    parts = _("{figure} of {customer}: {value}").format(customer=masking.called(who), figure=found.name, value=_with_unit(newest, found))
    if len(found.readings) < 2:
        return str(parts)
    before = found.readings[-2]
    since = _("{before} on {day}").format(before=_with_unit(before, found), day=words.day(before.day))
    if _with_unit(before, found) == _with_unit(newest, found):
        since = _("unchanged since {day}").format(day=words.day(_unchanged_since(found).day))
    return noted(parts, since)


def _unchanged_since(found: _Trend) -> _Reading:
    """Return the first of the newest readings that all look alike."""
    newest = _with_unit(found.readings[-1], found)
    alike = list(takewhile(lambda one: _with_unit(one, found) == newest, reversed(found.readings)))
    return alike[-1]


def _with_unit(reading: _Reading, found: _Trend) -> str:
    """Return the value; an amount with its unit, which the table has in its heading."""
    if not found.unit or reading.shown.value is None:
        return reading.shown.text
    return words.money(Decimal(round(reading.shown.value)), found.unit.split()[0])


def _chart(found: _Trend) -> list[Block]:
    """Return the chart against the thresholds; none while figures are masked, as it would tell them."""
    if masking.masked():
        return []
    one_a_day = {reading.day: reading for reading in found.readings}
    labels = [_label(day, list(one_a_day)) for day in one_a_day]
    values = [reading.drawn for reading in one_a_day.values()]
    series = [Series(found.name, values), *(Series(name, [value] * len(values)) for name, value in found.thresholds)]
    drawn = charts.line(found.name, labels, series, unit=found.axis)
    return [drawn] if drawn else []


def _label(day: date, among: Sequence[date]) -> str:
    """Return a day for the axis: its month alone if no other day is of that month."""
    months = [(other.year, other.month) for other in among]
    return words.month(day) if len(set(months)) == len(months) else words.short_day(day)


def _table(found: _Trend, caption: str) -> Block:
    headings = (_("As of"), words.in_unit(found.name, found.unit) if found.unit else found.name, pgettext("change", "Step"), *found.columns)
    told = list(found.readings)
    rows = [
        (
            tables.dated(one.day),
            one.shown,
            _step(before, one, found),
            *one.more,
        )
        for before, one in zip([None, *told[:-1]], told, strict=True)
    ]
    return tables.table(headings, rows[::-1], caption=caption)


def _step(before: _Reading | None, one: _Reading, found: _Trend) -> Figure | str:
    """Return the change since the reading before; a dash for the first, and while figures are masked."""
    if before is None or before.shown.value is None or one.shown.value is None:
        return tables.MISSING
    change = one.shown.value - before.shown.value
    return tables.figure(found.difference(change), change)
