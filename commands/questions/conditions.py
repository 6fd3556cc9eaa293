"""Conditions of a question: negations, comparisons, days and alternatives. None of them is ever ignored silently."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path

from commands.kit.i18n import listed
from commands.kit.input.plain import folded
from commands.questions.scanning import Token
from risk_engine.grading import Grade

_HERE = Path(__file__).parent
# from a negation to the words that it turns round, at most so many characters
_NEAR = 24
# filters of which a value can be left out with an exclamation mark
EXCLUDED = ("sector", "country", "department", "manager", "group")
# of all times, of which a list says nothing
_EVER = ("never", "从未", "从不", "不曾")
_NUMBER_AFTER = re.compile(r"\s*(?:than\s+|the\s+)?(?:[A-Z]{3}\s*|[€$£¥]\s*)?[\d一二两三四五六七八九十百]")
_NUMBER_BEFORE = re.compile(r"[\d一二三四五六七八九十百千万亿%天日]\s*\w{0,6}\s*$")
# between the words that one negation turns round
_JOINED = re.compile(r"\s*(?:,|、|and|or|nor|和|与|或|及|以及)?\s*(?:in|the|from)?\s*", re.IGNORECASE)
_JOINING = ("and", "or", "nor", "in", "the", "from", "和", "与", "或", "及", "以及")
_ALL = {"grade": tuple(grade.name.lower() for grade in Grade), "stage": ("1", "2", "3")}


class Kind(Enum):
    """The kinds of conditions."""

    NEGATION = "negation"
    COMPARISON = "comparison"
    DAY = "day"
    EITHER = "either"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class Condition:
    """Words of a question that narrow its answer, at their place."""

    kind: Kind
    start: int
    end: int
    words: str


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((_HERE / "conditions.toml").read_text("utf-8"))


@cache
def _pattern(*names: str) -> re.Pattern[str]:
    """Return the pattern of the words under these names, the longest first; English ones are whole words."""
    words = sorted({word for name in names for word in _table()["words"][name]}, key=len, reverse=True)
    return re.compile("|".join(_whole(word) for word in words), re.IGNORECASE)


def _whole(word: str) -> str:
    spaced = re.escape(word).replace(r"\ ", r"\s+")
    return rf"(?<![A-Za-z'])(?:{spaced})(?![A-Za-z'])" if word.isascii() else spaced


def _free(match: re.Match[str], taken: Iterable[tuple[int, int]]) -> bool:
    """Return False for words inside a phrase with a meaning of its own."""
    return not any(start <= match.start() and match.end() <= end for start, end in taken)


def _said(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the places of phrases with a meaning of their own, in which a negation is part of it, as in "not paid" """
    return [(token.start, token.end) for token in tokens if token.features]


def negations(text: str, tokens: Sequence[Token]) -> Iterator[tuple[Condition, bool]]:
    """Yield the negations of a text, and whether each turns round the words before it instead of those after it."""
    taken = [*_said(tokens), *((found.start(), found.end()) for found in _pattern("question").finditer(text))]
    for name, backwards in (("negation", False), ("negation_after", True)):
        for found in _pattern(name).finditer(text):
            if _free(found, taken) and not re.match(r"no,", text[found.start() :], re.IGNORECASE):
                yield Condition(Kind.NEGATION, found.start(), found.end(), found[0]), backwards


def others(text: str, tokens: Sequence[Token]) -> Iterator[Condition]:
    """Yield the comparisons and alternatives of a text that are not part of a phrase with a meaning of its own."""
    taken = _said(tokens)
    for found in _pattern("comparison", "comparison_of_a_number").finditer(text):
        beside = _NUMBER_AFTER.match(text[found.end() :]) or _NUMBER_BEFORE.search(text[: found.start()])
        if _free(found, taken) and (beside or folded(found[0]) not in _of_numbers()):
            yield Condition(Kind.COMPARISON, found.start(), found.end(), _with_number(text, found))
    for found in re.finditer(r"[<>≤≥≠]=?\s*\d[\d.,]*|(?<![\d.])\d+(?:\.\d+)?\s*(?:%|percent\b|‰|bps?\b)", text):
        yield Condition(Kind.COMPARISON, found.start(), found.end(), found[0])
    for found in re.finditer(r"\b\w+er than\b", text, re.IGNORECASE):
        yield Condition(Kind.COMPARISON, found.start(), found.end(), _with_number(text, found))
    for found in _pattern("either").finditer(text):
        if _free(found, taken):
            yield Condition(Kind.EITHER, found.start(), found.end(), found[0])


def topics(text: str, tokens: Sequence[Token]) -> Iterator[Condition]:
    """Yield the figures and records of a text by which customers cannot be listed."""
    taken = _said(tokens)
    for found in _pattern("topic").finditer(text):
        if _free(found, taken):
            yield Condition(Kind.FILTER, found.start(), found.end(), found[0])


