"""The plan for reading one file: readers from its cells to the columns of the staging table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from storage.data.files.cells import Cell, Reader
from storage.data.files.fields import Field, FileKind
from storage.data.files.mapping.doubts import Doubt
from storage.data.files.mapping.hints import hinted
from storage.data.files.refusals import Accepted, BadCell, Refusal

Staged = tuple[Cell, ...]
Join = Callable[[Sequence[str]], str]
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its place and name, the field that it fills, and its reader."""

    place: int
    name: str
    field: Field
    read: Reader


@dataclass(frozen=True, slots=True)
class Melted:
    """One wide column that becomes an observation of its own."""

    place: int
    name: str
    indicator: str
    read: Reader


@dataclass(frozen=True, slots=True)
class RowUnit:
    """The column with the unit of a row's amounts, and the readers for each unit."""

    place: int
    name: str
    read: Reader
    reads_in: Callable[[Cell], tuple[Column, ...]]

    def __call__(self, cells: Sequence[str]) -> tuple[Column, ...]:
        return self.reads_in(self.read(cells[self.place]))


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan for reading every row of one file. ``columns`` names the columns of a staged row, after its row number.

    ``joins`` append cells combined from a row's cells. ``unit`` selects the readers of a row by its unit column, if there is one.
    ``passed`` are the words that mark a row as empty of facts, by place; ``doubts`` watch whole columns; ``identifiers`` are the places
    of cells with ids; ``pivots`` the last years that two digits may mean: of dates that cannot lie in the future, and of others.
    """

    kind: FileKind
    width: int
    reads: tuple[Column, ...]
    melted: tuple[Melted, ...]
    constants: dict[str, Cell]
    absent: frozenset[str]
    unknown: tuple[str, ...]
    joins: tuple[Join, ...] = ()
    unit: RowUnit | None = None
    passed: tuple[tuple[int, frozenset[str]], ...] = ()
    doubts: tuple[Doubt, ...] = ()
    identifiers: frozenset[int] = frozenset()
    pivots: tuple[int, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        melted = ("indicator", "value") if self.melted else ()
        return (*(column.field.target for column in self.reads), *melted, *self.constants)

    @property
    def places(self) -> set[int]:
        """Return the places of the cells that are read, or all if cells are joined."""
        looked_at = {column.place for column in self.reads} | {each.place for each in self.melted}
        return looked_at | ({self.unit.place} if self.unit else set()) | (set(range(self.width)) if self.joins else set())

    def shown_as(self, target: str, key: Mapping[str, Cell] | None = None) -> str:
        """Return the file's name of a staged column; for a melted value it depends on the fact's indicator."""
        if self.melted and target == "value" and key is not None:
            return next(each.name for each in self.melted if each.indicator == key["indicator"])
        return next((column.name for column in self.reads if column.field.target == target), target)

    def read(self, row: int, cells: Sequence[str]) -> list[Staged]:
        """Return the facts of a row; none if the mapping omits it.

        Raises:
            BadCell: a cell is not accepted; :meth:`explain` names it.
        """
        if len(cells) != self.width:
            raise BadCell("cells")
        if self.joins:
            cells = self._joined(cells)
        if self.passed and any(cells[place].strip() in words for place, words in self.passed):
            return []
        values: list[Cell] = []
        for column in self.reads if self.unit is None else self.unit(cells):
            value = column.read(cells[column.place])
            if value is None:
                value = _without(column.field)
            values.append(value)
        rest = tuple(self.constants.values())
        if self.kind.check is not None and (wrong := self.kind.check(dict(zip(self.columns, (*values, *rest), strict=True)))):
            raise wrong[1]
        if not self.melted:
            return [(row, *values, *rest)]
        return [(row, *values, each.indicator, each.read(cells[each.place]), *rest) for each in self.melted]

    def _joined(self, cells: Sequence[str]) -> list[str]:
        return [*cells, *(join(cells) for join in self.joins)]

    def explain(self, row: int, cells: Sequence[str]) -> list[Refusal]:
        """Return every refusal of a row that :meth:`read` refused."""
        if len(cells) != self.width:
            return [Refusal(row, "", str(len(cells)), Accepted("cells", {"count": self.width}))]
        cells = self._joined(cells)
        refusals: list[Refusal] = []
        values = dict(self.constants)
        for column in self._reads(row, cells, refusals):
            try:
                value = column.read(cells[column.place])
                values[column.field.target] = _without(column.field) if value is None else value
            except BadCell as bad:
                refusals.append(self._refusal(row, column.name, cells[column.place], bad))
        for each in self.melted:
            try:
                each.read(cells[each.place])
            except BadCell as bad:
                refusals.append(self._refusal(row, each.name, cells[each.place], bad))
        if not refusals and self.kind.check is not None and (wrong := self.kind.check(values)):
            target, reason = wrong
            refusals.append(Refusal(row, self.shown_as(target), str(values[target]), reason.accepted))
        return refusals

    def _refusal(self, row: int, name: str, cell: str, bad: BadCell) -> Refusal:
        return Refusal(row, name, cell[:_SHOWN], hinted(self.kind.name, cell, bad.accepted))

    def readable(self, cells: Sequence[str]) -> dict[str, Cell]:
        """Return the values of a refused row's readable cells, by the column of the staging table."""
        found = dict(self.constants)
        if len(cells) != self.width:
            return found
        for column in self.reads:
            with suppress(BadCell):
                found[column.field.target] = column.read(self._joined(cells)[column.place])
        return found

    def _reads(self, row: int, cells: Sequence[str], refusals: list[Refusal]) -> tuple[Column, ...]:
        """Return the readers of a row; with an unknown unit its amounts are not checked."""
        if self.unit is None:
            return self.reads
        try:
            return self.unit(cells)
        except BadCell as bad:
            refusals.append(Refusal(row, self.unit.name, cells[self.unit.place][:_SHOWN], bad.accepted))
            return tuple(column for column in self.reads if not column.field.scales)


def _without(field: Field) -> Cell:
    if field.default is None and field.filled:
        raise BadCell("required")
    return field.default
