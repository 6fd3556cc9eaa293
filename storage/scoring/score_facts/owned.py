"""Rows of customers as columns sorted by owner."""

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
    """The scored customers: sorted ids, as text and as a searchable column."""

    ids: NDArray[Any]

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, customers: NDArray[Any]) -> Places:
        """Return the place of each customer; -1 if it is not in the book."""
        if not len(self.ids) or not len(customers):
            return np.full(len(customers), -1, dtype=np.int64)
        wanted = customers.astype(str)
        place = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[place] == wanted, place, -1)


def owned(tx: Tx, book: Book, query: Any) -> tuple[Places, list[Any]]:
    """Return the columns of a query, its first column, the customer, as sorted places.

    The query's order stays within a customer; rows of customers outside the book are omitted.
    """
    ids, *columns = fetched(tx, query)
    place = book.places(ids)
    order = np.argsort(place, kind="stable")
    order = order[int((place < 0).sum()) :]
    return place[order], [column[order] for column in columns]


def numbers(column: NDArray[Any]) -> Places:
    """Return ids; None becomes 0."""
    return np.where(column == None, 0, column).astype(np.int64)  # noqa: E711 a column of objects


def flags(column: NDArray[Any]) -> NDArray[np.float64]:
    """Return 1 for yes, 0 for no, NaN for None."""
    return column.astype(np.float64)


def coded(column: NDArray[Any]) -> Coded:
    return Coded.of(column)
