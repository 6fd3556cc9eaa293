"""State rows in events: each event carries the rows that its transaction has written before it, as they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select, tuple_

from storage.database import Key, Tx
from storage.row_digests import cells
from storage.row_digests.cells import Cell
from storage.row_digests.covered import GROUPS, RECORDED, ROWS, STATES_GROUPS, Groups, Rows
from storage.schema import ScoreDriverRow, ScoreVersionRow

# the key of a payload under which it states rows, and groups of them
STATES = "states"
# the key under which an event takes over what erased ones stated
CARRIED = "carried"
# a row is stated by its cells, or where only that is known by their digest; one that is gone by None
Statement = Mapping[str, Cell] | str | None
# so many short digests of a group, which find the row that differs; in a load of more rows the few among which it is
BLOCKS = 4_000
SHORT, NO_ROWS = 6, "------"
_CHUNK = 500


def note(tx: Tx, table: Any, key: Key, rest: Callable[[Tx], None]) -> None:
    """Remember that a row was written, if the trail answers for its table."""
    if table.__tablename__ in ROWS:
        tx.changes.rows.setdefault(table.__tablename__, {})[key] = None
        tx.changes.rest = rest


def note_group(tx: Tx, table: Any, number: int, above: int, rest: Callable[[Tx], None]) -> None:
    """Remember that an import or a score run has written rows of a table, all of them with ids above one."""
    tx.changes.groups.setdefault(table.__tablename__, {})[number] = above
    tx.changes.rest = rest


def taken(tx: Tx, kind: str) -> dict[str, Any]:
    """What an event of this kind states: all that was written and not stated yet."""
    changes, said = tx.changes, dict[str, Any]()
    if changes.rows:
        found = {name: rows(tx, ROWS[name], keys) for name, keys in changes.rows.items()}
        # an event that is never erased holds no more than digests
        said["rows"] = {name: _digests(each) for name, each in found.items()} if kind == RECORDED else found
        changes.rows.clear()
    if changes.groups and kind in STATES_GROUPS:
        said["groups"] = {
            name: {str(number): group(tx, GROUPS[name], number, above) for number, above in numbers.items()}
            for name, numbers in changes.groups.items()
        }
        changes.groups.clear()
    return {STATES: said} if said else {}


def _digests(statements: Mapping[str, Statement]) -> dict[str, Statement]:
    return {key: cells.digest(values) if isinstance(values, Mapping) else values for key, values in statements.items()}


def carried(payloads: Iterable[tuple[int, Any]]) -> dict[str, Any]:
    """What events that are about to be erased state, as digests: each with the number of its event, for an event that stays."""
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
    """A payload as people read it."""
    return {name: value for name, value in payload.items() if name != STATES} if isinstance(payload, dict) else payload


# --- single rows -------------------------------------------------------------------------------------------------------


def spelled(key: Sequence[Any]) -> str:
    """A row's key as an event has it."""
    return "/".join(str(part) for part in key)


def rows(tx: Tx, of: Rows, keys: Collection[Key]) -> dict[str, Statement]:
    """Rows as they stand; None where there is none any more."""
    found: dict[str, Statement] = {spelled(key): None for key in keys}
    for chunk in _chunks(list(keys)):
        condition = of.key[0].in_([key[0] for key in chunk]) if len(of.key) == 1 else tuple_(*of.key).in_(chunk)
        query = select(*of.key, *(cells.spelled(tx, column) for column in of.columns)).where(condition)
        for row in tx.connection.execute(query):
            found[spelled(row[: len(of.key)])] = cells.stated(of.names, row[len(of.key) :])
    return found


# --- rows that were written together -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Group:
    """A digest over rows of one load by ascending number, and one over each block of them.

    Attributes:
        first: the number of the first row.
        width: how many numbers make a block; 0 while rows of a load are counted that nobody has stated.
    """

    first: int
    width: int
    count: int = 0
    lowest: int | None = None
    last: int = 0
    blocks: dict[int, str] = field(default_factory=dict)
    _whole: Any = field(default_factory=hashlib.sha256)
    _block: Any = None
    _at: int | None = None

    def take(self, rows: Iterable[Sequence[Any]]) -> None:
        """Go on with the next rows, whose first cell is their number."""
        for place, of_block in groupby(rows, lambda row: (row[0] - self.first) // self.width if self.width else 0):
            listed = list(of_block)
            said = cells.lines(listed)
            if place != self._at:
                self._close()
                self._at, self._block = place, hashlib.sha256()
            self._block.update(said)
            self._whole.update(said)
            self.lowest = listed[0][0] if self.lowest is None else self.lowest
            self.count, self.last = self.count + len(listed), listed[-1][0]

    def _close(self) -> None:
        if self._at is not None:
            self.blocks[self._at] = self._block.hexdigest()[:SHORT]

    def said(self) -> dict[str, Any]:
        """What an event says of it."""
        self._close()
        blocks = "".join(self.blocks.get(place, NO_ROWS) for place in range(max(self.blocks, default=-1) + 1))
        first = self.first if self.width else self.lowest or 0
        ends = {"rows": self.count, "first": first, "last": self.last, "width": self.width}
        return {**ends, "digest": self._whole.hexdigest(), "blocks": blocks}


def group(tx: Tx, of: Groups, number: int, above: int = 0) -> dict[str, Any]:
    """The rows of one import or run as they stand; all of their ids are above one."""
    query, id = group_query(tx, of).where(of.by == number), of.table.id
    # the ends alone first: they say how wide a block is
    numbers = query.with_only_columns(id).where(id > above).limit(1)
    ends = [tx.connection.execute(numbers.order_by(order)).scalar_one_or_none() for order in (id, id.desc())]
    if ends[0] is None or ends[1] is None:
        return Group(0, 1).said()
    made = Group(ends[0], (ends[1] - ends[0]) // BLOCKS + 1)
    for portion in cells.portions(tx, query, id, above=above):
        made.take(portion)
    return made.said()


def blocks_of(said: dict[str, Any]) -> dict[int, str]:
    """The short digests that an event states, by the place of their block."""
    text = said["blocks"]
    listed = (text[start : start + SHORT] for start in range(0, len(text), SHORT))
    return {place: block for place, block in enumerate(listed) if block != NO_ROWS}


def group_query(tx: Tx, of: Groups) -> Any:
    """Every row of a table: its number, its group, then the cells that a digest covers."""
    query = select(of.table.id, of.by.label("load"), *(cells.spelled(tx, column).label(f"cell_{column.name}") for column in of.columns))
    if of.table is ScoreDriverRow:
        query = query.outerjoin(ScoreVersionRow, ScoreVersionRow.id == ScoreDriverRow.score_id)
    return query


def by_group(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """Rows in their order, as stretches of one group, which is their second cell."""
    for number, of_it in groupby(rows, itemgetter(1)):
        yield number, list(of_it)


def _chunks(listed: list[Key]) -> Iterator[list[Key]]:
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
