"""The customers whose indicators are requested: a few by name, or a range of the book."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import collate

from risk_engine.credit import Places
from storage.database import Tx
from storage.queries.columns import columns_of
from storage.queries.prepared import Prepared
from storage.scoring.score_facts.owned import Book, placed
from storage.visibility import visible

# as many are named in a query; more of them are read as a stretch from the first to the last
NAMED, STRETCH = 500, 16_384


def whose(tx: Tx, column: Any, *, ids: Any = None, first: Any = None, last: Any = None) -> list[Any]:
    """Return the conditions on a column of customers' ids: these, or those from the first to the last; none for everybody."""
    if ids is not None:
        return [column.in_(ids), *visible(tx, column)]
    if first is None:
        return []
    # ids are sorted by code point here; a PostgreSQL database may sort by the rules of a language
    by_code_point = collate(column, "C") if tx.dialect == "postgresql" else column
    # PostgreSQL takes no collation of a bound within BETWEEN
    return [by_code_point >= first, by_code_point <= last, *visible(tx, column)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Customers in the order of their ids, limited to the transaction's sight."""

    book: Book

    @classmethod
    def of(cls, ids: Iterable[str]) -> Asked:
        return cls(Book(np.array(sorted(set(ids)), dtype=str)))

    def __len__(self) -> int:
        return len(self.book)

    def where(self, tx: Tx, column: Any) -> list[Any]:
        """Return the conditions on a column of customers' ids."""
        return whose(tx, column, **self.who)

    @property
    def who(self) -> dict[str, Any]:
        """Return the values for :func:`whose`."""
        ids = self.book.ids.tolist()
        return {"ids": ids} if len(ids) <= NAMED else {"first": ids[0], "last": ids[-1]}

    def ask(self, tx: Tx, question: Prepared, *form: Hashable, **values: Any) -> tuple[Places, list[Any]]:
        """Return the columns of a prepared question about these customers, its first column as sorted places."""
        return placed(self.book, columns_of(question(tx, *form, **values, **self.who)))

    def parts(self) -> Iterator[Asked]:
        """Split the customers into parts so small that their columns need little memory."""
        size = NAMED if len(self) <= 10 * NAMED else STRETCH
        for start in range(0, len(self), size):
            yield Asked(Book(self.book.ids[start : start + size]))
