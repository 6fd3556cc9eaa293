"""The trail's last statement of each row of the other tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, and_, case, or_, select, type_coerce

from storage.audit.anchoring.anchors import SUBJECT, TrailAnchored
from storage.audit.anchoring.known import Known, identity
from storage.audit.reconciliation.differences import Tally
from storage.database import Tx
from storage.row_digests.cells import portions
from storage.row_digests.covered import WITH_ROWS, RegisterRecorded
from storage.row_digests.stating import CARRIED, STATES, Statement, blocks_of
from storage.schema import EventRow
from storage.types import canonical

# a payload that may state rows; reading it shows whether it does so at its top level
_MARK = f'"{STATES}":{{'
# marks a baseline, which covers all rows that existed at its time
BASELINE = "baseline"
# the subject of events that state rows which no event about the thing itself states
REGISTER = "register"


@dataclass(slots=True)
class Said:
    """The last statement of each row and group, by table and key, with the number of its event.

    Attributes:
        bound: the last event from before events stated rows; a later silent event excuses nothing.
        erased: the last such event about a subject whose payload is erased.
        older: the last such event about a subject that would state rows if written today.
        baseline: the event that covered the earlier rows.
    """

    bound: int = 0
    rows: dict[str, dict[str, tuple[int, Statement]]] = field(default_factory=dict)
    groups: dict[str, dict[str, tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    erased: dict[str, int] = field(default_factory=dict)
    older: dict[str, int] = field(default_factory=dict)
    baseline: int | None = None

    def excuse(self, subject: str, after: int, tally: Tally, count: int = 1) -> bool:
        """Count rows without a statement, erased or never made; return True if that is the case."""
        if self.baseline is not None:
            return False
        if self.erased.get(subject, 0) > after:
            tally.erased += count
            return True
        if self.older.get(subject, 0) > after:
            tally.before += count
            return True
        return False

    def take(self, event: int, payload: Any) -> bool:
        """Take the statements of an event, which replace earlier ones; return True if it has any."""
        states = payload.get(STATES) if isinstance(payload, dict) else None
        if not isinstance(states, dict):
            return False
        for kind, known in (("rows", self.rows), ("groups", self.groups)):
            for table, each in states.get(kind, {}).items():
                for key, statement in each.items():
                    self._keep(known, table, key, event, statement)
            # taken over from an erased event, or stated about rows from before events stated them
            for table, each in states.get(CARRIED, {}).get(kind, {}).items():
                for key, (first, statement) in each.items():
                    self._keep(known, table, key, first, statement)
        return True

    def _keep(self, known: dict[str, Any], table: str, key: str, event: int, statement: Any) -> None:
        of_it = known.setdefault(table, {})
        if key not in of_it or of_it[key][0] <= event:
            # the many short digests of a load are read again when needed
            of_it[key] = (event, {**statement, "blocks": ""} if known is self.groups else statement)


def read(tx: Tx, looked: Callable[[int], object] = bool) -> Said:
    """Read the trail once."""
    said, event = Said(bound(tx)), EventRow
    text = type_coerce(event.payload, Text)
    marked = text.contains(_MARK, autoescape=True)
    matters = or_(event.payload.is_(None), marked, event.kind.in_(WITH_ROWS))
    query = select(event.id, event.kind, event.subject, event.payload.is_(None), case((marked, text))).where(and_(matters))
    for portion in portions(tx, query, event.id):
        looked(len(portion))
        for id, kind, subject, gone, payload in portion:
            silent = gone or not said.take(id, _parsed(payload))
            if silent and id <= said.bound and kind in WITH_ROWS:
                (said.erased if gone else said.older)[subject] = id
            if kind == RegisterRecorded.kind and (_parsed(payload) or {}).get(BASELINE):
                said.baseline = id
    return said


def bound(tx: Tx) -> int:
    """Return the number of the last event from before events stated rows; 0 in a newer database.

    The first anchor signs it: a later claim of the database can only lower it, which excuses less.
    """
    text = type_coerce(EventRow.payload, Text)
    anchors = select(EventRow.payload).where(
        EventRow.subject == SUBJECT, EventRow.kind == TrailAnchored.kind, text.contains('"bound_after":', autoescape=True)
    )
    first = tx.connection.execute(anchors.order_by(EventRow.id).limit(1)).scalar_one_or_none()
    known, ours = Known.read(first), identity(tx).bound_after
    return ours if known is None else min(ours, known.bound_after)


def baseline(tx: Tx) -> Any:
    """Return the payload of the event that covered the earlier rows; None before there is one."""
    marked = type_coerce(EventRow.payload, Text).contains(f'"{BASELINE}":true')
    query = select(EventRow.payload).where(EventRow.subject == REGISTER, EventRow.kind == RegisterRecorded.kind, marked)
    return tx.connection.execute(query.order_by(EventRow.id).limit(1)).scalar_one_or_none()


def about(tx: Tx, keys: Mapping[str, Collection[str]]) -> list[tuple[int, Any]]:
    """Return the events about the register itself that mention one of these rows, by table; they may mean a namesake."""
    text = type_coerce(EventRow.payload, Text)
    spoken = [
        and_(*(text.contains(f"{canonical(name)}:", autoescape=True) for name in (table, key)))
        for table, each in keys.items()
        for key in each
    ]
    query = select(EventRow.id, EventRow.payload).where(EventRow.subject == REGISTER, or_(*spoken)).order_by(EventRow.id)
    return [(id, payload) for id, payload in tx.connection.execute(query)] if spoken else []


def blocks(tx: Tx, event: int, table: str, number: str) -> dict[int, str]:
    """Return the short digests of a group that an event states."""
    payload = tx.connection.execute(select(EventRow.payload).where(EventRow.id == event)).scalar_one_or_none()
    stated = ((payload or {}).get(STATES) or {}).get("groups", {}).get(table, {}).get(number)
    # statements taken over from erased or earlier events have no short digests
    return {} if stated is None else blocks_of(stated)


def _parsed(payload: str | None) -> Any:
    try:
        return None if payload is None else json.loads(payload)
    except ValueError:
        # nothing that this product wrote; the chain names it
        return None
