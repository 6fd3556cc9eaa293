"""Guesses about a file: its encoding, sheet, header row, kind, columns and notation, as a mapping that a person may confirm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from risk_engine.currencies import CODES
from storage.data.files import units
from storage.data.files.cells import day
from storage.data.files.fields import FileKind, past
from storage.data.files.formats.csv.csv_reading import CsvTable
from storage.data.files.formats.opening import open_table
from storage.data.files.kinds import KINDS
from storage.data.files.mapping.headings import loose
from storage.data.files.mapping.hints import MISSING, formats_of, negative_form
from storage.data.files.mapping.mapping import OF_KINDS, Encoding, FileFormat, Mapping
from storage.data.files.mapping.synonyms import words_for
from storage.data.files.refusals import FileRefused

_HEADERS = 15
_SAMPLE = 500
_BRACKETS = re.compile(r"[（(\[]([^)）\]]*)[)）\]]")
# short forms of units that stand before a currency, as in TEUR and Mio EUR
_SHORT = {"t": "thousand", "k": "thousand", "tsd": "thousand", "mio": "million", "mn": "million", "mrd": "billion", "bn": "billion"}
_BEFORE_A_CURRENCY = re.compile(r"(T|k|Mio|Mn|Mrd|bn)\.?(?:EUR|USD|CHF|GBP|CNY|€|\$|£)", re.IGNORECASE)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GROUPING = re.compile("(?<=[0-9])([.,'’ \u00a0\u202f])(?=[0-9]{3}(?![0-9]))")
_DATES = (day, past)


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess at the format and kind of a file.

    Attributes:
        format: CSV, XLSX or Parquet, with the encoding and delimiter of a CSV file.
        kind: the kind of facts that it seems to hold; None if it fits none.
        columns: our columns and the file's, for the kind that was asked for or seems likely.
        unused: columns of the file that mean nothing to us.
        ambiguous: formats that fit all dates, if it is more than one.
    """

    format: str
    encoding: str | None
    delimiter: str | None
    header_row: int
    kind: str | None
    columns: dict[str, str]
    unused: tuple[str, ...]
    mapping: Mapping
    ambiguous: tuple[str, ...] = ()


def guess(path: Path, kind: str | None = None) -> Guess:
    """Guess how to read a file, as a kind or as the likeliest one.

    Raises:
        FileRefused: it cannot be read as a table.
    """
    format = _format(path, kind or "")
    with open_table(path, format, prefer=kind or "") as table:
        sample = [list(row) for _number, row in islice(table.rows(), _SAMPLE)]
        likely = _likely(table.header)
        read_as = kind or likely
        columns = _columns(KINDS[read_as], table.header) if read_as else {}
        section, ambiguous = _section(KINDS[read_as], table.header, sample, columns) if read_as else ({}, ())
        file = {name: value for name, value in format.model_dump().items() if value not in (None, 1)}
        used = set(columns.values())
        return Guess(
            format=table.format,
            encoding=table.encoding.removesuffix("-sig") if isinstance(table, CsvTable) else None,
            delimiter=table.dialect.delimiter if isinstance(table, CsvTable) else None,
            header_row=format.header_row,
            kind=likely,
            columns=columns,
            unused=tuple(name for name in table.header if name and name not in used),
            mapping=OF_KINDS.model_validate(({"file": file} if file else {}) | ({read_as: section} if read_as else {})),
            ambiguous=ambiguous,
        )


# --- the file ---------------------------------------------------------------------------------------------------------


