"""Links between customers: whose facts a score needs beside the customer's own, and whose scores a change reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import aliased

from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import fetched
from storage.schema import CollateralVersionRow, CustomerVersionRow, FacilityVersionRow, GuaranteeVersionRow
from storage.scoring.score_facts.owned import Book

# from the customer whose score needs it, to the customer whose fact it is
Link = tuple[Any, Any, Any]


def closed(tx: Tx, book: Book, as_of: date, at: datetime | None = None) -> Book:
    """Return the customers with all whose facts their scores need: guarantors, in turn, givers of collateral, and their group."""
    return _followed(tx, book, lambda debtor, giver: (debtor, giver), as_of, at)


def reached(tx: Tx, book: Book, as_of: date, at: datetime | None = None) -> Book:
    """Return the customers, and others whose scores need a fact of theirs: those they guarantee, in turn, or secure, and their group."""
    return _followed(tx, book, lambda debtor, giver: (giver, debtor), as_of, at)


def _followed(tx: Tx, book: Book, way: Callable[[Any, Any], tuple[Any, Any]], as_of: date, at: datetime | None) -> Book:
    if book.stretch is None or not len(book):
        return book
    found, fresh = set(book.ids.tolist()), book
    while len(fresh):
        near = {
            id
            for debtor, giver, query in _links(as_of, at, groups=not (fresh is book and book.whole_groups))
            for id in _far(tx, fresh, query, *way(debtor, giver))
        }
        fresh = Book.of(near - found)
        found |= near
    return book if len(found) == len(book) else Book.of(found)


def _far(tx: Tx, near: Book, query: Any, known_end: Any, other_end: Any) -> Iterator[str]:
    """Yield the customers at the other end of these links."""
    known_ends, others = fetched(tx, query.with_only_columns(known_end, other_end).where(*near.where(tx, known_end)))
    # a stretch reads all between its ends, and they are the book's own
    yield from others[near.places(known_ends) >= 0].tolist()


def _links(as_of: date, at: datetime | None, *, groups: bool) -> Iterator[Link]:
    given = GuaranteeVersionRow
    query = select(given.customer_id, given.guarantor).where(known(given, at), given.until.is_(None) | (given.until >= as_of))
    yield given.customer_id, given.guarantor, query
    item, line = CollateralVersionRow, FacilityVersionRow
    secures = (line.facility == item.facility) & known(line, at) & (line.customer_id != item.customer_id)
    yield line.customer_id, item.customer_id, select(line.customer_id, item.customer_id).join(line, secures).where(known(item, at))
    if not groups:
        return
    one, other = CustomerVersionRow, aliased(CustomerVersionRow)
    together = (other.group == one.group) & known(other, at) & (other.customer_id != one.customer_id)
    yield one.customer_id, other.customer_id, select(one.customer_id, other.customer_id).join(other, together).where(known(one, at))


def of_them(everybody: np.ndarray, some: Book) -> np.ndarray:
    """Return the places of some customers among the sorted ids of more."""
    return np.searchsorted(everybody.astype(str), some.ids)
