"""A question in plain words, understood as one or several command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from commands.kit.contract import Refused
from commands.kit.input import inline, synonyms
from commands.kit.input.customer import Ambiguous, resolve
from commands.kit.input.fields import arguments
from commands.kit.input.inline import Asked
from commands.kit.input.plain import folded, plain
from commands.kit.registry import registry
from commands.questions import bounded, conditions, dates, deciding, entities, expressing
from commands.questions.conditions import Condition, Kind
from commands.questions.dates import Period
from commands.questions.deciding import Said
from commands.questions.entities import Named
from commands.questions.lexicon import lexicon
from commands.questions.scanning import Token, corrected, scan, tidy
from risk_engine.references import ours
from storage.database import Tx

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_POLITE = re.compile(
    r"^(?:(?:(?:please|pls|plz|kindly|hi|hello|hey|dear|riskbot|bot|(?:can|could|would|will) you(?: please)?|i (?:want|need) to"
    r"|i(?: would|'d) like to|let me|let's)\b|请|麻烦|帮我|帮忙|我想|我要)[\s,:，]*)+",
    re.IGNORECASE,
)
_HOW = re.compile(r"^(?:how (?:do|can|could|should|would|to)\b(?: (?:i|we|you|one))?|怎么|如何|怎样)\s*", re.IGNORECASE)
# after a number and before one
_UNIT = re.compile(
    r"\s*\+?\s*(?:days?|weeks?|months?|quarters?|years?|hours?|percent|notch(?:es)?|points?|%|million|billion|[kmbn]+\b|[天日周月年季级分亿万]|个月|星期|阶段)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"(?:\b(?:stages?|categor(?:y|ies)|levels?|than|over|least|within|above|below|under)|[<>=第超近]|超过|大于)\s*$", re.IGNORECASE
)
# words that turn a ranking round: there is none of the smallest
_OPPOSITE = ("best", "smallest", "safest", "least", "fewest", "low", "lower", "最小", "最低", "最好", "低")


@dataclass(frozen=True, slots=True)
class Understood:
    """The lines that a question may mean.

    Attributes:
        lines: after ``/risk``, the likeliest first.
        sure: whether the first may be run at once.
        unknown: the words that were not understood.
        unused: filters that were said and that the first line does not have, as (name, words as typed).
        left: conditions that were said and that the first line does not express; one of a negation leaves no line.
    """

    lines: Sequence[str]
    sure: bool
    unknown: Sequence[str] = ()
    unused: Sequence[tuple[str, str]] = ()
    left: Sequence[Condition] = ()


def understand(text: str, tx: Tx, today: date | None) -> Understood:
    """Return the meaning of a question: a typed command as it is, any other by its words."""
    line = re.sub(r"^\s*/risk\b", "", text).strip()
    if (command := typed_command(line, tx, today)) is not None:
        return command
    polite = _POLITE.sub("", line)
    if polite != line and (command := typed_command(polite, tx, today)) is not None:
        return command
    if (helped := _how_to(polite)) is not None:
        return helped
    if re.fullmatch(r"(?:[\w./]+-[\w./-]*\d[\w./-]*|[rtabdjope]\d+)[?？]?", plain(polite), re.ASCII | re.IGNORECASE):
        # an id, whether there is such a thing or not
        id = plain(polite).rstrip("?").upper()
        return Understood([f"show {ours(id) or id}"], sure=True)
    found = _in_words(polite, tx, today)
    return found if found.lines or found.left else _as_typed(line, today)


def _as_typed(line: str, today: date | None) -> Understood:
    """Return a line that begins with a reading command as it is, so that its own refusal names the mistake."""
    first = plain(line).split(maxsplit=1)[:1]
    if first and first[0].lower() in registry().commands:
        try:
            asked = inline.read(registry(), line, today=today)
            asked.checked()
        except Refused:
            return Understood((), sure=False)
        if not asked.command.writes:
            return Understood([line], sure=True)
    return Understood((), sure=False)


def typed_command(line: str, tx: Tx, today: date | None) -> Understood | None:
    """Return a line that is a command, if its customers and values stand in the book; None for other lines."""
    first = plain(line).split(maxsplit=1)[:1]
    if not first or first[0].lower() not in registry().commands:
        return None
    try:
        asked = inline.read(registry(), line, today=today)
        asked.check_given()
    except Refused:
        return None
    return Understood([line], sure=True) if _holds(asked, tx) else None


def _holds(asked: Asked, tx: Tx) -> bool:
    """Return True if the customer that a line names exists, and its sector, country or department."""
    known = {one.name: one for one in arguments(asked.command.args)}
    needed = next((one.name for one in known.values() if one.required), None)
    if asked.command.writes and (needed is not None and needed not in asked.values):
        return False
    if asked.command.name == "delegate" and "to" not in asked.values:
        return False
    if "state" in asked.values and asked.command.name == "list" and asked.values.get("what") in (None, "customers"):
        return False
    for name, value in asked.values.items():
        if (known[name].ask.options == "customer" or name == "thing") and not _is_customer(str(value), tx, exact=asked.command.writes):
            return False
        if (
            name == "which"
            and asked.command.name == "approvals"
            and not re.fullmatch(r"mine|decided|conditions|[aA]?-?\d+", plain(str(value)))
        ):
            return False
        if name in ("sector", "country", "department", "text", "sub", "key", "which") and not _is_short(str(value), name, tx):
            return False
    return True


def _is_customer(text: str, tx: Tx, *, exact: bool) -> bool:
    if re.fullmatch(r"[A-Za-z]-?\d+|[\w-]+-F\d+", plain(text)):
        return True
    try:
        resolve(tx, text)
    except Ambiguous as several:
        # candidates are offered by the command itself, unless the words are a sentence
        return not exact and len(text.split()) < 3 and len(several.candidates) > 1
    except Refused:
        return False
    return True


def _is_short(value: str, name: str, tx: Tx) -> bool:
    """Return True if a value reads like a value and not like the rest of a sentence."""
    if name in ("sector", "country", "department"):
        return bool(entities.values(tx, value).get(folded(value))) or entities.is_value(tx, name, value)
    if name == "key" and "." in value:
        return True
    words = folded(value).split()
    return len(words) < 3 and not lexicon().features.get(folded(value)) and not any(word in lexicon().small for word in words)


def _how_to(text: str) -> Understood | None:
    """Return help on a command for "how do I log a risk"."""
    rest = _HOW.sub("", text)
    if rest == text:
        return None
    verb = _verb(rest)
    words = [*folded(rest).split(), folded(rest)]
    name = next((word for word in words if word in registry().commands), None)
    name = name or next((line.split()[0] for word in words if (line := synonyms.line_for(word))), None)
    return Understood([f"help {verb or name}"], sure=True) if verb or name else None


def _verb(text: str) -> str | None:
    """Return the writing command with which a text begins."""
    typed = folded(text)
    found = [phrase for phrase in lexicon().verbs if typed == phrase or typed.startswith(phrase if not phrase.isascii() else f"{phrase} ")]
    return lexicon().verbs[max(found, key=len)] if found else None


def _in_words(text: str, tx: Tx, today: date | None) -> Understood:
    people = [found[1] for found in _PERSON.finditer(text)]
    text = re.sub(r"\bnon-(?=\w)", "non ", tidy(_PERSON.sub(" ", text)), flags=re.IGNORECASE)
    named = Named()
    rest = entities.full_names(tx, entities.printed_ids(text, named), named)
    if not named.ids:
        rest = entities.chinese_names(tx, rest, named)
    tokens = scan(rest, entities.values(tx, rest))
    tokens, periods = _dated(tokens, dates.find(rest, today))
    if not named.ids or any(not token.known and token.is_capital for token in tokens):
        tokens = entities.partial_names(tx, rest, tokens, named)
    tokens = [_without_measure(token, rest) for token in corrected(tokens)]
    if (verb := _verb(text)) is not None:
        return _write(verb, text, named)
    if "do:log" in _features(tokens) and not any(feature in ("noun:audit", "noun:risks") for feature in _features(tokens)):
        return _write("log", text, named)
    return _read(rest, tokens, periods, named, people, today)


def _read(
    text: str, tokens: Sequence[Token], periods: Sequence[Period], named: Named, people: Sequence[str], today: date | None
) -> Understood:
    """Return the lines of a question, of which none turns a negation round and the first expresses each condition or says which not."""
    turned, negated = conditions.turned(text, tokens)
    tokens = [expressing.as_condition(token) for token in turned]
    since = next((one.since for one in periods if one.since), None)
    until = next((one.until for one in periods if one.until), None)
    bounds = bounded.find(text, tokens)
    said = Said(
        _features(tokens),
        named.ids,
        [f"<@{person}>" for person in people],
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        week_ago=(today - timedelta(days=7)).isoformat() if today else None,
        words=folded(text),
        bounds={one.name: one.value for one in bounds if one.name},
    )
    found = deciding.lines(said)
    unknown = [token for token in tokens if not token.known and len(token.text) > 1 and not bounded.holds(bounds, token)]
    if named.candidates and not named.ids:
        views = Said(said.features, [id for id, _name in named.candidates[:3]])
        return Understood(deciding.lines(views), sure=False, unknown=[])
    if negated and found and not expressing.is_answered(found[0], said, negated, text):
        return Understood((), sure=False, left=negated)
    left = expressing.left_out(found[0], expressing.Asked(text, tokens, periods, bounds, said), today) if found else []
    if any(condition.kind is Kind.NEGATION for condition in left):
        return Understood((), sure=False, left=left)
    sure = len(found) == 1 and not left and _harmless(unknown, tokens, text, said)
    unused = list(_unused(tokens, said, found[0])) if found and not said.ids and not found[0].startswith("define ") else []
    return Understood(found, sure, [token.text for token in unknown], unused, left)


def _dated(tokens: Sequence[Token], periods: Sequence[Period]) -> tuple[list[Token], list[Period]]:
    """Return the tokens outside of the periods, and the periods that are not part of a phrase such as "due this week"."""
    found = [one for one in periods if not any(token.features and _holds_period(token, one) for token in tokens)]
    left = [token for token in tokens if not any(token.start < one.end and one.start < token.end for one in found)]
    return left, found


def _holds_period(token: Token, period: Period) -> bool:
    return token.start <= period.start and period.end <= token.end and not all(one.startswith("number:") for one in token.features)


# filters that a reader would miss; the others also have a meaning of their own, as "open" in "open risks"
_MISSED = ("sector", "country", "department", "manager", "group", "colour", "category", "stage", "default", "grade")


def _unused(tokens: Sequence[Token], said: Said, line: str) -> Iterator[tuple[str, str]]:
    """Yield the filters that were said and that a line does not have."""
    for token in tokens:
        for feature in token.features:
            name, _colon, value = feature.partition(":")
            if name in _MISSED and value in said.filters.get(name, "").split(",") and f" {name}=" not in line:
                yield name, token.text


def _without_measure(token: Token, text: str) -> Token:
    """Return a number that measures something, as in "30 days" or "stage 2", without its features: it counts no customers."""
    is_number = any(feature.startswith("number:") for feature in token.features)
    measures = _UNIT.match(text, token.end) or _MEASURED.search(text[: token.start])
    return replace(token, features=()) if is_number and measures else token


def _features(tokens: Sequence[Token]) -> list[str]:
    return [feature for token in tokens for feature in token.features]


def _harmless(unknown: Sequence[Token], tokens: Sequence[Token], text: str, said: Said) -> bool:
    """Return True if the unknown words cannot be a filter or a name: few, not capitalised, and not after "in" or "of"."""
    if said.ids:
        return True
    if any(folded(token.text) in _OPPOSITE for token in unknown):
        return False
    strong = sum(bool(token.features) for token in tokens)
    if len(unknown) > max(2, strong):
        return False
    before = [re.search(r"([A-Za-z]+)\s+$", text[: token.start]) for token in unknown]
    placed = any(word and word[1].lower() in ("in", "from", "of", "for", "about", "with", "at", "by") for word in before)
    return not placed and not any(token.is_capital or not token.text.isascii() for token in unknown)


def _write(verb: str, text: str, named: Named) -> Understood:
    """Return the line of a change, with the customer or entry that it names; the form asks for the rest."""
    about = next(iter(named.ids), None)
    if about is not None and re.fullmatch(r"R-\d+", about):
        return Understood([f"respond {about}"], sure=False)
    return Understood([f"{verb} {about}" if about and verb in ("log", "override") else verb], sure=False)
