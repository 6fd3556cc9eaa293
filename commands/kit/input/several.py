"""Filters with several values, ``DE,FR``, and filters that leave some out, ``!CN``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commands.kit.i18n import _, listed
from commands.kit.input import book_values
from storage.customers import customers
from storage.database import Tx
from storage.queries.one_of import OneOf, Value

_COMMA = re.compile(r"\s*[,;，；、]\s*")
_NOT = re.compile(r"^[!！]\s*")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values of a filter; with ``excluded`` they are left out."""

    values: Sequence[str]
    excluded: bool

    @property
    def typed(self) -> str:
        """Return them as they can be typed."""
        return ",".join(f"!{value}" if self.excluded else value for value in self.values)


def chosen(tx: Tx, column: str, typed: str) -> Chosen | None:
    """Return the values of a filter in the book's spelling where it has several or leaves some out; None for one value."""
    if customers.has_value(tx, column, typed):
        return None
    whole = _NOT.sub("", typed)
    excluded = whole != typed
    parts = [whole] if book_values.settled(tx, column, whole) is not None else [_NOT.sub("", part) for part in _COMMA.split(whole) if part]
    if len(parts) < 2 and not excluded:
        return None
    return Chosen([book_values.settled(tx, column, part) or part for part in parts if part], excluded)


def wanted(tx: Tx, column: str, typed: str | None) -> Value | None:
    """Return the value of a filter for a query; None without one."""
    if typed is None or customers.has_value(tx, column, typed):
        return typed
    several = chosen(tx, column, typed)
    return OneOf(tuple(several.values), several.excluded) if several else typed


def missing(tx: Tx, column: str, typed: str) -> str | None:
    """Return the first value of a filter that no customer has; None if each is in the book."""
    if customers.has_value(tx, column, typed):
        return None
    several = chosen(tx, column, typed)
    return next((value for value in (several.values if several else [typed]) if not customers.has_value(tx, column, value)), None)


def said(typed: str, shown: Callable[[str], str]) -> str:
    """Return a filter in words: ``DE, FR`` or ``not CN``; ``shown`` gives one value in words."""
    whole = _NOT.sub("", typed)
    if whole == typed:
        return ", ".join(shown(part) for part in typed.split(","))
    return str(_("not {values}").format(values=listed(shown(_NOT.sub("", part)) for part in whole.split(","))))
