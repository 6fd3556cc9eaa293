"""Reconciliation of tables stated by the import or score run that wrote them: digests, successions and customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from storage.audit.reconciliation.differences import Difference, Discrepancy, Tally
from storage.audit.reconciliation.said import Said, blocks
from storage.database import Tx
from storage.row_digests import cells, stating
from storage.row_digests.cells import Cell
from storage.row_digests.covered import Groups
from storage.row_digests.stating import Group
from storage.schema import CustomerRow, CustomerVersionRow


def differences(tx: Tx, of: Groups, said: Said, tally: Tally) -> Iterator[Discrepancy]:
    """Yield every stretch of rows that differs from its load, and every mark of a succession that does not follow."""
    yield from _loads(tx, of, said, tally)
    if of.succession:
        yield from _successions(tx, of)


def found(tx: Tx, of: Groups, said: Said, tally: Tally) -> dict[int, Group]:
    """Return the present digests of all loads of a table."""
    known, groups = said.groups.get(of.name, {}), dict[int, Group]()
    for portion in cells.portions(tx, stating.group_query(tx, of), of.table.id):
        tally.looked(len(portion))
        for number, rows in stating.by_group(portion):
            if number not in groups:
                _event, stated = known.get(str(number), (0, {}))
                groups[number] = Group(stated.get("first", 0), stated.get("width", 0), len(of.added))
            groups[number].take(rows)
    return groups


def _loads(tx: Tx, of: Groups, said: Said, tally: Tally) -> Iterator[Discrepancy]:
    known, groups = said.groups.get(of.name, {}), found(tx, of, said, tally)
    for number in sorted(groups, key=str):
        now, load = groups[number].said(), f"{of.subject} {number}"
        event, stated = known.get(str(number), (0, None))
        same = stated is not None and stated["digest"] == now["digest"]
        if not same and said.excuse(load, event, tally, now["rows"]):
            tally.groups.setdefault(of.name, {})[str(number)] = now
            continue
        tally.compared += now["rows"]
        if stated is None:
            yield Discrepancy(of.name, _stretch(now["first"], now["last"]), Difference.UNKNOWN, load=load)
        elif not same:
            yield from _Blocks(of, load, event, stated, blocks(tx, event, of.name, str(number))).differences(tx, groups[number])
    for key, (event, stated) in known.items():
        if int(key) not in groups and stated["rows"]:
            stretch = _stretch(stated["first"], stated["last"])
            yield Discrepancy(of.name, stretch, Difference.GONE, trail=stated["digest"], load=f"{of.subject} {key}", event=event)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """An event's statement of a load: a digest of each stretch of rows, or of each row in a small load."""

    of: Groups
    load: str
    event: int
    stated: dict[str, Any]
    before: dict[int, str]

    def differences(self, tx: Tx, now: Group) -> Iterator[Discrepancy]:
        """Yield the stretches that differ, or the whole load if no single one does."""
        first, width = self.stated["first"], self.stated["width"]
        places = sorted({*self.before, *now.blocks}) if width and self.before else []
        differ = [place for place in places if self.before.get(place) != now.blocks.get(place)]
        for place in differ:
            start, was, is_now = first + place * width, self.before.get(place), now.blocks.get(place)
            difference = Difference.UNKNOWN if was is None else Difference.GONE if is_now is None else Difference.CHANGED
            row = _row(tx, self.of, start) if width == 1 and is_now else is_now
            yield self._one(_stretch(start, start + width - 1), difference, row, was)
        if not differ:
            yield self._one(_stretch(first, self.stated["last"]), Difference.CHANGED, now.said()["digest"], self.stated["digest"])

    def _one(self, key: str, difference: Difference, row: Cell, trail: Cell) -> Discrepancy:
        return Discrepancy(self.of.name, key, difference, row=row, trail=trail, load=self.load, event=self.event)


def _row(tx: Tx, of: Groups, id: int) -> Cell:
    """Return a row as one line."""
    query = select(*(cells.spelled(tx, column) for column in of.columns)).where(of.table.id == id)
    names = [column.name for column in of.columns]
    return cells.shown(cells.stated(names, tx.connection.execute(query).one()))


def _stretch(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _successions(tx: Tx, of: Groups) -> Iterator[Discrepancy]:
    """Yield versions whose end is not the beginning of the next one."""
    table = of.table
    next_one = func.lead(table.known_at).over(partition_by=[getattr(table, name) for name in of.succession], order_by=table.id)
    each = select(table.id, table.superseded_at.label("ended"), next_one.label("follows")).subquery()
    ended, follows = (cells.spelled(tx, column) for column in (each.c.ended, each.c.follows))
    query = select(each.c.id, ended, follows).where(each.c.ended.is_distinct_from(each.c.follows)).order_by(each.c.id)
    for id, row, trail in tx.connection.execute(query):
        yield Discrepancy(of.name, str(id), Difference.CHANGED, "superseded_at", row, trail)


def customers(tx: Tx) -> Iterator[Discrepancy]:
    """Yield customers whose first version is not from their import, and versions without a customer."""
    version, name = CustomerVersionRow, CustomerRow.__tablename__
    first = select(version.customer_id, func.min(version.id).label("id")).group_by(version.customer_id).subquery()
    begun = aliased(version)
    query = (
        select(CustomerRow.id, CustomerRow.since_import, begun.import_id)
        .outerjoin(first, first.c.customer_id == CustomerRow.id)
        .outerjoin(begun, begun.id == first.c.id)
        .where(CustomerRow.since_import.is_distinct_from(begun.import_id))
        .order_by(CustomerRow.id)
    )
    for id, since, begins in tx.connection.execute(query):
        if begins is None:
            yield Discrepancy(name, id, Difference.UNKNOWN)
        else:
            yield Discrepancy(name, id, Difference.CHANGED, "since_import", since, begins)
    nobody = select(first.c.customer_id).outerjoin(CustomerRow, CustomerRow.id == first.c.customer_id).where(CustomerRow.id.is_(None))
    for (id,) in tx.connection.execute(nobody.order_by(first.c.customer_id)):
        yield Discrepancy(name, id, Difference.GONE)
