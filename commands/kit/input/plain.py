"""Typed values in plain characters: one kind of dash, of width and of space, for every keyboard and document."""

from __future__ import annotations

import unicodedata

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\uff07"), "'") | dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\uff02"), '"')


def plain(text: str) -> str:
    """Return ``Ｒ–1`` as ``R-1``: for ids, dates, numbers and names of options, never for free text."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_DASHES | _QUOTES)).translate(_DASHES).split())


def folded(text: str) -> str:
    """Return a word for comparison: plain, without case, and with spaces in place of dashes and underscores."""
    return " ".join(plain(text).casefold().replace("_", " ").replace("-", " ").split())
