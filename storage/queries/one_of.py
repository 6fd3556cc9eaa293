"""Conditions on an attribute of which several values are wanted, or all but some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, func, or_


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these values; with ``excluded`` any other one, or none."""

    values: tuple[str, ...]
    excluded: bool = False


Value: TypeAlias = str | OneOf


def matching(column: Any, wanted: Value) -> ColumnElement[bool]:
    """Return the condition that a column has a wanted value, in any case."""
    if isinstance(wanted, str):
        return func.lower(column) == wanted.lower()
    values = [value.lower() for value in wanted.values]
    if wanted.excluded:
        return or_(column.is_(None), func.lower(column).not_in(values))
    return func.lower(column).in_(values)
