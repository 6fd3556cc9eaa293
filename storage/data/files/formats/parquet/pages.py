"""Page headers of a Parquet file: unpacked size and number of values, independent of the footer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

# a header takes some dozen bytes, or some thousand with its page's smallest and largest value
_HEADER = 1 << 16
# the numbers of Thrift's compact protocol
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_INTEGERS = frozenset({4, 5, 6})
DICTIONARY = 2
_KIND, _UNPACKED, _PACKED = 1, 2, 3
_OF_DATA, _OF_DATA_2 = 5, 8
_VALUES = 1
_DEEPEST = 8


class BadPage(ValueError):
    """A page is missing where one should be."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: dictionary or not, unpacked size in bytes, and number of values."""

    dictionary: bool
    unpacked: int
    values: int


def pages(stream: IO[bytes], start: int, end: int) -> Iterator[Page]:
    """Yield the pages of a column's chunk, skipping their contents.

    Raises:
        BadPage: the chunk is not made of pages.
    """
    while start < end:
        stream.seek(start)
        header = _Header(stream.read(_HEADER))
        told = header.struct()
        kind, unpacked, packed = (told.get(field) for field in (_KIND, _UNPACKED, _PACKED))
        if not (isinstance(kind, int) and isinstance(unpacked, int) and isinstance(packed, int)) or min(unpacked, packed) < 0:
            raise BadPage("a page without a size")
        held = told.get(_OF_DATA) or told.get(_OF_DATA_2) or {}
        yield Page(kind == DICTIONARY, unpacked, int(held.get(_VALUES, 0)))
        start += header.place + packed
    if start != end:
        raise BadPage("a page that ends beyond its column")


@dataclass
class _Header:
    """A reader of one structure of Thrift's compact protocol: numbers and structures by field, the rest skipped."""

    content: bytes
    place: int = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        found, field = dict[int, Any](), 0
        if depth > _DEEPEST:
            raise BadPage("a header that is nested too deeply")
        while byte := self._byte():
            field = field + (byte >> 4) if byte >> 4 else self._zigzag()
            found[field] = self._value(byte & 15, depth)
        return found

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind in _INTEGERS:
            return self._zigzag()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind in (_LIST, _SET):
            return self._list(depth)
        sizes = {_BYTE: 1, _DOUBLE: 8}
        if kind not in sizes and kind != _BINARY:
            raise BadPage("a header of unknown parts")
        size = sizes[kind] if kind in sizes else self._varint()
        self.place += size
        return None

    def _list(self, depth: int) -> None:
        byte = self._byte()
        for _ in range(byte >> 4 if byte >> 4 != 15 else self._varint()):
            if byte & 15 in (_TRUE, _FALSE):
                self._byte()
            else:
                self._value(byte & 15, depth + 1)

    def _byte(self) -> int:
        if self.place >= len(self.content):
            raise BadPage("a header without an end")
        self.place += 1
        return self.content[self.place - 1]

    def _varint(self) -> int:
        number = shift = 0
        while shift < 64:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
        raise BadPage("a number without an end")

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)
