"""Other words for commands, options and values, from one table in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from commands.kit.i18n import Reader, reading
from commands.kit.input.plain import folded
from commands.kit.wording.words import label

TABLE = Path(__file__).with_name("synonyms.toml")
# the languages in which labels on screen are accepted as typed words
_LANGUAGES = (Reader("en_GB", masked=False), Reader("zh_Hans_CN", masked=False))


@cache
def table() -> Mapping[str, Any]:
    """Return the table as it is written."""
    return tomllib.loads(TABLE.read_text("utf-8"))


@cache
def _commands() -> Mapping[str, str]:
    return {folded(word): name for name, words in table()["commands"].items() for word in words} | {
        folded(word): line for word, line in table()["lines"].items()
    }


def line_for(words: str) -> str | None:
    """Return the beginning of a line that other words stand for: ``show view=trend`` for ``trend``; None if they stand for none."""
    return _commands().get(folded(words))


@cache
def _choices(kind: type[StrEnum]) -> Mapping[str, StrEnum]:
    """Return every spelling of the members: their values first, then the table's words, then their labels on screen."""
    listed: Mapping[str, Sequence[str]] = table()["values"].get(kind.__name__, {})
    spelled: dict[str, StrEnum] = {folded(member.value): member for member in kind}
    for value, words in listed.items():
        if value in tuple(kind):
            spelled |= {word: kind(value) for word in map(folded, words) if word not in spelled}
    for language in _LANGUAGES:
        with reading(language):
            labels = {folded(label(member)): member for member in kind}
        spelled |= {word: member for word, member in labels.items() if word not in spelled}
    return spelled


def choice(kind: type[StrEnum], text: str) -> StrEnum | None:
    """Return the member that a text means, by its value, another word for it or its label; None if it means none."""
    return _choices(kind).get(folded(text))


@cache
def _options() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, words in table()["options"].items():
        for word in words:
            found.setdefault(folded(word), []).append(name)
    return {word: tuple(names) for word, names in found.items()}


def option(text: str, known: Iterable[str]) -> str | None:
    """Return the option of these that a typed key means; None if it means none of them."""
    names, typed = list(known), folded(text)
    exact = next((name for name in names if folded(name) == typed), None)
    return exact or next((name for name in _options().get(typed, ()) if name in names), None)
