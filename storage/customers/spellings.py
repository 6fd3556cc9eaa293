"""Words of names, and the spellings by which a mistyped word finds the right one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from rapidfuzz.distance import OSA

# a word's first letters decide where it is looked for
_BEGINNING = 7
# words of so many letters may miss two of them, shorter ones one
_LONG = 6
_HAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u3040-\u30ff]")
_DIGIT = re.compile(r"\d")


def words(key: str) -> list[str]:
    """Return the words of a name's key; of a name without spaces, as in Chinese, every two letters that follow each other."""
    found: dict[str, None] = {}
    for word in key.split():
        pairs = [word[place : place + 2] for place in range(len(word) - 1)] if _HAN.search(word) else []
        found |= dict.fromkeys(pairs or [word])
    return list(found)


def spellings(word: str) -> set[str]:
    """Return a word, and its beginning with one or two letters left out; numbers are searched for as they are."""
    if _DIGIT.search(word) or _HAN.search(word):
        return {word}
    start = word[:_BEGINNING]
    return {word} | {
        "".join(letter for place, letter in enumerate(start) if place not in missing)
        for count in range(3 if len(word) >= _LONG else 2)
        for missing in combinations(range(len(start)), count)
    }


def likeness(typed: str, word: str) -> float:
    """Return 1 for an equal word, less for each error of typing, and 0 for another word."""
    if typed == word:
        return 1.0
    allowed = 1 if min(len(typed), len(word)) < _LONG else 2
    if len(typed) < 2 or (errors := OSA.distance(typed, word, score_cutoff=allowed)) > allowed:
        return 0.0
    return 1 - errors / max(len(typed), len(word))


def joined(words_: Sequence[str]) -> list[str]:
    """Return each word with the next, as one word: a space may be too many."""
    return [first + second for first, second in pairwise(words_)]


def halves(word: str) -> list[tuple[str, str]]:
    """Return the ways to cut a long word in two: a space may be missing."""
    return [] if _HAN.search(word) else [(word[:cut], word[cut:]) for cut in range(3, len(word) - 2)]
