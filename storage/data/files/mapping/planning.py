"""Planning: from a header and a mapping to the plan for a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from storage.data.files import cells, units
from storage.data.files.cells import YEARS_AHEAD, Cell, Formats, Reader
from storage.data.files.damage import undamaged
from storage.data.files.fields import Field, FileKind, identifier
from storage.data.files.mapping.doubts import Doubt, Grouped, Rounded
from storage.data.files.mapping.headings import places
from storage.data.files.mapping.mapping import Mapping as MappingFile
from storage.data.files.mapping.mapping import Section, pieces
from storage.data.files.mapping.plan import Column, Join, Melted, Plan, RowUnit
from storage.data.files.refusals import BadCell, FileRefused, MapProblem, MapRefused

_GIVEN_BY_MELT = frozenset({"indicator", "value"})


def make_plan(kind: FileKind, header: tuple[str, ...], mapping: MappingFile | None, formats: Formats) -> Plan:
    """Make the plan for every row of a file.

    Raises:
        FileRefused: a required column is missing, or the mapping has no section for this kind.
        MapRefused: the mapping names a column missing from the file, or a value that its field does not accept.
    """
    section = Section() if mapping is None else mapping.section(kind.name)
    if section is None:
        raise FileRefused("no_section", kind=kind.name)
    found = places(header, _names(kind, section, mapping))
    _refuse_missing(kind, section, header, found)
    dates = section.dates
    formats = replace(
        formats,
        dates=dates.formats,
        pivot=dates.pivot,
        language=dates.language,
        missing_dates=dates.missing,
        **section.numbers.model_dump(exclude={"in_percent", "unit"}),
    )
    file = _File(kind, section, header, found, formats, None if mapping is None else mapping.ids.customer_prefix)
    _refuse_words(file)
    reads = file.columns(file.unit)
    melted = tuple(file.melted())
    constants = _constants(kind, section, formats)
    filled = {column.field.name for column in reads} | set(section.constants) | (_GIVEN_BY_MELT if melted else frozenset())
    for field in kind.stored:
        if field.name not in filled and field.target not in constants:
            constants[field.target] = field.default
    return Plan(
        kind,
        len(header),
        reads,
        melted,
        constants,
        absent=frozenset(field.target for field in kind.stored if field.name not in filled and field.target not in kind.key),
        unknown=_unknown(kind, section, header, mapping, found),
        joins=tuple(file.joins()),
        unit=file.row_unit(),
        passed=tuple(file.passed()),
        doubts=tuple(file.doubts(reads, melted)),
        identifiers=frozenset(file.identifiers(reads)),
        pivots=_pivots(formats),
    )


@dataclass(frozen=True, slots=True)
class _File:
    """One kind of facts in one file, described by its section of the mapping."""

    kind: FileKind
    section: Section
    header: tuple[str, ...]
    found: dict[str, int]
    formats: Formats
    # prefix of every customer id
    prefix: str | None = None

    @property
    def unit(self) -> Decimal:
        """Return the unit of amounts for which neither column nor row names one."""
        return units.factor_of(self.section.numbers.unit or self.section.constants.get(self.kind.unit, "")) or units.ONE

    def columns(self, unit: Decimal) -> tuple[Column, ...]:
        """Return the columns of the file, followed by the joined ones, for rows in this unit."""
        return tuple(self._columns(unit))

    def _columns(self, unit: Decimal) -> Iterator[Column]:
        for field in self.kind.stored:
            if (place := self._place(field)) is not None:
                factor = unit if field.scales else units.ONE
                yield Column(place, self._name(field), field, self._reader(field, self._formats(field.name, factor)))

    def _place(self, field: Field) -> int | None:
        if field.name in self.section.constants or (self.section.melt and field.name in _GIVEN_BY_MELT):
            return None
        if field.name in self.section.join:
            return len(self.header) + list(self.section.join).index(field.name)
        return self.found.get(self.section.columns.get(field.name, field.name))

    def _name(self, field: Field) -> str:
        """Return the file's own name of a column, or its template."""
        if field.name in self.section.join:
            return self.section.join[field.name]
        name = self.section.columns.get(field.name, field.name)
        return self.header[self.found[name]] if name in self.found else name

    def _reader(self, field: Field, formats: Formats) -> Reader:
        words = self.section.values.get(field.name)
        read = field.reader(formats)
        if self.prefix and (field.refers == "customer" or field.target == "customer_id"):
            read = cells.prefixed(read, self.prefix)
        return cells.translated(read, words) if words else read

    def _formats(self, name: str, factor: Decimal) -> Formats:
        own = self.section.units.get(name)
        factor = factor if own is None else units.factor_of(own) or units.ONE
        return replace(self.formats, hundredths=name in self.section.numbers.in_percent, factor=factor)

    def melted(self) -> Iterator[Melted]:
        """Yield the wide columns that become observations."""
        value = self.kind.field("value")
        for name, indicator in self.section.melt.items():
            if value is not None:
                place = self.found[name]
                yield Melted(place, self.header[place], indicator, value.reader(self._formats(name, units.ONE)))

    def joins(self) -> Iterator[Join]:
        """Yield the functions that combine cells; in an id each cell is cleaned first."""
        for name, template in self.section.join.items():
            field = self.kind.field(name)
            yield _join(template, self.found, undamaged if field is not None and field.reader is identifier else str)

    def identifiers(self, reads: Sequence[Column]) -> Iterator[int]:
        """Yield the places of the cells with ids, also those of which an id is joined."""
        for column in reads:
            if column.field.reader is identifier:
                if template := self.section.join.get(column.field.name):
                    yield from (self.found[name] for name in pieces(template)[1::2])
                else:
                    yield column.place

    def doubts(self, reads: Sequence[Column], melted: Sequence[Melted]) -> Iterator[Doubt]:
        """Yield the doubts that a column's own text must settle, unless the mapping does."""
        numbers = self.section.numbers
        amounts = [(column.place, column.name) for column in reads if column.field.scales]
        amounts += [(each.place, each.name) for each in melted if each.name in self.section.units]
        for place, name in amounts if not numbers.settled else ():
            if place < len(self.header):
                yield Grouped(place, name, self.kind.name, numbers.decimal)
        for place in sorted(set(self.identifiers(reads))):
            yield Rounded(place, self.header[place], self.kind.name)

    def passed(self) -> Iterator[tuple[int, frozenset[str]]]:
        """Yield each place with the words that mark a row without a fact: those translated to nothing."""
        for field in self.kind.fields:
            words = frozenset(theirs for theirs, ours in self.section.values.get(field.name, {}).items() if not ours)
            if field.filled and words and (place := self._place(field)) is not None:
                yield place, words

    def row_unit(self) -> RowUnit | None:
        """Return the column with the unit of each row; None if the file has none."""
        field = self.kind.field(self.kind.unit)
        place = None if field is None else self._place(field)
        if field is None or place is None:
            return None
        return RowUnit(place, self._name(field), self._reader(field, self.formats), lru_cache(64)(self._reads_in))

    def _reads_in(self, unit: Cell) -> tuple[Column, ...]:
        return self.columns(self.unit if unit is None else units.factor_of(str(unit)) or units.ONE)


