"""From a header and a mapping to a plan: which cell is read how, into which column of the staging table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from storage.files.cells import Cell, Formats, Reader
from storage.files.kinds import Field, Kind
from storage.files.mapping import Mapping as MappingFile
from storage.files.mapping import Section
from storage.files.refusals import Accepted, BadCell, FileRefused, MapProblem, MapRefused, Refusal

Staged = tuple[Cell, ...]
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its place and name there, the field it fills, how it is read."""

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
class Plan:
    """How to read every row of one file. ``columns`` names what a staged row holds, in order, after its row number."""

    kind: Kind
    width: int
    reads: tuple[Column, ...]
    melted: tuple[Melted, ...]
    constants: dict[str, Cell]
    absent: frozenset[str]
    unknown: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        melted = ("indicator", "value") if self.melted else ()
        return (*(column.field.target for column in self.reads), *melted, *self.constants)

    def shown_as(self, target: str, key: Mapping[str, Cell] | None = None) -> str:
        """The file's name of a staged column; that of a melted value depends on the fact's indicator."""
        if self.melted and target == "value" and key is not None:
            return next(each.name for each in self.melted if each.indicator == key["indicator"])
        return next((column.name for column in self.reads if column.field.target == target), target)

    def read(self, row: int, cells: list[str]) -> list[Staged]:
        """The facts of a row.

        Raises:
            BadCell: some cell is not accepted; :meth:`explain` says which.
        """
        if len(cells) != self.width:
            raise BadCell("cells")
        values: list[Cell] = []
        for column in self.reads:
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

    def explain(self, row: int, cells: list[str]) -> list[Refusal]:
        """Every refusal of a row that :meth:`read` refused."""
        if len(cells) != self.width:
            return [Refusal(row, "", str(len(cells)), Accepted("cells", {"count": self.width}))]
        refusals: list[Refusal] = []
        values = dict(self.constants)
        for column in self.reads:
            try:
                value = column.read(cells[column.place])
                values[column.field.target] = _without(column.field) if value is None else value
            except BadCell as bad:
                refusals.append(Refusal(row, column.name, cells[column.place][:_SHOWN], bad.accepted))
        for each in self.melted:
            try:
                each.read(cells[each.place])
            except BadCell as bad:
                refusals.append(Refusal(row, each.name, cells[each.place][:_SHOWN], bad.accepted))
        if not refusals and self.kind.check is not None and (wrong := self.kind.check(values)):
            target, reason = wrong
            refusals.append(Refusal(row, self.shown_as(target), str(values[target]), reason.accepted))
        return refusals


def _without(field: Field) -> Cell:
    if field.default is None and field.filled:
        raise BadCell("required")
    return field.default


def make_plan(kind: Kind, header: tuple[str, ...], mapping: MappingFile | None, formats: Formats) -> Plan:
    """Decide once per file what each row needs.

    Raises:
        FileRefused: a needed column is not there, or the mapping has no section for this kind.
        MapRefused: the mapping names a column that the file has not, or a constant that its field does not accept.
    """
    section = Section() if mapping is None else mapping.section(kind.name)
    if section is None:
        raise FileRefused("no_section", kind=kind.name)
    _refuse_missing(kind, section, header)
    formats = replace(formats, dates=section.dates.formats, **section.numbers.model_dump(exclude={"in_percent"}))
    reads = tuple(_columns(kind, section, header, formats))
    value = kind.field("value")
    melted = tuple(
        Melted(header.index(name), name, indicator, value.reader(_formats_of(name, section, formats)))
        for name, indicator in section.melt.items()
        if value is not None
    )
    constants = _constants(kind, section, formats)
    filled = {column.field.name for column in reads} | set(section.constants) | ({"indicator", "value"} if melted else set())
    for field in kind.fields:
        if field.name not in filled and field.target not in constants:
            constants[field.target] = field.default
    return Plan(
        kind,
        len(header),
        reads,
        melted,
        constants,
        absent=frozenset(field.target for field in kind.fields if field.name not in filled and field.target not in kind.key),
        unknown=_unknown(kind, section, header, mapping),
    )


def _columns(kind: Kind, section: Section, header: tuple[str, ...], formats: Formats) -> Iterable[Column]:
    for field in kind.fields:
        name = section.columns.get(field.name, field.name)
        if name in header and field.name not in section.constants and not (section.melt and field.name in {"indicator", "value"}):
            yield Column(header.index(name), name, field, field.reader(_formats_of(field.name, section, formats)))


def _formats_of(name: str, section: Section, formats: Formats) -> Formats:
    return replace(formats, hundredths=name in section.numbers.in_percent)


def _constants(kind: Kind, section: Section, formats: Formats) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for name, written in section.constants.items():
        field = kind.field(name)
        assert field is not None, "the mapping was checked"
        try:
            # constants are ours, not the file's: ISO dates and a decimal point
            found[field.target] = field.reader(Formats(formats.today))(written)
        except BadCell as bad:
            raise MapRefused(MapProblem(f"{kind.name}.constants.{name}", written, bad.accepted)) from None
    return found


def _refuse_missing(kind: Kind, section: Section, header: tuple[str, ...]) -> None:
    named = [(f"{kind.name}.columns.{ours}", theirs) for ours, theirs in section.columns.items()]
    named += [(f"{kind.name}.melt.{theirs}", theirs) for theirs in section.melt]
    if problems := [MapProblem(key, f"the file has no column {theirs!r}") for key, theirs in named if theirs not in header]:
        raise MapRefused(*problems)
    given = {*header, *section.columns, *section.constants, *({"indicator", "value"} if section.melt else ())}
    if missing := [field.name for field in kind.fields if field.needed and field.name not in given]:
        raise FileRefused("missing_columns", columns=missing, found=[name for name in header if name])


def _unknown(kind: Kind, section: Section, header: tuple[str, ...], mapping: MappingFile | None) -> tuple[str, ...]:
    known = {field.name for field in kind.fields if field.name not in section.columns}
    known |= set() if mapping is None else mapping.mentioned()
    return tuple(name or f"#{place}" for place, name in enumerate(header, start=1) if name not in known)
