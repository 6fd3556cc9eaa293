"""Prepared statements: built once and run with other values, for questions that every answer asks.

For a small query, building the statement and its cache key costs SQLAlchemy ten times as much as running it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import replace
from typing import Any

from sqlalchemy import CursorResult, bindparam

from storage.database import Tx
from storage.visibility import parameters

_LISTS = (list, tuple, set, frozenset)


class Prepared:
    """A question that is put to the database again and again.

    Args:
        build: returns the statement. Positional arguments give its form; keyword arguments are values, in whose place it is
            given parameters. A value of None is part of the form, so that ``known(table, None)`` means the present versions.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._statements: dict[Hashable, Any] = {}

    def __call__(self, tx: Tx, *form: Hashable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """Run the statement with these values, for the customers that the transaction may see."""
        given = {name: list(value) if isinstance(value, _LISTS) else value for name, value in values.items() if value is not None}
        seen = parameters(tx)
        key = (tx.dialect, tx.sight.reach, *seen, None, *form, None, *given)
        statement = self._statements.get(key)
        if statement is None:
            statement = self._statements[key] = self._prepare(tx, form, values, given)
        return tx.connection.execute(statement, {**given, **seen})

    def _prepare(self, tx: Tx, form: Collection[Hashable], values: dict[str, Any], given: dict[str, Any]) -> Any:
        places: dict[str, Any] = {name: bindparam(name, expanding=isinstance(value, list)) for name, value in given.items()}
        return self._build(replace(tx, preparing=True), *form, **{name: places.get(name) for name in values})


def prepared(build: Callable[..., Any]) -> Prepared:
    """Make a prepared question of a function that returns its statement."""
    return Prepared(build)
