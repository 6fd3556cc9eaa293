"""What the trail says of the rows of other tables: the last statement of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, and_, case, or_, select, type_coerce

from storage.audit.cells import portions
from storage.audit.covered import RECORDED, WITH_ROWS
from storage.audit.differences import Tally
from storage.audit.stating import CARRIED, STATES, Statement, blocks_of
from storage.database import Tx
from storage.schema import EventRow

# a payload that states rows; whether it does at its top is seen when it is read
_MARK = f'"{STATES}":{{'
# a baseline says so: it covers all rows that were there at its time
BASELINE = "baseline"


@dataclass(slots=True)
class Said:
    """The last statement of each row and group, by table and key, with the number of its event.

    Attributes:
        erased: the last event about a subject whose payload is gone.
        older: the last event about a subject that would state rows, had it been written later.
        baseline: the event that covered the rows which were there before.
    """

    rows: dict[str, dict[str, tuple[int, Statement]]] = field(default_factory=dict)
    groups: dict[str, dict[str, tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    erased: dict[str, int] = field(default_factory=dict)
    older: dict[str, int] = field(default_factory=dict)
    baseline: int | None = None

    def excuse(self, subject: str, after: int, tally: Tally, count: int = 1) -> bool:
        """Count rows that cannot be compared, because the statement of them is gone or was never made; whether that is so."""
        if self.erased.get(subject, 0) > after:
            tally.erased += count
            return True
        if self.baseline is None and self.older.get(subject, 0) > after:
            tally.before += count
            return True
        return False

    def take(self, event: int, payload: Any) -> bool:
        """What an event states counts until a later one states it; whether it states anything."""
        states = payload.get(STATES) if isinstance(payload, dict) else None
        if not isinstance(states, dict):
            return False
        for kind, known in (("rows", self.rows), ("groups", self.groups)):
            for table, each in states.get(kind, {}).items():
                for key, statement in each.items():
                    self._keep(known, table, key, event, statement)
            # taken over from an event that was erased
            for table, each in states.get(CARRIED, {}).get(kind, {}).items():
                for key, (first, statement) in each.items():
                    self._keep(known, table, key, first, statement)
        return True

    def _keep(self, known: dict[str, Any], table: str, key: str, event: int, statement: Any) -> None:
        of_it = known.setdefault(table, {})
        if key not in of_it or of_it[key][0] <= event:
            # the many short digests of a load are read again where they are wanted
            of_it[key] = (event, {**statement, "blocks": ""} if known is self.groups else statement)


def read(tx: Tx, looked: Callable[[int], object] = bool) -> Said:
    """Go through the trail once."""
    said, event = Said(), EventRow
    text = type_coerce(event.payload, Text)
    marked = text.contains(_MARK, autoescape=True)
    matters = or_(event.payload.is_(None), marked, event.kind.in_(WITH_ROWS))
    query = select(event.id, event.kind, event.subject, event.payload.is_(None), case((marked, text))).where(and_(matters))
    for portion in portions(tx, query, event.id):
        looked(len(portion))
        for id, kind, subject, gone, payload in portion:
            if gone:
                if kind in WITH_ROWS:
                    said.erased[subject] = id
            elif not said.take(id, _parsed(payload)) and kind in WITH_ROWS:
                said.older[subject] = id
            if kind == RECORDED and (_parsed(payload) or {}).get(BASELINE):
                said.baseline = id
    return said


def blocks(tx: Tx, event: int, table: str, number: str) -> dict[int, str]:
    """The short digests that an event states of a group."""
    payload = tx.connection.execute(select(EventRow.payload).where(EventRow.id == event)).scalar_one()
    # the event of a load that was erased has left its digest to a later one, without the short ones
    return {} if payload is None else blocks_of(payload[STATES]["groups"][table][number])


def _parsed(payload: str | None) -> Any:
    try:
        return None if payload is None else json.loads(payload)
    except ValueError:
        # nothing that this product wrote; the chain names it
        return None
