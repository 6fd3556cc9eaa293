"""One sheet of an XLSX workbook: typed numbers and dates, row by row, everything else ignored."""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Set
from datetime import date
from pathlib import Path
from typing import Any, Self
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.escape import unescape

from storage.data.files.formats.table import Fault, Notation, Progress, Table, named
from storage.data.files.formats.xlsx.archive import refuse_bombs
from storage.data.files.formats.xlsx.number_formats import as_shown
from storage.data.files.formats.xlsx.sheet_xml import SheetCells, refuse_entities
from storage.data.files.mapping.mapping import FileFormat
from storage.data.files.refusals import FileRefused

# exceptions of the library for malformed workbooks; a hostile one can provoke any of these
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    ExpatError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OSError,
    RuntimeError,
    EOFError,
    OverflowError,
)
_WIDEST = 1_000
# a spreadsheet program keeps fifteen digits of a number
_EXACT = 10**15
# the number of the first format that a workbook defines itself
_OWN_FORMATS = 164
# it warns of pictures, styles and validations, which are not read
warnings.filterwarnings("ignore", module="openpyxl")


class WorkbookTable(Table):
    """An open workbook with the sheet to read.

    Raises:
        FileRefused: not a workbook, a bomb, an ambiguous sheet, or an invalid header.
    """

    format = "XLSX"
    binary = True
    _texts: Set[int] = frozenset()

    def __init__(self, path: Path, format: FileFormat, notation: Notation, prefer: str, progress: Progress | None) -> None:
        self._stream = io.BufferedReader(_Watched(path, progress), 1 << 20)
        try:
            refuse_bombs(self._stream)
            self._book = _Book.opened(self._stream)
            self._part = self._book.part_of(format.sheet, prefer)
            self._digest, self._notation, self._width = _digest(path), notation, 0
            self._parsed = self._parse()
            self.header = named(next((_until_last(cells) for number, cells in self._cells() if number >= format.header_row), None))
            self._width = len(self.header)
        except BaseException:  # also when stopped: nobody else has the stream to close it; raised again
            self._stream.close()
            raise

    @property
    def sha256(self) -> str:
        return self._digest

    def close(self) -> None:
        self._stream.close()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        yield from self._cells()

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        for number, found in self._parsed:
            cells, faults, texts = [""] * self._width, [], set()
            for cell in found:
                if cell["value"] is None:
                    continue
                place = cell["column"] - 1
                if place >= _WIDEST:
                    raise FileRefused("too_wide", row=number, columns=_WIDEST)
                # a cell beside the table is a mistake that the row reader reports
                cells += [""] * (place + 1 - len(cells))
                value, fault = cell["value"], _FAULTS.get(cell["data_type"])
                if isinstance(value, str):
                    texts.add(place)
                    cells[place] = unescape(value) if "_x" in value else value
                elif place in self.identifiers:
                    cells[place], fault = self._book.shown(value, cell["style_id"], self._text(value))
                else:
                    cells[place] = self._text(value)
                if fault is not None:
                    faults.append(Fault(place, cells[place], fault))
            self.faults, self._texts = faults, texts
            if any(cells):
                yield number, cells

    def is_text(self, place: int) -> bool:
        return place in self._texts

    def _parse(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Yield the rows present in the sheet's XML: omitted rows cost nothing."""
        book = self._book
        styles: Any = book.wb
        try:
            with book.archive.open(self._part) as source:
                refuse_entities(source)
            with book.archive.open(self._part) as source:
                yield from SheetCells(
                    source,
                    book.shared_strings,
                    data_only=True,
                    epoch=styles.epoch,
                    date_formats=styles._date_formats,
                    timedelta_formats=styles._timedelta_formats,
                ).parse()
        except _BROKEN as error:
            raise FileRefused("not_workbook", problem=str(error)) from None

    def _text(self, value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return self._notation.number(value)
        if isinstance(value, date):
            return self._notation.day(value)
        return str(value)


_FAULTS = {"e": "spreadsheet_error", "uncalculated": "uncalculated"}


class _Book(ExcelReader):
    """The library's reader, reduced to sheet names, shared texts, and styles of dates."""

    @classmethod
    def opened(cls, stream: Any) -> Self:
        try:
            book = cls(stream, read_only=True, data_only=True, keep_links=False)
            book.read()
        except _BROKEN as error:
            raise FileRefused("not_workbook", problem=str(error)) from None
        return book

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        self.sheets = {
            sheet.name: (sheet.state, link.target) for sheet, link in self.parser.find_sheets() if link.Type.endswith("/worksheet")
        }

    def shown(self, value: object, style: int, plain: str) -> tuple[str, str | None]:
        """Return a typed id as the spreadsheet shows it, and the fault by which it is no id any more."""
        if isinstance(value, date):
            return plain, "id_is_a_date"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return plain, "id_is_no_text"
        if abs(value) >= _EXACT:
            return plain, "lost_digits"
        if value != int(value):
            return plain, "id_is_no_text"
        formats: Any = self.wb
        number = formats._cell_styles[style].numFmtId
        code = formats._number_formats[number - _OWN_FORMATS] if number >= _OWN_FORMATS else ""
        return as_shown(int(value), code), None

    def part_of(self, wanted: str | None, prefer: str) -> str:
        """Return the location of the sheet that the mapping names, or the only visible one, or the one named like the kind."""
        if wanted is not None:
            if wanted not in self.sheets:
                raise FileRefused("no_sheet", sheet=wanted, sheets=list(self.sheets))
            return str(self.sheets[wanted][1])
        seen = {name: part for name, (state, part) in self.sheets.items() if state == "visible"}
        if len(seen) > 1:
            seen = {name: part for name, part in seen.items() if name.casefold() == prefer}
        if len(seen) != 1:
            raise FileRefused("which_sheet", sheets=list(self.sheets))
        return str(next(iter(seen.values())))


def _until_last(cells: list[str]) -> list[str]:
    """Return a header without the empty cells at its end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Watched(io.FileIO):
    """A file that reports the number of bytes read."""

    def __init__(self, path: Path, progress: Progress | None) -> None:
        super().__init__(path)
        self._progress = progress

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        if self._progress is not None and count:
            self._progress(count)
        return count