def _format(path: Path, prefer: str) -> FileFormat:
    """Return the encoding, sheet and header row with which a file can be read."""
    format = FileFormat()
    while True:
        try:
            with open_table(path, format, prefer=prefer) as table:
                rows = [(1, table.header), *islice(((number, tuple(row)) for number, row in table.rows()), _HEADERS)]
                for _row in islice(table.rows(), _SAMPLE):
                    pass
            break
        except FileRefused as refusal:
            if (better := _corrected(path, format, refusal)) is None:
                raise
            format = better
    best = max(rows, key=lambda row: _score(row[1]))
    if isinstance(table, CsvTable) and _score(best[1]) < 2:
        # a title above the header has no delimiter
        best = max(_headers(path, format), key=lambda row: _score(row[1]), default=best)
    return format.model_copy(update={"header_row": best[0]}) if _score(best[1]) > max(1, _score(rows[0][1])) else format


def _corrected(path: Path, format: FileFormat, refusal: FileRefused) -> FileFormat | None:
    """Return the format without the fault of a refusal; None if there is none."""
    seems = refusal.facts.get("seems")
    if refusal.code in {"other_encoding", "not_encoded"} and format.encoding is None and seems in get_args(Encoding):
        return format.model_copy(update={"encoding": seems})
    sheets = refusal.facts.get("sheets")
    if refusal.code == "which_sheet" and format.sheet is None and isinstance(sheets, list) and sheets:
        return format.model_copy(update={"sheet": max(sheets, key=lambda name: _score(_header(path, name)))})
    return None


def _header(path: Path, sheet: str) -> tuple[str, ...]:
    try:
        with open_table(path, FileFormat(sheet=sheet)) as table:
            return table.header
    except FileRefused:
        return ()


def _headers(path: Path, format: FileFormat) -> Iterator[tuple[int, tuple[str, ...]]]:
    for row in range(2, _HEADERS + 1):
        try:
            with open_table(path, format.model_copy(update={"header_row": row})) as table:
                yield row, table.header
        except FileRefused:
            continue


# --- kind and columns ---------------------------------------------------------------------------------------------------


def _likely(header: Sequence[str]) -> str | None:
    """Return the kind that uses the most columns of the header.

    It has all of the kind's required columns, or else most columns of the header are its own: a column under an unknown name
    does not turn a list of facilities into one of incidents.
    """
    fitting = {name: _columns(kind, header) for name, kind in KINDS.items()}
    lacking = {name: sum(field.needed and field.name not in found for field in KINDS[name].fields) for name, found in fitting.items()}
    most = sum(bool(name.strip()) for name in header) / 2
    likely = [name for name, found in fitting.items() if not lacking[name] or len(found) - lacking[name] > most]
    return max(likely, key=lambda name: (len(fitting[name]) - lacking[name], -KINDS[name].place), default=None)


def _score(header: Sequence[str]) -> int:
    return max((len(_columns(kind, header)) for kind in KINDS.values()), default=0)


def _columns(kind: FileKind, header: Sequence[str]) -> dict[str, str]:
    """Return the file's column for each of ours: those of our names first, then those with a usual word for it."""
    keys = {name: {loose(name), loose(_BRACKETS.sub("", name))} for name in header if name.strip()}
    found: dict[str, str] = {}
    for words in (lambda field: {loose(field.name)}, lambda field: words_for(kind.name, field.name)):
        for field in kind.fields:
            left = (name for name, spelled in keys.items() if spelled & words(field) and name not in found.values())
            if field.name not in found and (theirs := next(left, None)) is not None:
                found[field.name] = theirs
    return {field.name: found[field.name] for field in kind.fields if field.name in found}


# --- cells --------------------------------------------------------------------------------------------------------------


