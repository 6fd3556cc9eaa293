"""The customers whose indicators are requested: a few by name, or a range of the book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import collate

from storage.database import Tx
from storage.scoring.score_facts.owned import Book
from storage.visibility import visible

# as many are named in a query; more of them are read as a stretch from the first to the last
NAMED, STRETCH = 500, 16_384


@dataclass(frozen=True, slots=True)
class Asked:
    """Customers in the order of their ids, of whom the transaction sees those that it may see."""

    book: Book

    @classmethod
    def of(cls, ids: Iterable[str]) -> Asked:
        return cls(Book(np.array(sorted(set(ids)), dtype=str)))

    def __len__(self) -> int:
        return len(self.book)

    def where(self, tx: Tx, column: Any) -> list[Any]:
        """Return the conditions on a column of customers' ids."""
        ids = self.book.ids.tolist()
        if len(ids) <= NAMED:
            return [column.in_(ids), *visible(tx, column)]
        # ids are sorted by code point here; a PostgreSQL database may sort by the rules of a language
        by_code_point = collate(column, "C") if tx.dialect == "postgresql" else column
        return [by_code_point.between(ids[0], ids[-1]), *visible(tx, column)]

    def parts(self) -> Iterator[Asked]:
        """Split the customers into parts so small that their columns need little memory."""
        size = NAMED if len(self) <= 10 * NAMED else STRETCH
        for start in range(0, len(self), size):
            yield Asked(Book(self.book.ids[start : start + size]))
