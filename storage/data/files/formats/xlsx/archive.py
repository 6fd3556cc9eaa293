"""Checks of a workbook's archive before it is opened: decompression bombs are refused."""

from __future__ import annotations

import zipfile
from typing import IO

from storage.data.files.refusals import FileRefused

_MEMBERS = 5_000
_UNPACKED = 1 << 30
# a part that is read as a whole; rows are read one by one, and texts are few in comparison
_LARGEST_PART = 64 << 20
_STREAMED = ("xl/worksheets/sheet", "xl/worksheets/Sheet")
# the densest real sheets, of one repeated figure, stay below half of this ratio; a bomb reaches a thousand
_RATIO = 100
_SMALL = 1 << 20
# parts by which an archive is a document of another program
_OTHERS = (("xl/workbook.bin", "XLSB"), ("word/document", "DOCX"), ("ppt/presentation", "PPTX"), ("Index/", "Numbers"))


def refuse_bombs(stream: IO[bytes]) -> None:
    """Refuse an archive whose unpacked size is too large, by its table of contents alone.

    Raises:
        FileRefused: it is no archive, is encrypted, or exceeds the limits of a workbook.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise FileRefused("not_workbook", problem=str(error)) from None
    if found := next((format for part in parts for start, format in _OTHERS if part.filename.startswith(start)), None):
        raise FileRefused("other_format", format=found)
    if len(parts) > _MEMBERS or sum(part.file_size for part in parts) > _UNPACKED:
        raise FileRefused("unpacks_to_too_much", megabytes=_UNPACKED >> 20)
    for part in parts:
        if part.file_size > _SMALL and part.file_size > _RATIO * max(part.compress_size, 1):
            raise FileRefused("bomb", part=part.filename, ratio=part.file_size // max(part.compress_size, 1))
        if part.file_size > _LARGEST_PART and not part.filename.startswith(_STREAMED):
            raise FileRefused("large_part", part=part.filename, megabytes=_LARGEST_PART >> 20)