def _section(
    kind: FileKind, header: Sequence[str], sample: Sequence[Sequence[str]], columns: dict[str, str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the section of a mapping that reads the sample, and the date formats between which it cannot choose."""
    cells = {
        ours: [row[place].strip() for row in sample if place < len(row) and row[place].strip()]
        for ours, theirs in columns.items()
        for place in (header.index(theirs),)
    }
    fields = [field for field in kind.fields if field.name in columns]
    dates, ambiguous = _dates([cell for field in fields if field.reader in _DATES for cell in cells[field.name]])
    section = {
        "columns": {ours: theirs for ours, theirs in columns.items() if loose(ours) != loose(theirs)},
        "dates": dates,
        "numbers": _numbers([cell for field in fields if field.scales or field.numeric for cell in cells[field.name]]),
        "units": {field.name: unit for field in fields if field.scales and (unit := _unit(columns[field.name]))},
        "constants": _constants(kind, columns),
    }
    return {name: part for name, part in section.items() if part}, ambiguous


def _dates(cells: Sequence[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    other = [cell for cell in cells if not _ISO.fullmatch(cell)]
    missing = sorted({cell for cell in other if cell.casefold() in MISSING})
    written = [cell for cell in other if cell not in missing]
    found = formats_of(dict.fromkeys(written)) if written else []
    dates: dict[str, Any] = {"missing": missing} if missing else {}
    if len(found) == 1:
        dates["formats"] = [*found, *(["%Y-%m-%d"] if len(other) < len(cells) else [])]
    return dates, tuple(found) if len(found) > 1 else ()


def _numbers(cells: Sequence[str]) -> dict[str, Any]:
    """Return the signs of figures as far as the cells show them; ambiguous ones are left to a person."""
    numbers: dict[str, Any] = {}
    if forms := sorted({form for cell in cells if (form := negative_form(cell))}):
        numbers["negatives"] = forms
    if missing := sorted({cell for cell in cells if cell.casefold() in MISSING}):
        numbers["missing"] = missing
    if any(cell.endswith("%") for cell in cells):
        numbers["percent"] = True
    votes = {sign for cell in cells if (sign := _decimal(cell))}
    if votes == {","} or (votes == set() and any("." in cell and "," in cell for cell in cells)):
        numbers["decimal"] = ","
    decimal = numbers.get("decimal", ".")
    grouping = {sign for cell in cells for sign in _GROUPING.findall(cell) if sign != decimal}
    if len(grouping) == 1 and (votes or grouping & {"'", "’", " ", "\u00a0", "\u202f"}):
        numbers["thousands"] = {"’": "'", "\u00a0": " ", "\u202f": " "}.get(sign := grouping.pop(), sign)
        numbers.setdefault("decimal", decimal)
    return numbers


def _decimal(cell: str) -> str | None:
    """Return the decimal sign of a figure that shows it: the last of two different signs, or one not before three digits."""
    figure = re.sub(r"[^0-9.,]", "", cell)
    signs = re.findall(r"[.,]", figure)
    if not signs or (len(signs) > 1 and len(set(signs)) == 1):
        return None
    tail = len(figure) - max(figure.rfind("."), figure.rfind(",")) - 1
    return signs[-1] if len(set(signs)) == 2 or tail != 3 or figure.startswith("0") else None


def _constants(kind: FileKind, columns: dict[str, str]) -> dict[str, str]:
    """Return the currency that the headings of amounts name, if the file has no column for it."""
    named = {code for ours, theirs in columns.items() if (field := kind.field(ours)) and field.scales and (code := _currency(theirs))}
    return {"currency": named.pop()} if kind.field("currency") and "currency" not in columns and len(named) == 1 else {}


def _unit(heading: str) -> str | None:
    """Return the unit of amounts that a heading names: in brackets, or before a currency, as in TEUR."""
    bracketed = _BRACKETS.search(heading)
    words = [bracketed[1].strip(), *bracketed[1].split()] if bracketed else heading.split()
    for word in words:
        plain = word.strip(".").casefold()
        if found := _BEFORE_A_CURRENCY.fullmatch(word):
            return _SHORT[found[1].casefold()]
        if plain in _SHORT or (bracketed and units.factor_of(word) not in (None, units.ONE)):
            return _SHORT.get(plain, word)
    return None


def _currency(heading: str) -> str | None:
    return next((word for word in re.findall(r"\b[A-Z]{3}\b", heading) if word in CODES), None)
