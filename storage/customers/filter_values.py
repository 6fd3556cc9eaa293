"""The values of the book that people filter by, read again only after a customer changed: a distinct one reads the whole book."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from storage.customers import customers, search_index
from storage.database import Tx
from storage.sight import Sight

# more values than this are not compared one by one
COMPARED = 5_000
# the columns and sights that are kept, the most recently used ones
_KEPT = 64
_Kept = OrderedDict[tuple[Sight, str], tuple[int, list[str]]]
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_changing = Lock()


def filter_values(tx: Tx, column: str) -> list[str]:
    """Return the visible values of a column in this transaction, sorted."""
    key, newest = (tx.sight, column), search_index.newest(tx)
    with _changing:
        kept = _kept.setdefault(tx.connection.engine, OrderedDict())
        if key in kept and kept[key][0] == newest:
            kept.move_to_end(key)
            return kept[key][1]
    found = customers.values_of(tx, column, limit=COMPARED)
    with _changing:
        kept[key] = (newest, found)
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return found
