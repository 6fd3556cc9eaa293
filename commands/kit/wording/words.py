"""Figures and dates in the reader's language, time zone and format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import itemgetter

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent, parse_pattern

from commands.kit.access.masking import DOTS, figure, masked
from commands.kit.i18n import Text, _, in_script, ngettext, pgettext, reader
from risk_engine.grading import Grade
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Policy
from risk_engine.register.assessment import Level

# the word that people see for each value of the engine; collected here so that a translator finds them in one place
_LABELS: dict[str, Text] = {
    "threat": pgettext("kind of risk", "threat"),
    "opportunity": pgettext("kind of risk", "opportunity"),
    "credit": pgettext("category", "credit"),
    "financial": pgettext("category", "financial condition"),
    "liquidity": pgettext("category", "liquidity"),
    "market": pgettext("category", "market"),
    "operational": pgettext("category", "operational"),
    "legal": pgettext("category", "legal and compliance"),
    "environmental": pgettext("category", "environmental and social"),
    "strategic": pgettext("category", "strategic"),
    "relationship": pgettext("category", "relationship"),
    "avoid": pgettext("strategy", "avoid"),
    "reduce": pgettext("strategy", "reduce"),
    "share": pgettext("strategy", "share"),
    "retain": pgettext("strategy", "retain"),
    "remove_source": pgettext("strategy", "remove the source"),
    "take_more": pgettext("strategy", "increase exposure (opportunity)"),
    "proposed": pgettext("state", "pending approval"),
    "approved": pgettext("state", "approved"),
    "rejected": pgettext("state", "rejected"),
    "returned": pgettext("state", "returned for information"),
    "withdrawn": pgettext("state", "withdrawn"),
    "expired": pgettext("state", "expired"),
    "ended": pgettext("state", "ended"),
    "replaced": pgettext("state", "replaced"),
    "open": pgettext("state", "open"),
    "acknowledged": pgettext("state", "acknowledged"),
    "closed": pgettext("state", "closed"),
    "not_in_policy": pgettext("end of a breach", "the policy no longer has this indicator"),
    "not_watched": pgettext("end of a breach", "the policy no longer watches this indicator for this customer"),
    "no_value": pgettext("end of a breach", "there is no longer a value on record"),
    "internal": pgettext("source", "internal"),
    "domestic": pgettext("source", "domestic"),
    "customer": pgettext("source", "customer"),
    "competitor": pgettext("source", "competitor"),
    "customers": pgettext("file", "customers"),
    "facilities": pgettext("file", "facilities"),
    "ratings": pgettext("file", "ratings"),
    "statements": pgettext("file", "statements"),
    "observations": pgettext("file", "observations"),
    "rates": pgettext("file", "exchange rates"),
    "outcomes": pgettext("file", "outcomes"),
    "instalments": pgettext("file", "instalments"),
    "payments": pgettext("file", "payments"),
    "collateral": pgettext("file", "collateral"),
    "guarantees": pgettext("file", "guarantees"),
    "projections": pgettext("file", "projections"),
    "incidents": pgettext("file", "incidents"),
    "transactions": pgettext("file", "months of accounts, from transactions"),
    "account_months": pgettext("file", "months of accounts"),
    "rating": pgettext("fact", "rating"),
    "facility": pgettext("fact", "facility"),
    "statement": pgettext("fact", "statement"),
    "audited_statement": pgettext("source", "audited statement"),
    "ledger": pgettext("source", "ledger"),
    "prices": pgettext("source", "prices"),
    "score": pgettext("source", "score"),
    "observation": pgettext("fact", "observation"),
    "account_month": pgettext("fact", "account"),
    "guarantee": pgettext("fact", "guarantee"),
    "projection": pgettext("fact", "projection"),
    "incident": pgettext("fact", "incident"),
    "outcome": pgettext("fact", "outcome"),
    "override": pgettext("fact", "override"),
    "judgement": pgettext("fact", "judgement"),
    "rate": pgettext("fact", "exchange rate"),
    "unlikely": pgettext("judgement", "unlikely to pay"),
    "rebut": pgettext("judgement", "rebuttal of the 90-day presumption"),
    "void": pgettext("judgement", "default entered by mistake"),
    "end": pgettext("judgement", "end of a judgement"),
    "unlikely_to_pay": pgettext("judgement", "unlikely to pay"),
    "rebuttal": pgettext("judgement", "rebuttal of the 90-day presumption"),
    "viewer": pgettext("role", "viewer"),
    "analyst": pgettext("role", "analyst"),
    "relationship_manager": pgettext("role", "relationship manager"),
    "risk_manager": pgettext("role", "risk manager"),
    "approver": pgettext("role", "approver"),
    "auditor": pgettext("role", "auditor"),
    "administrator": pgettext("role", "administrator"),
    "pass": pgettext("loan", "pass"),
    "special_mention": pgettext("loan", "special mention"),
    "substandard": pgettext("loan", "substandard"),
    "doubtful": pgettext("loan", "doubtful"),
    "loss": pgettext("loan", "loss"),
    "identified": pgettext("risk", "identified"),
    "assessed": pgettext("risk", "assessed"),
    "treated": pgettext("risk", "treated"),
    "retained": pgettext("risk", "retained"),
    "in_progress": pgettext("response", "in progress"),
    "done": pgettext("response", "done"),
    "cancelled": pgettext("response", "cancelled"),
    "reduce_likelihood": pgettext("strategy", "reduce likelihood"),
    "reduce_consequence": pgettext("strategy", "reduce consequence"),
    "product_strategy": pgettext("measure", "product strategy"),
    "service_process": pgettext("measure", "service process"),
    "internal_control": pgettext("measure", "internal control"),
    "control": pgettext("kind of control", "control"),
    "one_off": pgettext("kind of control", "one-off measure"),
    "designed": pgettext("control", "designed"),
    "operating": pgettext("control", "operating"),
    "tested": pgettext("control", "tested"),
    "retired": pgettext("control", "retired"),
    "effective": pgettext("test", "effective"),
    "ineffective": pgettext("test", "ineffective"),
    "design": pgettext("test", "design"),
    "operation": pgettext("test", "operation"),
    "red": pgettext("colour", "red"),
    "amber": pgettext("colour", "amber"),
    "green": pgettext("colour", "green"),
}

# what the packaged policy calls its steps and indicators, so that translators find them
_PACKAGED = (
    *(_("rare"), _("unlikely"), _("possible"), _("likely"), _("almost certain")),
    *(_("insignificant"), _("minor"), _("moderate"), _("major"), _("severe")),
    *(_("one facility"), _("one customer"), _("a group"), _("a sector or country"), _("the whole book")),
    *(_("Debt service cover"), _("Interest cover"), _("Current ratio"), _("Debt ratio"), _("Limit utilisation"), _("Days past due")),
)

_LEVELS = {
    Level.NEGLIGIBLE: _("negligible"),
    Level.LOW: _("low"),
    Level.MEDIUM: _("medium"),
    Level.HIGH: _("high"),
    Level.CRITICAL: _("critical"),
}

# a sign of its own shape beside the word, so that colour does not carry meaning alone
_COLOURS = {
    Colour.NONE: ("⚪", _("no reading")),
    Colour.GREEN: ("🟢", _("green")),
    Colour.AMBER: ("🔶", _("amber")),
    Colour.RED: ("🔴", _("red")),
}

_CATEGORIES = {number: _LABELS[name] for number, name in enumerate(("pass", "special_mention", "substandard", "doubtful", "loss"), 1)}


def label(value: Enum | str) -> str:
    """Return the word for a value of the engine."""
    key = value.value if isinstance(value, Enum) else value
    return str(_LABELS.get(str(key), str(key)))


def heading(value: Enum | str) -> str:
    """The word for a value of the engine, as it begins a line."""
    word = label(value)
    return word[:1].upper() + word[1:]


def named(word: str) -> str:
    """Return a word of the packaged policy in the reader's language; the team's own words stay."""
    return str(Text(word))


def label_of(name: str) -> str:
    """Return ``due_date`` as ``Due date``."""
    return name.replace("_", " ").capitalize()


def level(value: Level) -> str:
    """Return ``●●●○ high``: the word, and a sign that works without colour."""
    return f"{'●' * value}{'○' * (Level.CRITICAL - value)} {_LEVELS[value]}"


def category(value: int | None) -> Text | None:
    """Return the category of a loan, 1 to 5; None for an unknown one."""
    return _CATEGORIES.get(value or 0)


def stage(value: int) -> Text:
    return _("stage {stage}").format(stage=value)


def colour(value: Colour, *, stale: bool = False) -> str:
    """Return ``🔴 red``; a stale one is marked, and never plain green."""
    sign, word = _COLOURS[value]
    old = _("stale")
    return f"{sign} {word} · {old}" if stale else f"{sign} {word}"


def colour_sign(value: Colour) -> str:
    return _COLOURS[value][0]


# reading a pattern or the name of a locale costs more than formatting a number by it
_pattern = cache(parse_pattern)
_parsed = cache(Locale.parse)


def _locale() -> Locale:
    return _parsed(reader().locale)


def day(value: date) -> str:
    """Return a date in the reader's format: ``31 Dec 2026``, ``2026年12月31日``."""
    return format_date(value, format="medium", locale=_locale())


