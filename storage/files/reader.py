"""Read a CSV file row by row: hashed as it passes, never whole in memory, refused in one clear way if it is not one."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from storage.files.mapping import FileFormat
from storage.files.refusals import FileRefused

Progress = Callable[[int], object]

_BLOCK = 1 << 20
# a line longer than this is not a table of ours; without a bound one line could fill the memory
_LONGEST_LINE = 1 << 20
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SIGNATURES = ((b"PK\x03\x04", "xlsx"), (b"PAR1", "parquet"), (b"\xd0\xcf\x11\xe0", "xls"), (b"\x1f\x8b", "gzip"))
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Table:
    """An open CSV file: its header, then its rows with their numbers; a context manager.

    Raises:
        FileRefused: no such file, not a file, not text in this encoding, not CSV, empty, or a header that repeats a name.
    """

    def __init__(self, path: Path, format: FileFormat, progress: Progress | None = None) -> None:
        self.path = path
        self._raw = _open(path, format)
        self._counted = _Counted(self._raw, progress)
        encoding = "utf-8-sig" if format.encoding == "utf-8" else format.encoding
        # undecodable bytes become lone surrogates, by which the line is found and named
        text = io.TextIOWrapper(io.BufferedReader(self._counted, _BLOCK), encoding, errors="surrogateescape", newline="")
        self._reader = csv.reader(_lines(text, format.encoding), delimiter=format.delimiter, strict=True)
        self._number = 0
        try:
            self.header = self._header()
        except BaseException:
            self._raw.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._raw.close()

    @property
    def sha256(self) -> str:
        """The digest of all bytes read so far."""
        return self._counted.digest.hexdigest()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not blank, with the number a spreadsheet gives it."""
        try:
            for cells in self._reader:
                self._number += 1
                if cells and any(cells):
                    yield self._number, cells
        except csv.Error as error:
            raise FileRefused("not_csv", line=self._reader.line_num, problem=str(error)) from None

    def _header(self) -> tuple[str, ...]:
        first = next(self.rows(), None)
        if first is None:
            raise FileRefused("empty")
        header = tuple(unicodedata.normalize("NFC", name).strip() for name in first[1])
        repeated = sorted({name for name in header if name and header.count(name) > 1})
        if repeated:
            raise FileRefused("repeated_columns", columns=repeated)
        return header


def _open(path: Path, format: FileFormat) -> IO[bytes]:
    if path.is_dir():
        raise FileRefused("directory", file=str(path))
    if path.exists() and not path.is_file():
        # a pipe cannot be read twice, which the rejects need
        raise FileRefused("not_a_file", file=str(path))
    try:
        stream = path.open("rb", buffering=0)
    except FileNotFoundError:
        raise FileRefused("missing", file=str(path)) from None
    except OSError as error:
        raise FileRefused("unreadable", file=str(path), problem=error.strerror or str(error)) from None
    start = stream.read(8)
    stream.seek(0)
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            stream.close()
            raise FileRefused("other_format", format=name)
    if start.startswith(_UTF_16) and format.encoding != "utf-16":
        stream.close()
        raise FileRefused("not_encoded", line=1, encoding=format.encoding)
    return stream


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
        # half a character at the end, or UTF-16 without its mark: no escape stands for these
        raise FileRefused("not_encoded", line=number, encoding=encoding) from None


def _lines(text: io.TextIOWrapper, encoding: str) -> Iterator[str]:
    number = 0
    while line := _line(text, number + 1, encoding):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise FileRefused("long_line", line=number, characters=_LONGEST_LINE)
        if not line.isascii() and _LONE_SURROGATE.search(line):
            raise FileRefused("not_encoded", line=number, encoding=encoding)
        if "\0" in line:
            raise FileRefused("nul", line=number)
        yield line
