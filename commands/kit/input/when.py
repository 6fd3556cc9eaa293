"""Dates and times of day as people type them, in English and Chinese: ``next friday``, ``in 2 weeks``, ``下周五``, ``8am``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, time, timedelta

from commands.kit.input.plain import folded, plain

# the most words of which a date consists
LONGEST = 4
_DAYS = {
    "today": 0,
    "now": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "tmr": 1,
    "yesterday": -1,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
    "overmorrow": 2,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
    "昨天": -1,
    "昨日": -1,
    "前天": -2,
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_CHINESE_DAYS = {**{sign: place for place, sign in enumerate("一二三四五六")}, "日": 6, "天": 6}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十二": 12, "半": 0,
}  # fmt: skip
_N = r"(?P<n>\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_UNITS = {"day": "day", "week": "week", "wk": "week", "month": "month", "year": "year", "天": "day", "日": "day", "周": "week"}
_UNITS |= {"个星期": "week", "星期": "week", "个月": "month", "月": "month", "年": "year"}
_UNIT = r"(?P<unit>" + "|".join(sorted(_UNITS, key=len, reverse=True)) + ")s?"
_AHEAD = re.compile(rf"(?:in )?{_N} ?{_UNIT}(?: time| from now|后|以后|之后)?|\+ ?{_N.replace('?P<n>', '?P<m>')} ?d")
_BACK = re.compile(rf"(?:last |past )?{_N} ?{_UNIT} ?(?:ago|前|以前|之前)")
_END = re.compile(
    r"(?:(?:the )?end of (?:the |this )?|eo)(?P<unit>week|month|quarter|year|m|q|y|w)|(?P<whole>week|month|quarter|year) ?end"
)
_CHINESE_END = {
    "周末": "week",
    "本周末": "week",
    "月底": "month",
    "月末": "month",
    "本月底": "month",
    "季末": "quarter",
    "季度末": "quarter",
}
_CHINESE_END |= {"年底": "year", "年末": "year"}


def day(text: str, today: date, *, past: bool = False) -> date | None:
    """Return the date that a text means, seen from today; None if it means none.

    Args:
        past: a bare weekday is the last one, as in ``since=friday``; otherwise it is the next one.
    """
    words = folded(text)
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", plain(text)):
        return _on(*map(int, re.findall(r"\d+", text.translate(_digits(text)))))
    if words in _DAYS:
        return today + timedelta(days=_DAYS[words])
    return _weekday(words, today, past) or _counted(words, today) or _ending(words, today) or _next(words, today)


def _digits(text: str) -> dict[int, int]:
    return {ord(letter): ord(plain(letter)) for letter in text if letter.isdigit() and len(plain(letter)) == 1}


def _on(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _weekday(words: str, today: date, past: bool) -> date | None:
    """Return ``friday``, ``next fri``, ``last friday``, ``this friday``, ``周五``, ``下周五``, ``上周五``, ``本周五``."""
    english = re.fullmatch(r"(?:on )?(?:(next|last|past|previous|this|coming) )?([a-z]+)", words)
    if english and (number := _english(english[2])) is not None:
        return _around(today, number, english[1] or ("last" if past else "coming"))
    chinese = re.fullmatch(r"(上个?|下个?|本|这个?)?(?:周|星期|礼拜)([一二三四五六日天])", words)
    if chinese is None:
        return None
    number = _CHINESE_DAYS[chinese[2]]
    if chinese[1]:
        # a Chinese "next Friday" is the one of the next week, from Monday to Sunday
        weeks = {"上": -1, "下": 1}.get(chinese[1][0], 0)
        return today + timedelta(days=number - today.weekday() + 7 * weeks)
    return _around(today, number, "last" if past else "coming")


def _english(word: str) -> int | None:
    if word in _SHORT:
        return _SHORT[word]
    return next((place for place, name in enumerate(_WEEKDAYS) if word in (name, name[:3])), None)


def _around(today: date, number: int, which: str) -> date:
    """Return the last or the coming weekday; ``next`` on a Friday is in a week, and ``this`` is in the present week."""
    if which == "this":
        return today + timedelta(days=number - today.weekday())
    if which in ("last", "past", "previous"):
        return today - timedelta(days=(today.weekday() - number) % 7 or 7)
    return today + timedelta(days=(number - today.weekday()) % 7 or 7)


def _counted(words: str, today: date) -> date | None:
    """Return ``in 3 days``, ``2 weeks``, ``+7d``, ``3 days ago``, ``三天后``, ``两周前``."""
    if (found := _BACK.fullmatch(words)) is not None:
        return _moved(today, -_number(found["n"]), found["unit"])
    if (found := _AHEAD.fullmatch(words)) is not None:
        return _moved(today, _number(found["n"] or found["m"]), found["unit"] or "day")
    return None


def _number(text: str) -> int:
    return _NUMBERS.get(text) or (int(text) if text.isdigit() else 0)


def _moved(today: date, count: int, unit: str) -> date | None:
    match _UNITS[unit]:
        case "day":
            return today + timedelta(days=count)
        case "week":
            return today + timedelta(weeks=count)
        case "month":
            return months_on(today, count)
        case _:
            return months_on(today, 12 * count)


def months_on(day: date, months: int) -> date:
    """Return the same day so many months later, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _ending(words: str, today: date) -> date | None:
    """Return ``end of month``, ``eom``, ``year end``, ``月底``."""
    found = _END.fullmatch(words)
    unit = _CHINESE_END.get(words) or ((found["unit"] or found["whole"]) if found else None)
    if unit is None:
        return None
    if unit[0] == "w":
        return today + timedelta(days=4 - today.weekday() if unit == "week" and today.weekday() <= 4 else 6 - today.weekday())
    month = {"m": today.month, "q": (today.month + 2) // 3 * 3, "y": 12}[unit[0]]
    return date(today.year, month, monthrange(today.year, month)[1])


def _next(words: str, today: date) -> date | None:
    """Return the same day of the next or last week, month or year."""
    english = re.fullmatch(r"(next|last) (week|month|quarter|year)", words)
    chinese = re.fullmatch(r"(下个?|上个?|明|去)(周|星期|月|季度|年)", words)
    if english is None and chinese is None:
        return None
    which, unit = (english or chinese).groups()  # type: ignore[union-attr]
    sign = -1 if which in ("last", "去") or which.startswith("上") else 1
    if unit in ("week", "周", "星期"):
        return today + timedelta(weeks=sign)
    return months_on(today, sign * {"month": 1, "月": 1, "quarter": 3, "季度": 3, "year": 12, "年": 12}[unit])


_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?::00)?)?\s*h?\s*(a\.?m\.?|p\.?m\.?)?(?:\s*o'?clock)?", re.IGNORECASE | re.ASCII)
_CHINESE_CLOCK = re.compile(
    r"(凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚)?(\d{1,2}|[一二两三四五六七八九十]{1,2})(?:点|时)(半|一刻|(\d{1,2})分?)?钟?"
)
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0), "中午": time(12), "正午": time(12), "午夜": time(0)}


