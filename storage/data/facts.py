"""Facts: staged files become new versions, which are read back by the column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import aliased

from risk_engine.indicators import derived
from storage import rows
from storage.customers import book_totals, drawn, search_index
from storage.customers.customers import known
from storage.data import accounts, projected_periods
from storage.data.files.fields import Concerns, Field
from storage.data.files.formats.table import Progress
from storage.data.files.kinds import KINDS
from storage.data.files.merge import Part, Summed, merge
from storage.data.files.staged_movements import StagedMovements
from storage.data.files.staging import StagedFile
from storage.data.files.targets import Target
from storage.database import Tx
from storage.schema import CustomerRow, FacilityVersionRow, ImportRow, IncidentVersionRow, ObservationVersionRow, ProjectionVersionRow

# an arbitrary lock number: on PostgreSQL loads queue for it, as they do for SQLite's write lock
LOCK = 7_236_118_456

_CHUNK = 500
_RACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Loaded(Summed):
    """The result of a load; ``import_id`` is None if nothing changed.

    Its versions have ids above ``versions_before`` and are known since ``at``.
    """

    kind: str
    import_id: int | None
    parts: tuple[Part, ...]
    versions_before: int
    at: datetime


def refuse_strangers(tx: Tx, staged: StagedFile, *, incidents: Sequence[str] | None = None) -> None:
    """Refuse staged rows that name a customer or facility which has not been imported; then those that do not fit together.

    Args:
        incidents: the kinds of incidents that the policy knows; None accepts any word.

    Transactions are condensed by month; a projection must say how long its periods are.
    """
    if isinstance(staged, StagedMovements):
        accounts.name_customers(tx, staged)
    staged.refuse_strangers((field, _strangers(tx, staged, field)) for field in staged.kind.fields if field.refers is not None)
    if staged.kind.table is IncidentVersionRow and incidents is not None:
        staged.refuse_words("kind", incidents)
    if isinstance(staged, StagedMovements):
        staged.condense()
        accounts.refuse_parts(tx, staged)
    if staged.kind.table is ProjectionVersionRow:
        projected_periods.refuse_doubtful(tx, staged)


def strangers(tx: Tx, refers: str, named: Sequence[str]) -> list[str]:
    """Return those of these customers or facilities that have not been imported."""
    if refers == "facility":
        there = select(FacilityVersionRow.facility).where(known(FacilityVersionRow, None))
        column: Any = FacilityVersionRow.facility
    else:
        there, column = select(CustomerRow.id), CustomerRow.id
    imported = {id for ids in _chunked(named) for id in tx.connection.execute(there.where(column.in_(ids))).scalars()}
    return [id for id in named if id not in imported]


def _strangers(tx: Tx, staged: StagedFile, field: Field) -> Iterator[str]:
    assert field.refers is not None, "only such fields are asked for"
    for chunk in staged.named(field):
        yield from strangers(tx, field.refers, chunk)


def load(tx: Tx, staged: StagedFile, *, at: datetime, progress: Progress | None = None) -> Loaded:
    """Write the changes of a staged file: a new version for each new or changed fact, known since ``at``.

    An unchanged fact gets no new version; if all are unchanged, nothing is written.
    """
    if tx.dialect == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    at = _not_before_the_last(tx, at)
    kind = staged.kind.name
    targets = _targets(staged)
    before = {target.name: rows.last_id(tx, target.table) for target in targets}
    book = _Import(tx, staged, at)
    parts = tuple(merge(tx, staged, target, at=at, import_id=book.id, progress=progress) for target in targets)
    for target, part in zip(targets, parts, strict=True):
        if book.opened is not None and part.added + part.changed:
            rows.loaded(tx, target.table, book.opened, above=before[target.name])
    if kind == "customers":
        search_index.catch_up(tx)
        book_totals.move_by_customers(tx, above=before[kind])
    if kind == "facilities":
        drawn.follow(tx, above=before[kind])
    loaded = Loaded(kind, book.opened, parts, before[kind], at)
    book.close(loaded)
    return loaded


def touched(tx: Tx, loaded: Loaded, indicators: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the customers whose indicators a load may have changed, and which of these indicators."""
    if loaded.import_id is None:
        return [], []
    if loaded.kind == "observations":
        return _observed(tx, loaded, indicators)
    if loaded.kind == "customers":
        # where somebody belongs says which indicators are watched
        return _customers(tx, loaded), sorted(indicators)
    basis = KINDS[loaded.kind].touches
    concerned = sorted(name for name in indicators if derived.basis(name) is basis) if basis else []
    return (_customers(tx, loaded) if concerned else []), concerned


