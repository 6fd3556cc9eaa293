"""Days and periods in a question, in English and Chinese: found before its words, so that a weekday is no number."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from commands.kit.input import when

_MONTHS = {
    name: place for place, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_N = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety)"
_UNIT = r"(?:working |business |calendar )?(?:days?|weeks?|months?|quarters?|years?)"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTH = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|(?-i:May|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_ENGLISH = "|".join(
    [
        r"(?P<iso>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})",
        rf"(?P<dm>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<dmm>{_MONTH})(?:,?\s+(?P<dmy>\d{{4}}))?",
        rf"(?P<mdm>{_MONTH})\s+(?P<md>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<mdy>\d{{4}}))?",
        rf"(?P<month>{_MONTH})(?:,?\s+(?P<my>\d{{4}}))?",
        rf"(?P<weekday>(?:(?:last|past|previous|this|next|coming)\s+)?{_WEEKDAY})",
        rf"(?:the\s+)?(?P<which>last|past|previous|next|coming|following)\s+(?P<n>{_N})\s+(?P<unit>{_UNIT})",
        rf"(?P<ago>{_N}|an?)\s+(?P<agounit>{_UNIT})\s+(?P<back>ago|back|earlier)",
        rf"(?P<inside>within|in)\s+(?:the\s+)?(?:next\s+)?(?P<inn>{_N})\s+(?P<inunit>{_UNIT})(?:'\s*time)?",
        r"(?:the\s+)?(?P<whole>last|past|previous|next|coming|this)\s+(?P<wholeunit>week(?:end)?|month|quarter|year|night|fortnight)",
        r"(?P<named>(?:the\s+)?day (?:before yesterday|after tomorrow)|yesterday|tomorrow"
        r"|(?:the\s+)?end of (?:the |this )?(?:week|month|quarter|year)|(?:month|quarter|year)[ -]end)",
        r"(?P<quarter>q[1-4](?:\s+\d{4})?)",
        r"(?<=in )(?P<year>(?:19|20)\d\d)|(?<=since )(?P<sinceyear>(?:19|20)\d\d)|(?<=during )(?P<duringyear>(?:19|20)\d\d)",
    ]
)
_NC = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3}|半)"
_CHINESE = "|".join(
    [
        r"(?P<ymd>\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号])",
        r"(?P<ym>\d{4}\s*年\s*\d{1,2}\s*月)",
        r"(?P<cmd>\d{1,2}\s*月\s*\d{1,2}\s*[日号])",
        r"(?P<cm>(?<!个)(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*月份?)(?![初底])",
        r"(?P<cy>\d{4}\s*年|去年|前年|今年|明年)",
        r"(?P<cweekday>(?:上个?|下个?|本|这个?)?(?:周|星期|礼拜)[一二三四五六日天])",
        rf"(?:(?P<cback>最近|过去|近|前)|(?P<cahead>未来|今后|接下来|往后))的?\s*(?P<cn>{_NC})\s*(?P<cunit>个?(?:天|日|周|星期|月|季度|年))内?",
        rf"(?P<cago>{_NC})\s*(?P<cagounit>个?(?:天|周|星期|月|年))(?P<cside>以?前|之前|以?内|之内|以?后|之后)",
        r"(?P<cwhole>(?:上个?|下个?|本|这个?)(?:周末?|星期|月|季度|年)[初末底]?|月底|月末|月初|年底|年末|年初|季末|季度末|周末)",
        r"(?P<cnamed>大前天|前天|昨天|昨日|昨晚|明天|明日|大后天|后天)",
    ]
)
_DATE = re.compile(rf"(?<![A-Za-z0-9-])(?:{_ENGLISH})(?![A-Za-z0-9])|{_CHINESE}", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|after|from|starting)\s+(?:the\s+)?$|[自从]\s*$", re.IGNORECASE)
_SINCE_AFTER = re.compile(r"^\s*(?:以来|之后|以后|起|开始|至今|到现在)")
_UNTIL = re.compile(r"\b(?:until|till|before|up to|by)\s+(?:the\s+)?$|(?:截至|截止|直到|到)\s*$", re.IGNORECASE)
_UNTIL_AFTER = re.compile(r"^\s*(?:之?前|以前|为止)")
_BETWEEN = re.compile(r"^\s*(?:and|to|until|till|-|–|至|到|和)\s*$", re.IGNORECASE)
_CHINESE_MONTHS = {sign: place for place, sign in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A period at its place in a text; without an end it is open, and without both its words were not understood as days."""

    start: int
    end: int
    words: str
    since: date | None = None
    until: date | None = None


