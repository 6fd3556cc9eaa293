"""The vocabulary of questions: phrases in both languages and their meanings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz.distance import OSA

from commands.kit.input.book_values import territories
from commands.kit.input.mistyped import nearest
from commands.kit.input.plain import folded

_HERE = Path(__file__).parent
# the most words, or Chinese characters, of a phrase
LONGEST = 8


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The meaning of phrases: features by phrase, words that say nothing, and numbers in words."""

    features: Mapping[str, tuple[str, ...]]
    small: frozenset[str]
    numbers: Mapping[str, int]
    verbs: Mapping[str, str]

    def corrected(self, word: str) -> str | None:
        """Return the word of the vocabulary that a typing error turned into this one."""
        if len(word) < 5:
            return None
        meant = nearest(word, self._words())
        if meant is None or word in (f"un{meant}", f"in{meant}"):
            # the opposite is no typing error
            return None
        # short words, and names of countries, are two letters away from too many others
        most = 1 if len(word) < 8 or self.features[meant][0].startswith("country:") else 2
        return meant if OSA.distance(word, meant) <= most else None

    def _words(self) -> tuple[str, ...]:
        return tuple(phrase for phrase in self.features if phrase.isascii() and len(phrase) > 4 and " " not in phrase)


@cache
def lexicon() -> Lexicon:
    """Read the vocabulary once."""
    table: Mapping[str, Any] = tomllib.loads((_HERE / "vocabulary.toml").read_text("utf-8"))
    features: dict[str, tuple[str, ...]] = {}
    for phrase, feature in (*_phrases(table["words"]), *_places(table)):
        features[phrase] = (*features.get(phrase, ()), feature)
    small = frozenset(folded(word) for words in table["small"].values() for word in words) - set(features)
    verbs = {folded(phrase): command for command, phrases in table["verbs"].items() for phrase in phrases}
    return Lexicon(features, small, {folded(word): number for word, number in table["numbers"].items()}, verbs)


def _phrases(words: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for feature, phrases in words.items():
        yield from ((phrase, feature) for phrase in dict.fromkeys(map(folded, phrases)))


def _places(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((folded(word), f"country:{code}") for word, code in table["demonyms"].items())
    yield from ((name, f"country:{code}") for name, code in territories().items())