def short_day(value: date) -> str:
    """Return ``31 Dec 26``, for the axis of a chart."""
    return format_date(value, format="y年M月d日" if reader().locale.startswith("zh") else "d MMM yy", locale=reader().locale)


def month(value: date) -> str:
    """Return ``Dec 2026``, for the axis of a chart."""
    return format_date(value, format="y年M月" if reader().locale.startswith("zh") else "MMM y", locale=reader().locale)


def moment(value: datetime) -> str:
    """Return a time in the reader's zone, which is named for several readers."""
    pattern = "y年M月d日 HH:mm" if reader().locale.startswith("zh") else "d MMM y HH:mm"
    return format_datetime(value, pattern + (" z" if reader().many else ""), tzinfo=reader().tzinfo, locale=reader().locale)


def hour(value: datetime) -> str:
    """Return ``14:05``, in the reader's zone."""
    return f"{value.astimezone(reader().tzinfo):%H:%M}"


def until(value: datetime, now: datetime) -> str:
    """Return the time left or overdue: ``due in 23 hours``, ``2 days overdue``."""
    if value > now:
        return str(_("due {soon}").format(soon=ago(value, now)))
    return str(_("{time} overdue").format(time=span(now - value)))


def span(value: timedelta) -> str:
    """Return ``3 hours``."""
    return format_timedelta(value, locale=reader().locale)


