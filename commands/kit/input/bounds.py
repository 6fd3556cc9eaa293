"""Bounds of figures as people type them: ``>50m``, ``10m-50m``, ``超过1亿``, ``>5%``, ``>30 days``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from babel import Locale

from commands.kit.input.plain import plain

# larger amounts are typing errors, and no column holds them
_MOST = Decimal(10) ** 15


class Unit(StrEnum):
    """The unit of a bounded figure."""

    AMOUNT = "amount"
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The accepted values of a figure: from ``least`` to ``most``, either of which may be missing or left out itself.

    A percentage is a share: 5% is 0.05.
    """

    unit: Unit
    least: Decimal | None = None
    most: Decimal | None = None
    above: bool = False
    below: bool = False
    currency: str | None = None

    def __str__(self) -> str:
        """Return the bounds as they can be typed: ``>EUR50m``, ``10..20%``, ``>30``."""
        before, after = self.currency or "", "%" if self.unit is Unit.PERCENT else ""
        if self.least is not None and self.most is not None:
            return f"{before}{self._typed(self.least)}..{self._typed(self.most)}{after}"
        if self.least is not None:
            return f"{'>' if self.above else '>='}{before}{self._typed(self.least)}{after}"
        assert self.most is not None, "bounds have an end"
        return f"{'<' if self.below else '<='}{before}{self._typed(self.most)}{after}"

    def _typed(self, value: Decimal) -> str:
        if self.unit is not Unit.AMOUNT:
            return f"{(value * 100 if self.unit is Unit.PERCENT else value).normalize():f}"
        step, word = next(((step, word) for step, word in _SHORT if value >= step), (Decimal(1), ""))
        return f"{(value / step).normalize():f}{word}"


_SHORT = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))
_STEPS = {
    **dict.fromkeys(("k", "thousand", "thsd", "tsd", "千"), Decimal(1_000)),
    **dict.fromkeys(("万", "萬"), Decimal(10_000)),
    **dict.fromkeys(("m", "mm", "mn", "mio", "mln", "million", "millions", "百万"), Decimal(1_000_000)),
    **dict.fromkeys(("千万",), Decimal(10_000_000)),
    **dict.fromkeys(("亿", "億"), Decimal(100_000_000)),
    **dict.fromkeys(("b", "bn", "bln", "billion", "billions", "十亿"), Decimal(1_000_000_000)),
}
_SIGNS = {
    **dict.fromkeys(("€", "欧元", "euro", "euros"), "EUR"),
    **dict.fromkeys(("$", "美元", "dollars"), "USD"),
    **dict.fromkeys(("£", "英镑", "pounds"), "GBP"),
    **dict.fromkeys(("¥", "元", "人民币", "yuan"), "CNY"),
}
_PERCENT, _DAYS = ("%", "percent", "per cent"), ("day", "days", "d", "天", "日")
_WORDS_OF_STEPS = "|".join(sorted(_STEPS, key=len, reverse=True))
_CODES = frozenset(Locale.parse("en").currencies) | {"RMB"}
# codes in capitals, and the common ones in any case: "all" and "top" are codes too
_SPELLED = "|".join(["eur", "usd", "gbp", "cny", "rmb", "chf", "hkd", "jpy", *map(re.escape, sorted(_SIGNS, key=len, reverse=True))])
_CURRENCY = rf"(?:(?:{_SPELLED})(?![A-Za-z])|(?-i:(?<![A-Za-z])(?:{'|'.join(sorted(_CODES))})(?![A-Za-z])))"
_NUMBER = r"\d[\d ,.']*\d|\d"


def _value_named(name: str) -> str:
    """Return the pattern of a value whose parts have this prefix."""
    return (
        rf"(?P<{name}before>{_CURRENCY})?\s*(?P<{name}number>{_NUMBER})\s*(?P<{name}step>(?:{_WORDS_OF_STEPS})(?![A-Za-z]))?"
        rf"(?P<{name}plus>\+)?\s*(?P<{name}unit>%|percent\b|per cent\b|days?\b|d\b|天|日|{_CURRENCY})?"
    )


_ONE, _TWO = _value_named("a"), _value_named("b")
# "over", "from" and the like, and whether the value itself is left out
_ABOVE = r">|≥|>=|=>|above|over|more than|greater than|larger than|bigger than|exceed(?:s|ing)?|beyond|north of|超过|大于|高于|多于|超"
_FROM = r">=|≥|=>|at least|from|no less than|not less than|min(?:imum)?|不低于|不少于|至少|大于等于"
_BELOW = r"<|below|under|less than|smaller than|fewer than|lower than|低于|小于|少于|不到|不足"
_UP_TO = r"<=|≤|=<|at most|up to|no more than|not more than|max(?:imum)?|不超过|不高于|至多|最多|小于等于"
_LEFT = "|".join(f"(?P<{name}>{words})" for name, words in (("upto", _UP_TO), ("from", _FROM), ("above", _ABOVE), ("below", _BELOW)))
_RIGHT = r"(?P<plus>\+|(?:or|and) (?:more|above|over)\b|plus\b|以上)|(?P<minus>(?:or|and) (?:less|below|under)\b|以下|以内)"
_RANGE = re.compile(rf"(?:between\s+|from\s+|介于|在)?{_ONE}\s*(?:-|\.\.|to\b|and\b|至|到|和|与)\s*{_TWO}(?:\s*之间)?", re.IGNORECASE)
_SIDED = re.compile(rf"(?:(?:{_LEFT})\s*)?{_ONE}\s*(?:{_RIGHT})?", re.IGNORECASE)


