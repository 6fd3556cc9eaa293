"""Rows of customers as columns sorted by owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.categorical import Coded
from risk_engine.credit import Places
from storage.database import Tx
from storage.queries.among import among
from storage.queries.columns import fetched

# as many customers are read at once: few enough for memory and for the processor's cache
PART = 16_384


@dataclass(frozen=True, slots=True)
class Book:
    """The scored customers: sorted ids, as text and as a searchable column.

    Attributes:
        stretch: whether their rows are read by their ids: as the stretch from the first to the last, or one by one.
            None: the rows of everybody are read.
        clusters: the first place of each customer's group, by which the book is cut into parts; None cuts by the ids.
        whole_groups: whether nobody's group has members elsewhere.
    """

    ids: NDArray[Any]
    stretch: bool | None = None
    clusters: Places | None = None
    whole_groups: bool = False

    @classmethod
    def of(cls, ids: Iterable[str]) -> Book:
        """Return these customers, whose rows are read one by one."""
        return cls(np.array(sorted(set(ids)), dtype=str), stretch=False)

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, customers: NDArray[Any]) -> Places:
        """Return the place of each customer; -1 if it is not in the book."""
        if not len(self.ids) or not len(customers):
            return np.full(len(customers), -1, dtype=np.int64)
        wanted = customers.astype(str)
        place = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[place] == wanted, place, -1)

    def parts(self) -> Iterator[Book]:
        """Yield the customers in parts."""
        clusters = np.arange(len(self)) if self.clusters is None else self.clusters
        order, start = np.argsort(clusters, kind="stable"), 0
        in_order = clusters[order]
        while start < len(self):
            end = min(start + PART, len(self))
            # up to the end of the last group; one that would not fit into memory is cut
            end = min(int(np.searchsorted(in_order, in_order[end - 1], side="right")), start + 2 * PART)
            places = np.sort(order[start:end])
            follow_each_other = bool(places[-1] - places[0] == len(places) - 1)
            cut = any(0 < edge < len(self) and in_order[edge] == in_order[edge - 1] for edge in (start, end))
            yield Book(
                self.ids[places], self.stretch is not False and follow_each_other, whole_groups=self.clusters is not None and not cut
            )
            start = end

    def only(self, ids: Iterable[str]) -> Book:
        """Return those of these customers who are in the book."""
        return Book.of(id for id in ids if self.places(np.array([id], dtype=object))[0] >= 0)

    def where(self, tx: Tx, column: Any) -> list[Any]:
        """Return the conditions on a column of customers' ids."""
        if self.stretch is None:
            return []
        # ids are sorted by code point here, and a PostgreSQL database may sort by the rules of a language
        if not self.stretch or tx.dialect == "postgresql":
            return [among(tx, column, self.ids.tolist())]
        return [column.between(str(self.ids[0]), str(self.ids[-1]))]


def owned(tx: Tx, book: Book, query: Any) -> tuple[Places, list[Any]]:
    """Return the columns of a query, its first column, the customer, as sorted places.

    The query's order stays within a customer; rows of customers outside the book are omitted.
    """
    return placed(book, fetched(tx, query.where(*book.where(tx, query.selected_columns[0]))))


def placed(book: Book, found: list[Any]) -> tuple[Places, list[Any]]:
    """Return columns of which the first is the customer, with that one as sorted places."""
    ids, *columns = found
    place = book.places(ids)
    if not len(place) or (place[0] >= 0 and (np.diff(place) >= 0).all()):
        return place, columns
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
