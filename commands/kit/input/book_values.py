"""Values of the book that a typed filter means: a sector, a country by its name, a department, a manager, a group."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from babel import Locale

from commands.kit.i18n import Reader, reading
from commands.kit.input.mistyped import nearest
from commands.kit.input.plain import folded, plain
from commands.kit.wording.words import label
from storage.customers import customers
from storage.customers.filter_values import filter_values
from storage.database import Tx
from storage.names import name_key

COLUMNS = ("sector", "country", "department", "manager", "group")
_LANGUAGES = (Reader("en_GB", masked=False), Reader("zh_Hans_CN", masked=False))
# other names in daily use; Babel has the official ones
_DAILY = {
    "uk": "GB",
    "britain": "GB",
    "great britain": "GB",
    "england": "GB",
    "usa": "US",
    "america": "US",
    "u.s.": "US",
    "holland": "NL",
    "korea": "KR",
    "czech republic": "CZ",
    "turkey": "TR",
    "uae": "AE",
    "hongkong": "HK",
    "hong kong": "HK",
    "macau": "MO",
    "south korea": "KR",
    "russia": "RU",
    "emirates": "AE",
    "大陆": "CN",
    "中国大陆": "CN",
    "香港": "HK",
    "澳门": "MO",
}


@cache
def territories() -> Mapping[str, str]:
    """Return the code of every territory by its folded names in both languages."""
    found: dict[str, str] = {}
    for language in ("en", "zh_Hans"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(folded(name), code)
    return {**found, **_DAILY}


@cache
def sector_words() -> Mapping[str, Sequence[str]]:
    """Return the names of sectors by other words for them, the likeliest first."""
    found: dict[str, list[str]] = {}
    for name, words in tomllib.loads(Path(__file__).with_name("sectors.toml").read_text("utf-8"))["sectors"].items():
        for word in words:
            found.setdefault(folded(word), []).append(name)
    return found


def settled(tx: Tx, column: str, typed: str) -> str | None:
    """Return a value in the book's spelling, from any case or width, its label or a country's name; None if no customer has it."""
    if customers.has_value(tx, column, typed):
        return typed
    if column == "country":
        code = territories().get(folded(typed), plain(typed).upper())
        return code if customers.has_value(tx, column, code) else None
    known, wanted = filter_values(tx, column), name_key(typed)
    meant = {name_key(name) for name in sector_words().get(folded(typed), ())} if column == "sector" else set()
    return next((value for value in known if wanted in _spellings(value)), None) or next(
        (value for value in known if name_key(value) in meant), None
    )


def _spellings(value: str) -> set[str]:
    found = {name_key(value)}
    for language in _LANGUAGES:
        with reading(language):
            found.add(name_key(label(value)))
    return found


def near(tx: Tx, column: str, typed: str) -> str | None:
    """Return the value of the book that a typing error turned into this one; None if there is none."""
    known = filter_values(tx, column)
    if column == "country":
        there = {name: code for name, code in territories().items() if code in known}
        found = nearest(typed, [*there, *known])
        return there.get(found, found) if found else None
    beginning = [value for value in known if len(folded(typed)) > 2 and folded(value).startswith(folded(typed))]
    return nearest(typed, known) or (beginning[0] if len(beginning) == 1 else None)