def find(text: str, today: date | None) -> list[Period]:
    """Return the periods of a text from left to right; those without a reader's date have no days."""
    found: list[Period] = []
    for match in _DATE.finditer(text):
        period = _sided(Period(match.start(), match.end(), match[0], *_days(match, today)), text)
        if today and period.since and period.since > today and period.until is None:
            # since a day to come
            period = replace(period, since=None)
        between = text[found[-1].end : period.start] if found else ""
        if found and _BETWEEN.match(between):
            first = found.pop()
            period = Period(first.start, period.end, text[first.start : period.end], first.since, period.until)
        found.append(period)
    return found


def _sided(period: Period, text: str) -> Period:
    """Return a period opened by "since" or "until" beside it."""
    before, after = text[: period.start], text[period.end :]
    if _SINCE.search(before) or _SINCE_AFTER.match(after):
        return replace(period, until=None)
    if _UNTIL.search(before) or _UNTIL_AFTER.match(after):
        return replace(period, since=None)
    return period


def _days(match: re.Match[str], today: date | None) -> tuple[date | None, date | None]:
    """Return the first and the last day that the words of a match mean; None on a side that is open."""
    if today is None:
        return None, None
    said = {name: value for name, value in match.groupdict().items() if value}
    for read in (_of_a_day, _of_a_count, _of_a_month, _of_a_whole):
        if (days := read(said, match[0], today)) is not None:
            return days
    return None, None


def _of_a_day(said: dict[str, str], text: str, today: date) -> tuple[date, date] | None:
    if "dmm" in said or "mdm" in said:
        day = _dated(said.get("dmm") or said["mdm"], said.get("dm") or said["md"], said.get("dmy") or said.get("mdy"), today)
    elif "cmd" in said:
        month, number = re.findall(r"\d+", text)
        day = _past(int(month), int(number), None, today)
    elif "ymd" in said:
        day = when.day(re.sub(r"\s|号", lambda found: "日" if found[0] == "号" else "", text), today, past=True)
    elif "ago" in said:
        day = when.day(f"{said['ago']} {said['agounit']} ago", today)
    elif said.get("cside", "").endswith("前"):
        day = when.day(re.sub(r"\s", "", text), today)
    elif any(name in said for name in ("iso", "weekday", "cweekday", "named", "cnamed")) or said.get("wholeunit") == "night":
        day = when.day({"昨晚": "昨天", "last night": "yesterday"}.get(text.lower(), text), today, past=True)
        day = day or {"the day before yesterday": today - timedelta(2), "day before yesterday": today - timedelta(2)}.get(text.lower())
    else:
        return None
    return None if day is None else (day, day)


def _dated(month: str, number: str, year: str | None, today: date) -> date | None:
    return _past(_MONTHS[month[:3].lower()], int(number), int(year) if year else None, today)


def _past(month: int, number: int, year: int | None, today: date) -> date | None:
    """Return a day of the year, or of the last year that has had it."""
    try:
        day = date(year or today.year, month, number)
        return day if year or day <= today else day.replace(year=today.year - 1)
    except ValueError:
        return None


def _of_a_count(said: dict[str, str], text: str, today: date) -> tuple[date | None, date | None] | None:
    """Return the open period of "last 7 days" and "within 30 days"."""
    count = said.get("n") or said.get("inn") or said.get("cn") or (said.get("cago") if "cside" in said else None)
    if count is None:
        return None
    unit = said.get("unit") or said.get("inunit") or said.get("cunit") or said["cagounit"]
    english = re.sub(r"^(?:working|business|calendar) ", "", unit.lower())
    ahead = "inside" in said or "cahead" in said or "cside" in said or said.get("which", "").lower() in ("next", "coming", "following")
    spoken = f"{count} {english}" if english.isascii() else f"{count}{unit}"
    day = when.day(f"{spoken}{'' if ahead else ' ago' if english.isascii() else '前'}", today)
    return (None, day) if ahead else (day, None)


def _of_a_month(said: dict[str, str], text: str, today: date) -> tuple[date, date] | None:
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    if "month" in said:
        month, year = _MONTHS[said["month"][:3].lower()], int(said["my"]) if "my" in said else None
    elif "ym" in said:
        year, month = numbers
    elif "cm" in said:
        month, year = numbers[0] if numbers else _CHINESE_MONTHS.get(text.rstrip("月份"), 0), None
    else:
        return None
    first = _past(month, 1, year, today)
    return None if first is None else (first, first.replace(day=monthrange(first.year, first.month)[1]))


def _of_a_whole(said: dict[str, str], text: str, today: date) -> tuple[date | None, date | None] | None:
    """Return the period since the same day of the last week or month, or until that of the next; the end of one is a day ahead."""
    if "wholeunit" not in said and "cwhole" not in said:
        return None
    day = when.day(text, today)
    if day is None or day == today:
        return None
    return (day, None) if day < today else (None, day)
