"""CSV files, read row by row: hashed on the way, never whole in memory, with one clear refusal if invalid."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from typing import IO

from storage.data.files.formats.defusing import restored
from storage.data.files.formats.table import Progress, Table, named
from storage.data.files.mapping.mapping import FileFormat
from storage.data.files.refusals import FileRefused

_BLOCK = 1 << 20
# longer lines are refused; without a limit one line could fill the memory
_LONGEST_LINE = 1 << 20
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class CsvTable(Table):
    """An open CSV file.

    Raises:
        FileRefused: not text in this encoding, not CSV, empty, or a repeated name in the header.
    """

    def __init__(self, stream: IO[bytes], format: FileFormat, progress: Progress | None = None) -> None:
        self._raw = stream
        self._counted = _Counted(stream, progress)
        encoding = "utf-8-sig" if format.encoding == "utf-8" else format.encoding
        # undecodable bytes become lone surrogates, which identify the line
        text = io.TextIOWrapper(io.BufferedReader(self._counted, _BLOCK), encoding, errors="surrogateescape", newline="")
        self._reader = csv.reader(self._lines(text, format.encoding), delimiter=format.delimiter, strict=True)
        self._number, self._apostrophe = 0, False
        try:
            self.header = named(next((cells for number, cells in self.rows() if number >= format.header_row), None))
        except BaseException:
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
                if cells and any(cells):
                    yield self._number, cells
        except csv.Error as error:
            raise FileRefused("not_csv", line=self._reader.line_num, problem=str(error)) from None

    def _lines(self, text: io.TextIOWrapper, encoding: str) -> Iterator[str]:
        number = 0
        while line := _line(text, number + 1, encoding):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise FileRefused("long_line", line=number, characters=_LONGEST_LINE)
            if not line.isascii() and _LONE_SURROGATE.search(line):
                raise FileRefused("not_encoded", line=number, encoding=encoding)
            if "\0" in line:
                raise FileRefused("nul", line=number)
            # searched by line, because hardly any row has one
            self._apostrophe |= "'" in line
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
        # half a character at the end, or UTF-16 without its mark, has no escape
        raise FileRefused("not_encoded", line=number, encoding=encoding) from None