def clock(text: str) -> time | None:
    """Return the time of day that a text means: ``8``, ``8am``, ``8:30``, ``08h30``, ``早上8点半``; None if it means none."""
    typed = plain(text).lower()
    if typed in _NAMED:
        return _NAMED[typed]
    if (found := _CLOCK.fullmatch(typed)) is not None:
        return _time(int(found[1]), int(found[2] or 0), half=(found[3] or " ")[0])
    if (found := _CHINESE_CLOCK.fullmatch(typed)) is not None:
        hour = int(found[2]) if found[2].isdigit() else _chinese_number(found[2])
        minute = {"半": 30, "一刻": 15}.get(found[3] or "", int(found[4] or 0))
        return _time(hour, minute, half="p" if found[1] in ("下午", "傍晚", "晚上", "晚") else "n" if found[1] == "中午" else " ")
    return None


def _chinese_number(text: str) -> int:
    tens, ten, units = text.partition("十")
    if not ten:
        return _NUMBERS.get(text, 99)
    return (_NUMBERS[tens] if tens else 1) * 10 + (_NUMBERS[units] if units else 0)


def _time(hour: int, minute: int, *, half: str) -> time | None:
    """Return a time; ``half`` is ``a`` or ``p`` of a clock with twelve hours, ``n`` for noon."""
    if half in "ap" and not 1 <= hour <= 12 and not (half == "p" and hour <= 23):
        return None
    if half == "a":
        hour %= 12
    elif half == "p" and hour < 12:
        hour += 12
    elif half == "n" and hour <= 2:
        hour = hour % 12 + 12 if hour else 12
    return time(hour, minute) if hour <= 23 and minute <= 59 else None
