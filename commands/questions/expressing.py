"""Check that a line expresses each condition of a question; the others are named, and none is ignored silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from commands.kit.input import inline
from commands.kit.registry import registry
from commands.questions import conditions
from commands.questions.bounded import Bounded
from commands.questions.conditions import Condition, Kind
from commands.questions.dates import Period
from commands.questions.deciding import FILTERS, Said
from commands.questions.scanning import Token

# the period over which changes are shown without another one
_WEEK = timedelta(days=7)
# negations that may be no more than a manner of asking
_MANNER = ("not", "no", "isn't", "hasn't", "haven't", "doesn't", "didn't", "wasn't", "不", "没", "没有", "未", "不是")
_NEGATED = ("without", "late")


def as_condition(token: Token) -> Token:
    """Return "in default" as a filter; "stage 3" and "classification" are others."""
    return replace(token, features=(*token.features, "default:yes")) if token.features == ("view:default",) else token


def is_answered(line: str, said: Said, negated: Sequence[Condition], text: str) -> bool:
    """Return True if a negation is only a manner of speaking: the answer is one customer's screen, and excludes nobody."""
    if not said.ids or line.split()[0] == "list":
        return False
    # but "all except VK-01" asks for the others
    return all(one.words.lower() in _MANNER for one in negated)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its text, its words, its periods and bounds, and its features."""

    text: str
    tokens: Sequence[Token]
    periods: Sequence[Period]
    bounds: Sequence[Bounded]
    said: Said


def left_out(line: str, asked: Asked, today: date | None) -> list[Condition]:
    """Return the conditions of a question that a line does not express."""
    text, tokens, said = asked.text, asked.tokens, asked.said
    values = {name: str(value) for name, value in inline.read(registry(), line, today=today).values.items()}
    left = [_as_day(one) for one in asked.periods if not _has_days(values, one, today)]
    if said.ids:
        return left
    given = [one for one in asked.bounds if one.name in values]
    others = [one for one in conditions.others(text, tokens) if not _begins(one, asked.periods)]
    left += [one for one in others if not _expressed(one, values, tokens) and not _holds(given, one)]
    left += [Condition(Kind.COMPARISON, one.start, one.end, text[one.start : one.end].strip()) for one in asked.bounds if one not in given]
    left += [_as_filter(token) for token in tokens if not _is_used(token, values)]
    left += [_as_filter(token) for token in tokens if said.has("rank") and not line.startswith("top") and _counts(token)]
    if line.split()[0] == "top" or (line.split()[0] == "list" and "what" not in values):
        left += conditions.topics(text, tokens)
    left = [one for one in left if not any(one is not other and other.start <= one.start and one.end <= other.end for other in left)]
    return sorted(left, key=lambda one: one.start)


def _holds(given: Sequence[Bounded], condition: Condition) -> bool:
    return any(one.start <= condition.start < one.end for one in given)


def _begins(condition: Condition, periods: Sequence[Period]) -> bool:
    """Return True for the "between" before a period."""
    return any(condition.start < one.start <= condition.end or one.start - condition.end == 1 for one in periods)


def _as_day(period: Period) -> Condition:
    return Condition(Kind.DAY, period.start, period.end, period.words)


def _as_filter(token: Token) -> Condition:
    negated = any(feature.startswith(_NEGATED) or ":!" in feature for feature in token.features)
    return Condition(Kind.NEGATION if negated else Kind.FILTER, token.start, token.end, token.text)


def _has_days(values: Mapping[str, str], period: Period, today: date | None) -> bool:
    """Return True if a line has the days of a period, or shows the changes of the last seven days that it means."""
    asked = {"since": period.since, "until": period.until}
    if all(values.get(name) == (None if day is None else day.isoformat()) for name, day in asked.items()):
        return any(asked.values())
    if period.until is not None and period.since == today and values.get("until") == period.until.isoformat():
        return True
    usual = today is not None and period.since == today - _WEEK and period.until is None
    return usual and values.get("by") in ("change", "exposure")


def _expressed(condition: Condition, values: Mapping[str, str], tokens: Sequence[Token]) -> bool:
    """Return True for "or" between two values of one filter, all of which the line has."""
    if condition.kind is not Kind.EITHER:
        return False
    before = [token for token in tokens if token.features and token.end <= condition.start][-1:]
    after = [token for token in tokens if token.features and token.start >= condition.end][:1]
    kinds = [{feature.partition(":")[0] for feature in token.features} for token in (*before, *after)]
    return len(kinds) == 2 and any("," in values.get(kind, "") for kind in kinds[0] & kinds[1])


def _is_used(token: Token, values: Mapping[str, str]) -> bool:
    """Return False for a second value of a filter, arrears, and a negation, which a line does not have."""
    for feature in token.features:
        kind, _colon, value = feature.partition(":")
        if kind in FILTERS and kind in values and not _among(value, values[kind]) and kind not in ("state", "kind", "due", "default"):
            return False
        if kind == "default" and values.get("default") not in (None, value):
            return False
        if feature == "late:no" and values.get("dpd") != "<1":
            return False
        if kind == "without" and values.get("without") != value:
            return False
        if ":!" in feature and kind not in values:
            return False
    if "define" in token.features:
        return "term" in values
    if any(feature.startswith("per:") for feature in token.features):
        return "per" in values
    if "critical" in token.features:
        return values.get("grade") is not None or "top" in values.get("by", "top")
    if "metric:overdue" in token.features:
        return "overdue" in (values.get("by"), values.get("due")) or "dpd" in values
    return True


def _counts(token: Token) -> bool:
    """Return True for the 5 of "top 5"."""
    return any(feature.startswith("number:") for feature in token.features)


def _among(value: str, wanted: str) -> bool:
    return value in wanted.split(",") or value == wanted
