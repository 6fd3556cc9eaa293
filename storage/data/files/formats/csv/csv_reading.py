"""CSV files, read row by row: hashed on the way, never whole in memory, with one clear refusal if invalid."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from storage.data.files.formats.csv.dialects import dialect_of
from storage.data.files.formats.csv.encodings import encoding_of, seems_to_be
from storage.data.files.formats.defusing import restored, unwrapped
from storage.data.files.formats.table import Progress, Table, named
from storage.data.files.mapping.mapping import FileFormat
from storage.data.files.refusals import FileRefused

_BLOCK = 1 << 20
# longer lines are refused; without a limit one line could fill the memory
_LONGEST_LINE = 1 << 20
# enough for the header and the rows below it
_LOOKED_AT = 1 << 16
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class CsvTable(Table):
    """An open CSV file.

    ``encoding`` and ``dialect`` are those with which it is read.

    Raises:
        FileRefused: not text in this encoding, not CSV, empty, or a repeated name in the header.
    """

    format = "CSV"

    def __init__(self, path: Path, stream: IO[bytes], format: FileFormat, progress: Progress | None = None) -> None:
        self._raw = stream
        self._counted = _Counted(stream, progress)
        self._number, self._apostrophe, self._wrapped = 0, False, False
        try:
            self.encoding = encoding_of(path, format.encoding)
            self.dialect = dialect_of(_start(path, self.encoding), format.delimiter, format.header_row)
            # undecodable bytes become lone surrogates, which identify the line
            text = io.TextIOWrapper(io.BufferedReader(self._counted, _BLOCK), self.encoding, errors="surrogateescape", newline="")
            self._reader = csv.reader(self._lines(text), delimiter=self.dialect.delimiter, strict=True)
            self.header = named(next((cells for number, cells in self.rows() if number >= format.header_row), None))
        except BaseException:  # also when stopped: nobody else has the stream to close it; raised again
            stream.close()
            raise

    def close(self) -> None:
        self._raw.close()

    @property
    def sha256(self) -> str:
        """Return the digest of all bytes read so far."""
        return self._counted.digest.hexdigest()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in self._reader:
                self._number += 1
                if self._apostrophe:
                    cells, self._apostrophe = [restored(cell) for cell in cells], False
                if self._wrapped:
                    cells, self._wrapped = [unwrapped(cell) for cell in cells], False
                if cells and any(cells):
                    yield self._number, cells
        except csv.Error as error:
            raise FileRefused("not_csv", line=self._reader.line_num, problem=str(error)) from None

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        number = 0
        while line := _line(text, number + 1, self.encoding):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise FileRefused("long_line", line=number, characters=_LONGEST_LINE)
            if not line.isascii() and _LONE_SURROGATE.search(line):
                # half a letter of two bytes cannot be written again, and says nothing about another encoding
                again = b"" if self.encoding.startswith(("utf-16", "utf-32")) else line.encode(self.encoding, "surrogateescape")
                raise _not_encoded(number, self.encoding, again)
            if "\0" in line:
                raise FileRefused("nul", line=number)
            if number == 1:
                line = line.removeprefix("\ufeff")
                if self.dialect.stated:
                    # no row of the table: a spreadsheet program hides it
                    continue
            # searched by line, because hardly any row has one
            self._apostrophe |= "'" in line
            self._wrapped |= '="' in line
            yield line


class _Counted(io.RawIOBase):
    """Bytes on their way to the decoder, counted and hashed."""

    def __init__(self, stream: IO[bytes], progress: Progress | None) -> None:
        self._stream, self._progress, self.digest = stream, progress, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        self.digest.update(block)
        if self._progress is not None:
            self._progress(len(block))
        return len(block)


def _line(text: io.TextIOWrapper, number: int, encoding: str) -> str:
    try:
        return text.readline(_LONGEST_LINE)
    except UnicodeError:
        # half a character at the end, or half a UTF-16 letter, has no escape
        raise _not_encoded(number, encoding, b"") from None


def _not_encoded(line: int, encoding: str, found: bytes) -> FileRefused:
    plain = encoding.removesuffix("-sig")
    if (seems := seems_to_be(found)) is None:
        return FileRefused("not_encoded", line=line, encoding=plain)
    return FileRefused("not_encoded", line=line, encoding=plain, seems=seems, text=found.decode(seems, "replace").strip())


def _start(path: Path, encoding: str) -> str:
    """Return the beginning of the text, with a sign in place of bytes that cannot be decoded."""
    with path.open("rb") as stream:
        return stream.read(_LOOKED_AT).decode(encoding, "replace")
