"""Visibility: the condition that a row is about a visible customer; every query about customers uses it.

A query adds ``*visible(tx, column)`` to its conditions, where the column holds the customer's id; one that reads
present versions of customers adds ``*seen(tx, table)``, which needs no second look-up. With unlimited sight there is no
condition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased

from risk_engine.people.roles import Reach
from storage.database import Tx
from storage.schema import CustomerVersionRow
from storage.sight import spelled

_who = aliased(CustomerVersionRow)
# before the name of a column: the parameters of prepared statements
_SEEN = "seen_"
_REVISION = select(func.coalesce(func.max(CustomerVersionRow.id), 0))


def visible(tx: Tx, column: Any) -> list[ColumnElement[bool]]:
    """Return the condition that the customer with the id in ``column`` is visible; none with unlimited sight."""
    if tx.sight.everything:
        return []
    # one index look-up for each row that passes the other conditions
    mine = select(_who.id).where(_who.customer_id == column, _who.superseded_at.is_(None), _held(tx))
    return [mine.correlate_except(_who).exists()]


def visible_or_none(tx: Tx, column: Any) -> list[ColumnElement[bool]]:
    """Return the condition of :func:`visible`, but allow rows about no customer, such as policy changes."""
    return [or_(column.is_(None), condition) for condition in visible(tx, column)]


def seen(tx: Tx, who: Any) -> list[ColumnElement[bool]]:
    """Return the condition for ``who``, the present versions of customers; for earlier versions use :func:`visible`."""
    if tx.sight.everything:
        return []
    if tx.sight.reach is Reach.DEPARTMENT:
        return [_held(tx, who)]
    # the few customers of a manager are found first: in the order of names a database would scan the whole book
    few = select(_who.customer_id).where(_who.superseded_at.is_(None), _held(tx))
    return [who.customer_id.in_(few.correlate(None))]


def _held(tx: Tx, who: Any = _who) -> ColumnElement[bool]:
    return or_(false(), *(getattr(who, column).in_(_texts(tx, column, texts)) for column, texts in _spelled(tx).items()))


def _texts(tx: Tx, column: str, texts: list[str]) -> Any:
    """Return the spellings, or a place for those of the transaction that will run the statement: it has no value of its own."""
    return bindparam(f"{_SEEN}{column}", expanding=True) if tx.preparing else texts


def parameters(tx: Tx) -> dict[str, list[str]]:
    """Return the parameters of a prepared statement for the sight of this transaction."""
    return {} if tx.sight.everything else {f"{_SEEN}{column}": texts for column, texts in _spelled(tx).items()}


def _spelled(tx: Tx) -> dict[str, list[str]]:
    """Return the book's spellings of the visible departments and managers, without empty lists: they would search every row in vain."""
    spellings = _current(tx)
    wanted = {"department": tx.sight.spelled_departments(), "manager": tx.sight.spelled_names()}
    return {column: texts for column, words in wanted.items() if (texts := spellings.of(column, words))}


@dataclass(frozen=True, slots=True)
class _Spellings:
    """The book's spellings of departments and managers, compared in Python as databases disagree about case."""

    revision: int
    written: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def of(self, column: str, wanted: Collection[str]) -> list[str]:
        return [text for word in sorted(wanted) for text in self.written[column].get(word, ())]


_known: WeakKeyDictionary[Engine, _Spellings] = WeakKeyDictionary()
_reading = Lock()


def _current(tx: Tx) -> _Spellings:
    """Return the spellings of the book in this transaction; read again only after a customer changed."""
    revision = tx.connection.execute(_REVISION).scalar_one()
    with _reading:
        found = _known.get(tx.connection.engine)
        if found is None or found.revision != revision:
            written = {column: _grouped(_distinct(tx, column)) for column in ("department", "manager")}
            found = _known[tx.connection.engine] = _Spellings(revision, written)
        return found


def _distinct(tx: Tx, column: str) -> Iterator[str]:
    field_ = getattr(CustomerVersionRow, column)
    query = select(field_).where(CustomerVersionRow.superseded_at.is_(None), field_.is_not(None)).distinct()
    yield from tx.connection.execute(query).scalars()


def _grouped(texts: Iterator[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for text in texts:
        grouped.setdefault(spelled(text), []).append(text)
    return grouped