def _pivots(formats: Formats) -> tuple[int, ...]:
    if not any("%y" in shape for shape in formats.dates):
        return ()
    return (formats.pivot or formats.today.year, formats.pivot or formats.today.year + YEARS_AHEAD)


def _names(kind: FileKind, section: Section, mapping: MappingFile | None) -> set[str]:
    """Return every name of a column that the file may have."""
    ours = {section.columns.get(field.name, field.name) for field in kind.fields}
    return ours | set(section.melt) | section.joined | (mapping.mentioned() if mapping else set())


def _join(template: str, found: dict[str, int], cleaned: Callable[[str], str]) -> Join:
    """Return a function that fills a template from a row's cells; an empty cell makes the result empty, as half an id is useless."""
    texts = pieces(template)[::2]
    sources = [found[name] for name in pieces(template)[1::2]]

    def join(row: Sequence[str]) -> str:
        cells = [cleaned(row[place].strip()) for place in sources]
        return "".join(text + cell for text, cell in zip(texts, [*cells, ""], strict=True)) if all(cells) else ""

    return join


def _constants(kind: FileKind, section: Section, formats: Formats) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for field in kind.fields:
        if field.name in section.constants:
            value = _ours(kind, field, f"constants.{field.name}", section.constants[field.name], formats)
            if field in kind.stored:
                found[field.target] = value
    return found


def _refuse_words(file: _File) -> None:
    """Refuse translations in ``values`` that their column does not accept."""
    for field in file.kind.fields:
        for theirs, ours in file.section.values.get(field.name, {}).items():
            if ours:
                _ours(file.kind, field, f"values.{field.name}.{theirs}", ours, file.formats)


def _ours(kind: FileKind, field: Field, key: str, written: str, formats: Formats) -> Cell:
    """Return the value of a cell written in the mapping, with ISO dates and a decimal point regardless of the file."""
    try:
        return field.reader(Formats(formats.today))(written)
    except BadCell as bad:
        raise MapRefused(MapProblem(f"{kind.name}.{key}", written, bad.accepted)) from None


def _refuse_missing(kind: FileKind, section: Section, header: tuple[str, ...], found: dict[str, int]) -> None:
    named = [(f"{kind.name}.columns.{ours}", theirs) for ours, theirs in section.columns.items()]
    named += [(f"{kind.name}.melt.{theirs}", theirs) for theirs in section.melt]
    named += [(f"{kind.name}.join.{ours}", theirs) for ours, template in section.join.items() for theirs in pieces(template)[1::2]]
    if problems := [MapProblem(key, f"the file has no column {theirs!r}") for key, theirs in named if theirs not in found]:
        raise MapRefused(*problems)
    given = {*found, *section.columns, *section.constants, *section.join, *({"indicator", "value"} if section.melt else ())}
    if missing := [field.name for field in kind.fields if field.needed and field.name not in given]:
        raise FileRefused("missing_columns", columns=missing, found=[name for name in header if name], kind=kind.name)


def _unknown(
    kind: FileKind, section: Section, header: tuple[str, ...], mapping: MappingFile | None, found: dict[str, int]
) -> tuple[str, ...]:
    known = {field.name for field in kind.fields if field.name not in section.columns}
    known |= set() if mapping is None else mapping.mentioned()
    used = {place for name, place in found.items() if name in known}
    return tuple(name or f"#{place + 1}" for place, name in enumerate(header) if place not in used)
