"""Names of months in dates, long and short, in the languages of Babel."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError

LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "zh_Hans", "zh_Hant", "de_AT", "nl", "pl", "cs", "sk", "hu", "ro", "hr", "sl", "sr_Latn", "bg",
    "da", "sv", "nb", "fi", "et", "lv", "lt", "el", "tr", "ru", "uk", "ja", "ko", "id", "vi", "ca",
)  # fmt: skip
# short forms that spreadsheet programs write besides those of Babel
_ALSO = {"en": {"sept": 9}, "de": {"mrz": 3, "sept": 9}, "fr": {"fev": 2, "aou": 8, "dec": 12}}
_WORD = re.compile(r"[一二三四五六七八九十]{1,2}月|[^\W\d_\u4e00-\u9fff]+")


def is_language(name: str) -> bool:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError, TypeError):
        return False
    return True


def numbered(text: str, language: str | None) -> str | None:
    """Return a date with the number of its month instead of the name; None if no word is a month, or it may be several."""
    for names in (("en",), (language,) if language else LANGUAGES):
        if (read := _numbered(text, _months(names))) is not None:
            return read
    return None


def _numbered(text: str, known: dict[str, frozenset[int]]) -> str | None:
    for found in _WORD.finditer(text):
        meant = known.get(found[0].casefold(), frozenset())
        if len(meant) == 1:
            # the point of an abbreviation belongs to it
            rest = text[found.end() :]
            return f"{text[: found.start()]}{next(iter(meant)):02d}{rest.removeprefix('.')}"
    return None


@lru_cache(8)
def _months(languages: tuple[str, ...]) -> dict[str, frozenset[int]]:
    """Return the months that each word may mean in one of these languages."""
    found: dict[str, set[int]] = {}
    for name in languages:
        locale = Locale.parse(name)
        for contexts in locale.months.values():
            for width in ("abbreviated", "wide"):
                for month, word in contexts.get(width, {}).items():
                    if letters := _WORD.search(word):
                        found.setdefault(letters[0].casefold(), set()).add(month)
        for word, month in _ALSO.get(locale.language, {}).items():
            found.setdefault(word, set()).add(month)
    return {word: frozenset(months) for word, months in found.items()}