def ago(value: datetime, now: datetime) -> str:
    """Return ``3 hours ago``."""
    return format_timedelta(value - now, add_direction=True, locale=reader().locale)


def count(value: int) -> str:
    """Return a number grouped in the reader's format; counts are never masked."""
    return _number(value, decimals=0)


def number(value: float | Decimal, *, decimals: int = 2) -> str:
    """Return a figure with at most ``decimals``, grouped in the reader's format."""
    return figure(_number(value, decimals=decimals))


def _number(value: float | Decimal, *, decimals: int = 2) -> str:
    return format_decimal(value, format=_pattern("#,##0." + "#" * decimals if decimals else "#,##0"), locale=_locale())


def reading(value: float | None, unit: str) -> str:
    """Return a reading in its unit: ``1.17×``, ``87 %``, ``31 days``; a dash when missing."""
    return "–" if value is None else figure(_reading(value, unit))


def _reading(value: float, unit: str) -> str:
    if unit == "percent":
        return format_percent(value, format=_pattern("#,##0.#%"), locale=_locale())
    if unit == "days":
        return str(ngettext("{n} day", "{n} days", round(value)))
    if unit == "ratio":
        return f"{format_decimal(value, format=_pattern('#,##0.00'), locale=_locale())}×"
    return _number(value)


def difference(change: float, unit: str, *, worse: bool | None = None) -> str:
    """Return a change: ``▲0.23× worse``, ``▽12 pp better``; ``=`` if it rounds to nothing. Shares differ by percentage points.

    Args:
        worse: whether it is for the worse, which has a filled sign and its word; None where neither can be said.
    """
    if _reading(abs(change), unit) == _reading(0.0, unit):
        return "="
    points = _("{n} pp").format(n=number(abs(change) * 100, decimals=1))
    amount = str(points) if unit == "percent" else reading(abs(change), unit)
    return f"{sign(change > 0, worse=worse)}{amount}{'' if worse is None else f' {verdict(worse=worse)}'}"


def sign(up: bool, *, worse: bool | None) -> str:
    """Return the sign of a change: its point is the direction, and hollow is for the better."""
    return ("△" if up else "▽") if worse is False else ("▲" if up else "▼")


def verdict(*, worse: bool) -> Text:
    """Return the word beside the sign of a change."""
    return _("worse") if worse else _("better")


