"""Statements of rows in events: each event carries the rows that its transaction has written before it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select, tuple_

from storage.database import Key, Tx
from storage.row_digests import cells, marking
from storage.row_digests.cells import Cell
from storage.row_digests.covered import GROUPS, ROWS, STATES_GROUPS, Groups, RegisterRecorded, Rows
from storage.schema import ScoreDriverRow, ScoreVersionRow

# the key of a payload for its statements of rows and groups
STATES = "states"
# the key for statements taken over from erased events
CARRIED = "carried"
# a row is stated by its cells, or by a digest if only that is known; a deleted one by None
Statement = Mapping[str, Cell] | str | None
# the number of short digests of a group, which locate a differing row, or the few rows around it in a larger load
BLOCKS = 4_000
SHORT, NO_ROWS = 6, "------"
_CHUNK = 500


def note(tx: Tx, table: Any, key: Key, rest: Callable[[Tx], None]) -> None:
    """Remember that a row was written, if the trail covers its table."""
    if table.__tablename__ in ROWS:
        tx.changes.rows.setdefault(table.__tablename__, {})[key] = None
        tx.changes.rest = rest


def note_group(tx: Tx, table: Any, number: int, above: int, rest: Callable[[Tx], None]) -> None:
    """Remember that an import or a score run has written rows of a table, all with ids above ``above``."""
    tx.changes.groups.setdefault(table.__tablename__, {})[number] = above
    tx.changes.rest = rest


def taken(tx: Tx, kind: str) -> dict[str, Any]:
    """Return an event's statement: all rows written and not stated yet."""
    changes, said = tx.changes, dict[str, Any]()
    if changes.rows:
        found = {name: rows(tx, ROWS[name], keys) for name, keys in changes.rows.items()}
        # an event that is never erased holds digests only
        said["rows"] = {name: _digests(each) for name, each in found.items()} if kind == RegisterRecorded.kind else found
        marking.rows_stated(tx, found)
        changes.rows.clear()
    if changes.groups and kind in STATES_GROUPS:
        said["groups"] = {
            name: {str(number): group(tx, GROUPS[name], number, above) for number, above in numbers.items()}
            for name, numbers in changes.groups.items()
        }
        for name, stated in said["groups"].items():
            for number, load in stated.items():
                marking.load_stated(tx, name, int(number), changes.groups[name][int(number)], load["rows"])
        changes.groups.clear()
    return {STATES: said} if said else {}


def _digests(statements: Mapping[str, Statement]) -> dict[str, Statement]:
    return {key: cells.digest(values) if isinstance(values, Mapping) else values for key, values in statements.items()}


def carried(payloads: Iterable[tuple[int, Any]]) -> dict[str, Any]:
    """Return the statements of events to be erased as digests, with event numbers, for an event that stays."""
    kept: dict[str, Any] = {"rows": {}, "groups": {}}
    for event, payload in payloads:
        states = payload.get(STATES) if isinstance(payload, dict) else None
        for table, each in (states or {}).get("rows", {}).items():
            kept["rows"].setdefault(table, {}).update((key, [event, digest]) for key, digest in _digests(each).items())
        for table, each in (states or {}).get("groups", {}).items():
            bare = {key: [event, {**group, "blocks": "", "width": 0}] for key, group in each.items()}
            kept["groups"].setdefault(table, {}).update(bare)
    return kept


def without(payload: Any) -> Any:
    """Return a payload as people read it."""
    return {name: value for name, value in payload.items() if name != STATES} if isinstance(payload, dict) else payload


# --- single rows -------------------------------------------------------------------------------------------------------


def spelled(key: Sequence[Any]) -> str:
    """Return a row's key as in events."""
    return "/".join(str(part) for part in key)


def rows(tx: Tx, of: Rows, keys: Collection[Key]) -> dict[str, Statement]:
    """Return the present rows; None for a deleted one."""
    found: dict[str, Statement] = {spelled(key): None for key in keys}
    for chunk in _chunks(list(keys)):
        condition = of.key[0].in_([key[0] for key in chunk]) if len(of.key) == 1 else tuple_(*of.key).in_(chunk)
        query = select(*of.key, *(cells.spelled(tx, column) for column in of.columns)).where(condition)
        for row in tx.connection.execute(query):
            found[spelled(row[: len(of.key)])] = of.stated(row[len(of.key) :])
    return found


