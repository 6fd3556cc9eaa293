"""Customers, entries and the book's values that a question names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from commands.kit.access import masking
from commands.kit.input.book_values import sector_words, settled
from commands.kit.input.customer import PART_OF_A_NAME, PREFIX, typed, without_form
from commands.kit.input.plain import folded
from commands.questions.scanning import Token, scan, tidy
from risk_engine.references import ours
from storage.customers import customers, search
from storage.customers.filter_values import filter_values
from storage.customers.lending import facility
from storage.customers.search import Found
from storage.database import Tx
from storage.names import name_key

# a name may be written so differently and is still offered, though not taken
ALIKE = 80
EQUAL = 99.5
_ID = re.compile(r"(?<![\w-])([RTABDJOPE]-\d{1,9})(?![\w-])", re.IGNORECASE | re.ASCII)
_MOST_WORDS, _MOST_SIGNS, _MOST_GRAMS = 6, 14, 1_500
# how often the search is asked about one run of unknown words
_MOST_PARTS = 12


@dataclass
class Named:
    """Names in a text: ids to open, and candidates for a name that fits several or is written differently."""

    ids: list[str] = field(default_factory=list)
    candidates: list[tuple[str, str]] = field(default_factory=list)

    def take(self, id: str) -> None:
        if id not in self.ids:
            self.ids.append(id)


# risk 3, approval #12
_NUMBERED = re.compile(r"\b(risk|response|approval|breach|override|judgement|delegation)\s+#?(\d{1,9})\b", re.IGNORECASE | re.ASCII)
_LETTERS = {"risk": "R", "response": "T", "approval": "A", "breach": "B", "override": "O", "judgement": "J", "delegation": "D"}


def printed_ids(text: str, named: Named) -> str:
    """Take the ids of entries from a text, also as ``risk 3``; return the rest of it."""
    for found in _NUMBERED.finditer(text):
        named.take(f"{_LETTERS[found[1].lower()]}-{int(found[2])}")
    text = _NUMBERED.sub(lambda found: " " * len(found[0]), text)
    for found in _ID.finditer(text):
        named.take(str(ours(found[1])))
    return _ID.sub(lambda found: " " * len(found[0]), text)


def full_names(tx: Tx, text: str, named: Named) -> str:
    """Take customers by their ids and full names, and facilities by their ids, from a text; return the rest of it."""
    places = list(_grams(text))[:_MOST_GRAMS]
    found = customers.by_spelling(tx, {gram.upper() for _at, gram in places} | {gram for _at, gram in places}, _keys(places))
    keys = {key: who.id for who in found for key in (who.id.casefold(), name_key(who.name))}
    for at, gram in sorted(places, key=lambda each: -len(each[1])):
        id = keys.get(gram.casefold()) or keys.get(name_key(gram))
        if id is not None and text[at : at + len(gram)] == gram:
            named.take(typed(id))
            text = text[:at] + " " * len(gram) + text[at + len(gram) :]
    for word in re.findall(r"[\w-]+-F?\d+[\w-]*", text) if not named.ids else ():
        if (lent := facility(tx, word)) is not None:
            named.take(lent.id)
            text = text.replace(word, " " * len(word))
    return text


_BETWEEN = re.compile(
    "[的了吗呢是有和在与对把被给请？?，,。\\s]|什么|怎么样|怎样|如何|为什么|哪些|多少|查看|查一下|看一下|看看|显示|告诉我|登记|谁"
)


def chinese_names(tx: Tx, text: str, named: Named) -> str:
    """Take customers by their full Chinese names and aliases, which stand between other words without spaces; return the rest."""
    for piece in _BETWEEN.split(text):
        if len(piece) > 3 and not piece.isascii():
            found = [hit for hit in search.find(tx, piece, limit=2) if hit.likeness >= 100]
            if len(found) == 1:
                named.take(typed(found[0].id))
                text = text.replace(piece, " " * len(piece))
    return text


def _keys(places: Sequence[tuple[int, str]]) -> set[str]:
    return {key for _at, gram in places if len(key := name_key(gram)) > 2}


def _grams(text: str) -> Iterator[tuple[int, str]]:
    """Yield the runs of words, and of Chinese characters, that may be a name."""
    words = list(re.finditer(r"[^\s,;:?!，。；：？！、的]+", text))
    for place, first in enumerate(words):
        for last in words[place : place + _MOST_WORDS]:
            yield first.start(), text[first.start() : last.end()].rstrip(".")
            yield first.start(), text[first.start() : last.end()]
    for run in re.finditer(r"[\u3400-\u9fff（）()A-Za-z0-9]{2,60}", text):
        for start in range(run.start(), run.end() - 1):
            for end in range(start + 2, min(start + _MOST_SIGNS, run.end()) + 1):
                yield start, text[start:end]


def partial_names(tx: Tx, text: str, tokens: Sequence[Token], named: Named) -> list[Token]:
    """Take customers by parts of their names from the unknown words; return the tokens that remain."""
    left = list(tokens)
    for start, end in _runs(tokens):
        for first, last in _widened(tokens, start, end):
            words = text[tokens[first].start : tokens[last - 1].end]
            if _taken(tx, words, named):
                gone = set(tokens[first:last])
                left = [token for token in left if token not in gone]
                break
        else:
            # beside a sector, a small word rather says which part of it
            of_a_sector = any(feature.startswith("sector:") for token in tokens for feature in token.features)
            if not of_a_sector or tokens[start].is_capital:
                _offered(tx, text[tokens[start].start : tokens[end - 1].end], named)
    return left


def _runs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the places of unknown words that stand together."""
    start: int | None = None
    for place, token in enumerate([*tokens, None]):
        if token is not None and not token.known and len(token.text) > 1:
            start = place if start is None else start
        elif start is not None:
            yield start, place
            start = None