@cache
def _of_numbers() -> frozenset[str]:
    return frozenset(folded(word) for word in _table()["words"]["comparison_of_a_number"])


def _with_number(text: str, found: re.Match[str]) -> str:
    """Return a comparison with the number after it, as it was typed."""
    after = re.match(r"\s*(?:[A-Z]{3}\s*|[€$£¥]\s*)?[\d.,]*\d\s*(?:%|[A-Za-z]+|[天日亿万]+)?", text[found.end() :])
    return f"{found[0]}{after[0]}".strip() if after else found[0]


def spoken(left: Iterable[Condition]) -> str:
    """Return conditions in the words typed, without the spaces that part scripts for reading."""
    return listed(dict.fromkeys(re.sub(r"(?<=[\u3400-\u9fff])\s|\s(?=[\u3400-\u9fff])", "", one.words) for one in left))


# --- what a negation turns round -------------------------------------------------------------------------------------------


def turned(text: str, tokens: Sequence[Token]) -> tuple[list[Token], list[Condition]]:
    """Return the tokens with negated filters turned round, and the negations that no filter expresses."""
    found, left = list(tokens), []
    for condition, backwards in negations(text, tokens):
        found = [replace(token, known=True) if _inside(token, condition) else token for token in found]
        if backwards and any(":!" in feature for feature in _before(found, condition)):
            # 除了中国以外: the word before has turned it round
            continue
        targets = [] if condition.words.lower() in _EVER else _targets(text, found, condition, backwards=backwards)
        opposite = [_opposite(token) for token in targets]
        if not targets or any(one is None for one in opposite):
            left.append(condition)
            continue
        places = {token: one for token, one in zip(targets, opposite, strict=True) if one is not None}
        found = [places.get(token, token) for token in found]
    return found, left


def _inside(token: Token, condition: Condition) -> bool:
    return condition.start <= token.start and token.end <= condition.end


def _before(tokens: Sequence[Token], condition: Condition) -> tuple[str, ...]:
    """Return the features of the last word with a meaning before a condition."""
    return next((token.features for token in reversed(tokens) if token.end <= condition.start and token.features), ())


def _targets(text: str, tokens: Sequence[Token], condition: Condition, *, backwards: bool) -> list[Token]:
    """Return the tokens with a meaning that a negation stands before, joined by "and", "or" or a comma; none where another word does."""
    rest = [token for token in tokens if not _inside(token, condition)]
    if backwards:
        before = [token for token in rest if token.end <= condition.start]
        return [token for token in before[-1:] if token.features]
    after = [token for token in rest if token.start >= condition.start]
    targets: list[Token] = []
    end = condition.end
    for token in after:
        between = text[end : token.start]
        if len(between) > _NEAR or (re.search(r"[,;，；]", between) and not targets):
            break
        if _has_meaning(token) and (targets or not _is_state(token, after)):
            if targets and not _JOINED.fullmatch(text[targets[-1].end : token.start]):
                break
            if targets and _kinds(token) != _kinds(targets[-1]):
                break
            targets.append(token)
        elif not token.known and not targets:
            return []
        elif targets and folded(token.text) not in _JOINING:
            break
        end = token.end
    return targets


def _is_state(token: Token, others: Sequence[Token]) -> bool:
    """Return True for the "open" of "no open risks": the noun after it is meant."""
    following = next((one for one in others if one.start >= token.end), None)
    return _kinds(token) == {"state"} and following is not None and without_value(following) is not None


def _kinds(token: Token) -> set[str]:
    return {feature.partition(":")[0] for feature in token.features}


def _has_meaning(token: Token) -> bool:
    return bool(token.features) or without_value(token) is not None


@cache
def _lacked() -> Mapping[str, str]:
    return {folded(word): value for value, words in _table()["without"].items() for word in words}


def without_value(token: Token) -> str | None:
    """Return the value of ``without=`` for a word after "without"; None for other words."""
    return _lacked().get(folded(token.text))


def _opposite(token: Token) -> Token | None:
    """Return a token with the opposite meaning; None where no filter expresses it."""
    if (lacked := without_value(token)) is not None:
        return replace(token, features=(f"without:{lacked}",), known=True)
    if "metric:overdue" in token.features:
        return replace(token, features=("late:no",))
    if {"view:default"} <= set(token.features) and not _kinds(token) & {"stage", "default", "classes"}:
        return replace(token, features=("default:no", "view:default"))
    for feature in token.features:
        kind, _colon, value = feature.partition(":")
        if kind in EXCLUDED and not value.startswith("!"):
            return replace(token, features=(f"{kind}:!{value}",))
        if kind in _ALL:
            return replace(token, features=tuple(f"{kind}:{other}" for other in _ALL[kind] if other != value))
    return None