def unit_of(kri: str, policy: Policy) -> str:
    """Return the unit of an indicator; a plain number once the policy no longer has it."""
    return next((one.unit for one in policy.kri if one.name == kri), "number")


def money(amount: Decimal, currency: str) -> str:
    """Return ``EUR 12.4 m``, with three significant figures; exports have exact amounts."""
    return figure(_money(amount, currency))


def _money(amount: Decimal, currency: str) -> str:
    for step, word in _steps():
        if abs(amount) >= step:
            parts = amount / step
            rounded = round(parts, 0 if abs(parts) >= 100 else 1 if abs(parts) >= 10 else 2)
            # what rounds up to the next step, as 999 999 does, is written in that one
            return f"{currency} {_number(rounded)} {word}" if rounded == parts else _money(rounded * step, currency)
    # four figures need no cents; exports have them
    return f"{currency} {_number(amount, decimals=2 if abs(amount) < 1000 else 0)}"


def money_column(amounts: Sequence[Decimal | None], currency: str) -> tuple[str, list[str]]:
    """Return ``EUR m`` for a heading, and the amounts below in that unit with equal decimals.

    The unit is that of the largest; what is too small for its decimals is ``<0.01``, and what is missing a dash.
    """
    word, (written,) = money_columns(amounts, currency=currency)
    return word, written


def money_columns(*columns: Sequence[Decimal | None], currency: str) -> tuple[str, list[list[str]]]:
    """Return the one unit of several columns of a table, and their amounts: the unit of the column of the smaller amounts."""
    if masked():
        # the unit says how large they are
        return currency, [["–" if amount is None else DOTS for amount in amounts] for amounts in columns]
    # a column of single euros does not write another's millions in full
    units = sorted((money_unit(amounts, currency) for amounts in columns), key=itemgetter(1))
    word, step = next((unit for unit in units if unit[1] > 1), (currency, 1))
    return word, [_written(amounts, step) for amounts in columns]


def _written(amounts: Sequence[Decimal | None], step: int) -> list[str]:
    largest = max((abs(amount) for amount in amounts if amount is not None), default=Decimal(0)) / step
    pattern, least = ("#,##0", 1) if largest >= 10_000 else ("#,##0.0", Decimal("0.1")) if largest >= 100 else ("#,##0.00", Decimal("0.01"))

    def cell(amount: Decimal | None) -> str:
        if amount is None:
            return "–"
        parts = amount / step
        tiny = 0 < abs(parts) < Decimal(least) / 2
        return ("<" if tiny else "") + format_decimal(least if tiny else parts, format=_pattern(pattern), locale=_locale())

    return [cell(amount) for amount in amounts]


def in_unit(title: object, unit: object) -> str:
    """Return the heading of a column of amounts: ``EL, EUR m``."""
    return in_script(f"{title}, {unit}", f"{title}（{unit}）")


def money_unit(amounts: Sequence[Decimal | None], currency: str) -> tuple[str, int]:
    """Return ``EUR m`` and 1,000,000: the unit of the largest of these amounts, and how much one of it is."""
    largest = max((abs(amount) for amount in amounts if amount is not None), default=Decimal(0))
    # 亿 is 10,000 of the unit below it: in a column, most amounts would be hundredths of it
    least = 100 if reader().locale.startswith("zh") else 1
    return next(
        ((f"{currency} {word}", step) for step, word in _steps() if largest >= step * (least if step > 10_000 else 1)), (currency, 1)
    )


def _steps() -> tuple[tuple[int, Text | str], ...]:
    """Return the reader's units of large amounts, the largest first."""
    if reader().locale.startswith("zh"):
        return ((100_000_000, "亿"), (10_000, "万"))
    return ((1_000_000_000, _("bn")), (1_000_000, _("m")), (1_000, _("k")))


def grade(value: Grade) -> str:
    """Return ``●●●○ high``: the word, and a sign that works without colour."""
    return level(Level(value))


def grade_word(value: Grade) -> str:
    """Return the word alone, for a sentence: ``high``."""
    return str(_LEVELS[Level(value)])


def share(value: float | None) -> str:
    """Return a PD or LGD: ``0.26 %``; a dash if it is not computable."""
    return "–" if value is None else figure(format_percent(value, format=_pattern("#,##0.##%"), locale=_locale()))


def part(value: float | None) -> str:
    """Return a share without decimals: ``84 %``."""
    return "–" if value is None else figure(format_percent(value, format=_pattern("#,##0%"), locale=_locale()))
