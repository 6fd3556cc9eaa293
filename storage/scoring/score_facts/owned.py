"""Rows that belong to customers, as columns sorted by their owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.categorical import Coded
from risk_engine.credit import Places
from storage.columns import fetched
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Book:
    """Who is scored: sorted ids, as text and as a column in which places are found."""

    ids: NDArray[Any]

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, customers: NDArray[Any]) -> Places:
        """The place of each customer; -1 for one who is not in the book."""
        if not len(self.ids) or not len(customers):
            return np.full(len(customers), -1, dtype=np.int64)
        wanted = customers.astype(str)
        place = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[place] == wanted, place, -1)


def owned(tx: Tx, book: Book, query: Any) -> tuple[Places, list[Any]]:
    """The columns of a query whose first one is the customer: that one as a place, sorted, and the others beside it.

    The query's own order stays within a customer; rows of strangers are left out.
    """
    ids, *columns = fetched(tx, query)
    place = book.places(ids)
    order = np.argsort(place, kind="stable")
    order = order[int((place < 0).sum()) :]
    return place[order], [column[order] for column in columns]


def numbers(column: NDArray[Any]) -> Places:
    """Ids; a None is 0."""
    return np.where(column == None, 0, column).astype(np.int64)  # noqa: E711 a column of objects


def flags(column: NDArray[Any]) -> NDArray[np.float64]:
    """1 for yes, 0 for no, NaN for None."""
    return column.astype(np.float64)


def coded(column: NDArray[Any]) -> Coded:
    return Coded.of(column)