def parse(text: str, unit: Unit) -> Bounds | None:
    """Return the bounds that a text means, for a figure in this unit; a bare value is the least. None for other texts."""
    typed = plain(text)
    for pattern, read in ((_RANGE, _of_range), (_SIDED, _of_side)):
        if (match := pattern.fullmatch(typed)) and (found := read(match, unit)) is not None:
            return found
    return None


def unit_of(text: str) -> Unit | None:
    """Return the unit of a text that can only be bounds: it has a side or a range, and a unit."""
    typed = plain(text)
    match = _RANGE.fullmatch(typed) or _SIDED.fullmatch(typed)
    if match is None or not (match.re is _RANGE or _side(match)):
        return None
    unit = _measured(match) or Unit.AMOUNT
    return unit if parse(typed, unit) is not None else None


def find(text: str) -> Iterator[tuple[int, int, Bounds]]:
    """Yield the bounds in a sentence with their places: those with a side or a range, of amounts, shares or days."""
    place = 0
    while place < len(text):
        match = _RANGE.search(text, place)
        side = next((one for one in _SIDED.finditer(text, place) if _side(one)), None)
        match = min((one for one in (match, side) if one), key=lambda one: one.start(), default=None)
        if match is None:
            return
        place = match.end()
        unit = _measured(match)
        if unit is not None and (found := (_of_range if match.re is _RANGE else _of_side)(match, unit)) is not None:
            yield match.start(), match.end(), found


def _side(match: re.Match[str]) -> str | None:
    return next((name for name in ("upto", "from", "above", "below", "plus", "aplus", "minus") if match[name]), None)


def _measured(match: re.Match[str]) -> Unit | None:
    """Return the unit that the words name; None for a bare number, which may count anything."""
    groups = match.groupdict()
    units = [groups.get(f"{name}unit") or "" for name in "ab"]
    if any(unit.lower() in _PERCENT for unit in units):
        return Unit.PERCENT
    if any(unit.lower() in _DAYS for unit in units):
        return Unit.DAYS
    money = any(groups.get(f"{name}{part}") for name in "ab" for part in ("step", "before")) or any(units)
    return Unit.AMOUNT if money else None


def _of_range(match: re.Match[str], unit: Unit) -> Bounds | None:
    if (_measured(match) or unit) is not unit:
        return None
    # "10-50m" are both millions
    least, most = _value(match, "a", match["astep"] or match["bstep"], unit), _value(match, "b", match["bstep"], unit)
    currency = _currency(match, "a", "b")
    if least is None or most is None or least > most or currency == "":
        return None
    return _bounds(unit, least, most, currency=currency)


def _of_side(match: re.Match[str], unit: Unit) -> Bounds | None:
    value, currency = _value(match, "a", match["astep"], unit), _currency(match, "a")
    if value is None or currency == "" or (_measured(match) or unit) is not unit:
        return None
    side = _side(match)
    if side in ("upto", "below", "minus"):
        return _bounds(unit, None, value, below=side == "below", currency=currency)
    return _bounds(unit, value, None, above=side == "above" and match["above"] not in ("≥", ">=", "=>"), currency=currency)


def _bounds(
    unit: Unit, least: Decimal | None, most: Decimal | None, *, above: bool = False, below: bool = False, currency: str | None
) -> Bounds | None:
    if currency and unit is not Unit.AMOUNT:
        return None
    scale = Decimal(100) if unit is Unit.PERCENT else Decimal(1)
    least, most = (None if value is None else value / scale for value in (least, most))
    return Bounds(unit, least, most, above=above, below=below, currency=currency)


def _value(match: re.Match[str], name: str, step: str | None, unit: Unit) -> Decimal | None:
    """Return a number in plain units; None for an amount that may be read in two ways, such as 1.000, or is too large."""
    digits = re.sub(r"[ ']", "", match[f"{name}number"])
    grouped = re.fullmatch(r"(\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3}){2,}))(?:[.,](\d{1,2}))?", digits)
    if grouped:
        digits = re.sub(r"[.,]", "", grouped[1]) + (f".{grouped[2]}" if grouped[2] else "")
    elif not re.fullmatch(r"\d+(?:[.,]\d+)?", digits) or (unit is Unit.AMOUNT and not step and re.fullmatch(r"\d+\.\d{3,}", digits)):
        return None
    value = Decimal(digits.replace(",", ".")) * (_STEPS[step.lower()] if step else 1)
    return value if value <= _MOST else None


def _currency(match: re.Match[str], *names: str) -> str | None:
    """Return the code of the currency, None without one; empty for two of them."""
    words = [word for name in names for part in ("before", "unit") if (word := match[f"{name}{part}"])]
    found = {_SIGNS.get(word.lower(), word.upper()) for word in words if word.lower() not in (*_PERCENT, *_DAYS)}
    codes = {"CNY" if code == "RMB" else code for code in found}
    return next(iter(codes), None) if len(codes) < 2 else ""