def _widened(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a run with the capitalised words beside it, then the run alone, then its parts, the longest first."""
    first, last = start, end
    while first > 0 and tokens[first - 1].is_capital and tokens[first].is_capital:
        first -= 1
    while last < len(tokens) and (tokens[last].is_capital or not tokens[last].text.isascii()):
        last += 1
    wide = [(left, right) for left in range(first, start + 1) for right in range(last, end - 1, -1)]
    lengths = range(min(end - start, _MOST_WORDS), 0, -1)
    parts = [(place, place + length) for length in lengths for place in range(start, end - length + 1)]
    yield from dict.fromkeys([*wide[:_MOST_PARTS], *parts[:_MOST_PARTS]])


def _taken(tx: Tx, words: str, named: Named) -> bool:
    """Take the customers that a text equals or begins; several become candidates."""
    if len(name_key(words)) < 3 and words.isascii():
        return False
    found = [hit for hit in search.find(tx, words, limit=6) if hit.likeness >= PART_OF_A_NAME and _plausible(words, hit)]
    best = [hit for hit in found if hit.likeness >= EQUAL or without_form(hit.name) == without_form(words)] or found
    if len(best) == 1:
        named.take(typed(best[0].id))
    elif best:
        named.candidates += [(typed(hit.id), masking.with_id(hit.id, hit.name)) for hit in best[:3]]
    return bool(best)


def _plausible(words: str, hit: Found) -> bool:
    """Return True if a text names a customer: equal, its beginning, or in capitals; a small word is a part of too many names."""
    if hit.likeness >= EQUAL or words[:1].isupper() or not words.isascii():
        return True
    wanted, name = name_key(words), name_key(hit.name)
    return f"{name} ".startswith(f"{wanted} ") or (len(wanted) > 6 and name.startswith(wanted)) or (" " in wanted and wanted in name)


def _offered(tx: Tx, words: str, named: Named) -> None:
    """Note the customers whose names resemble a text."""
    if len(words) > 3:
        alike = [hit for hit in search.find(tx, words, limit=3) if hit.likeness >= ALIKE]
        named.candidates += [(typed(hit.id), masking.with_id(hit.id, hit.name)) for hit in alike]


def mentioned(tx: Tx, text: str) -> list[tuple[str, str]]:
    """Return the customers that a message names, as (id, name): by their ids, their names, or the beginnings of them in capitals."""
    named = Named()
    rest = chinese_names(tx, full_names(tx, tidy(text), named), named)
    words = [replace(token, known=token.known or not token.is_capital) for token in scan(rest, {})]
    partial_names(tx, rest, words, named)
    ids = [id.removeprefix(PREFIX) for id in named.ids] or [id.removeprefix(PREFIX) for id, _name in named.candidates]
    names = masking.names(tx, ids)
    return [(id, names[id]) for id in dict.fromkeys(ids) if id in names]


# --- the book's own values ---------------------------------------------------------------------------------------------


def values(tx: Tx, text: str) -> dict[str, tuple[str, ...]]:
    """Return the features of the book's sectors, departments, managers and groups, by how people may call them.

    A group is often called like its largest member: it counts only where the text says that it means a group.
    """
    found: dict[str, tuple[str, ...]] = {}
    columns = ("manager", "department", "sector")
    for column in ("group", *columns) if re.search(r"\bgroup\b|集团", text, re.IGNORECASE) else columns:
        for value in filter_values(tx, column):
            if len(folded(value)) > 2:
                found[folded(value)] = (f"{column}:{value}",)
    sectors = {folded(value): value for value in filter_values(tx, "sector")}
    for word, names in sector_words().items():
        if (there := next((sectors[folded(name)] for name in names if folded(name) in sectors), None)) is not None:
            found.setdefault(word, (f"sector:{there}",))
    return found


def is_value(tx: Tx, column: str, text: str) -> bool:
    """Return True if a customer has this sector, country or department."""
    return settled(tx, column, text) is not None