def _observed(tx: Tx, loaded: Loaded, indicators: Collection[str]) -> tuple[list[str], list[str]]:
    table = ObservationVersionRow
    wanted = {spelling: name for name in indicators for spelling in (*derived.spellings(name), *derived.prices_needed([name]))}
    mine = (*_written(table, loaded), table.indicator.in_(sorted(wanted)))
    customers = tx.connection.execute(select(table.customer_id).where(*mine).distinct()).scalars().all()
    names = tx.connection.execute(select(table.indicator).where(*mine).distinct()).scalars().all()
    return list(customers), sorted({name for name in indicators if {*derived.spellings(name), *derived.prices_needed([name])} & set(names)})


def _customers(tx: Tx, loaded: Loaded) -> list[str]:
    kind, lent = KINDS[loaded.kind], FacilityVersionRow
    table, written = kind.table, _written(kind.table, loaded)
    if kind.concerns is Concerns.CURRENCIES:
        # a rate changes sums of several currencies only
        query = select(lent.customer_id).where(known(lent, None)).group_by(lent.customer_id)
        query = query.having(func.min(lent.currency) != func.max(lent.currency))
    elif kind.concerns is Concerns.BORROWER:
        query = select(lent.customer_id).join(table, table.facility == lent.facility).where(known(lent, None), *written)
    else:
        query = select(table.customer_id).where(*written)
    found = set(tx.connection.execute(query.distinct()).scalars())
    return sorted(found | _left(tx, loaded) if kind.table is lent else found)


def _left(tx: Tx, loaded: Loaded) -> set[str]:
    """Return the customers who lost a facility to another customer by this load."""
    new, old = FacilityVersionRow, aliased(FacilityVersionRow)
    query = select(old.customer_id).join(new, new.facility == old.facility)
    query = query.where(*_written(new, loaded), old.superseded_at == loaded.at, old.customer_id != new.customer_id)
    return set(tx.connection.execute(query.distinct()).scalars())


def _not_before_the_last(tx: Tx, at: datetime) -> datetime:
    """Return the time of this load, or the last one's if that is later: history never runs backwards."""
    last = tx.connection.execute(select(func.max(ImportRow.at))).scalar_one()
    # a larger difference is no race but a wrong clock, which must not delay all later imports
    return last if last is not None and at < last < at + _RACE else at


class _Import:
    """The bookkeeping row of a load, written with the first change."""

    def __init__(self, tx: Tx, staged: StagedFile, at: datetime) -> None:
        self._tx, self._staged, self._at = tx, staged, at
        self.opened: int | None = None

    def id(self) -> int:
        if self.opened is None:
            row = {"kind": self._staged.kind.name, "file": self._staged.file, "sha256": self._staged.sha256, "at": self._at}
            row |= {"rows": self._staged.rows, "merged": self._staged.merged, "refused": self._staged.refused_rows}
            query = insert(ImportRow).values(**row, added=0, changed=0, unchanged=0).returning(ImportRow.id)
            self.opened = int(self._tx.connection.execute(query).scalar_one())
        return self.opened

    def close(self, loaded: Loaded) -> None:
        if self.opened is not None:
            counts = {"added": loaded.added, "changed": loaded.changed, "unchanged": loaded.unchanged}
            self._tx.connection.execute(update(ImportRow).where(ImportRow.id == self.opened).values(**counts))
            rows.written(self._tx, ImportRow, self.opened)


def _targets(staged: StagedFile) -> list[Target]:
    """Return the tables that a kind of file fills, in order."""
    kind, absent = staged.kind, staged.plan.absent
    columns = {name: f'"{name}"' for name in staged.plan.columns}
    return list(kind.targets(columns, absent)) if kind.targets else [Target(kind.name, kind.table, kind.key, columns, absent)]


def _written(table: Any, loaded: Loaded) -> tuple[sa.ColumnElement[bool], ...]:
    # by id, because the primary key finds the end of a long table at once
    return table.id > loaded.versions_before, table.import_id == loaded.import_id


def _chunked(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield slices below every database's limit on parameters."""
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