# --- rows that were written together -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Group:
    """A digest over rows of one load by ascending number, and one over each block of them.

    Attributes:
        first: the number of the first row.
        width: the numbers per block; 0 while counting rows of an unstated load.
        added: how many cells at the end of a row are left out while they are empty.
    """

    first: int
    width: int
    added: int = 0
    count: int = 0
    lowest: int | None = None
    last: int = 0
    blocks: dict[int, str] = field(default_factory=dict)
    _whole: Any = field(default_factory=hashlib.sha256)
    _block: Any = None
    _at: int | None = None

    def take(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add the next rows, whose first cell is their number."""
        for place, of_block in groupby(rows, lambda row: (row[0] - self.first) // self.width if self.width else 0):
            listed = [self._ended(row) for row in of_block]
            said = cells.lines(listed)
            if place != self._at:
                self._close()
                self._at, self._block = place, hashlib.sha256()
            self._block.update(said)
            self._whole.update(said)
            self.lowest = listed[0][0] if self.lowest is None else self.lowest
            self.count, self.last = self.count + len(listed), listed[-1][0]

    def _ended(self, row: Sequence[Any]) -> Sequence[Any]:
        """Return a row up to the last cell that is not empty, at most without the added ones."""
        if not self.added:
            return row
        end = len(row)
        while end > len(row) - self.added and row[end - 1] is None:
            end -= 1
        return row[:end]

    def _close(self) -> None:
        if self._at is not None:
            self.blocks[self._at] = self._block.hexdigest()[:SHORT]

    def said(self) -> dict[str, Any]:
        """Return the statement of the group."""
        self._close()
        blocks = "".join(self.blocks.get(place, NO_ROWS) for place in range(max(self.blocks, default=-1) + 1))
        first = self.first if self.width else self.lowest or 0
        ends = {"rows": self.count, "first": first, "last": self.last, "width": self.width}
        return {**ends, "digest": self._whole.hexdigest(), "blocks": blocks}


def group(tx: Tx, of: Groups, number: int, above: int = 0) -> dict[str, Any]:
    """Return the statement of the present rows of one import or run, all with ids above ``above``."""
    query, id = group_query(tx, of).where(of.by == number), of.table.id
    # the first and last number come first: they determine the width of a block
    numbers = query.with_only_columns(id).where(id > above).limit(1)
    ends = [tx.connection.execute(numbers.order_by(order)).scalar_one_or_none() for order in (id, id.desc())]
    if ends[0] is None or ends[1] is None:
        return Group(0, 1).said()
    made = Group(ends[0], (ends[1] - ends[0]) // BLOCKS + 1, len(of.added))
    for portion in cells.portions(tx, query, id, above=above):
        made.take(portion)
    return made.said()


def blocks_of(said: dict[str, Any]) -> dict[int, str]:
    """Return the short digests of a statement, by the place of their block."""
    text = said["blocks"]
    listed = (text[start : start + SHORT] for start in range(0, len(text), SHORT))
    return {place: block for place, block in enumerate(listed) if block != NO_ROWS}


def group_query(tx: Tx, of: Groups) -> Any:
    """Return the query of every row of a table: number, group, then the cells under the digest."""
    query = select(of.table.id, of.by.label("load"), *(cells.spelled(tx, column).label(f"cell_{column.name}") for column in of.columns))
    if of.table is ScoreDriverRow:
        query = query.outerjoin(ScoreVersionRow, ScoreVersionRow.id == ScoreDriverRow.score_id)
    return query


def by_group(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """Yield rows in order as stretches of one group, their second cell."""
    for number, of_it in groupby(rows, itemgetter(1)):
        yield number, list(of_it)


def _chunks(listed: list[Key]) -> Iterator[list[Key]]:
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
