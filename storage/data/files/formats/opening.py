"""Opening of files as CSV, XLSX or Parquet by their first bytes, which the file name must not contradict."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from storage.data.files.formats.csv.csv_reading import CsvTable
from storage.data.files.formats.limits import check_size
from storage.data.files.formats.table import MARK, REJECTS, Notation, Progress, Table
from storage.data.files.mapping.mapping import FileFormat
from storage.data.files.refusals import FileRefused

_CSV, _XLSX, _PARQUET, _OLD = "CSV", "XLSX", "Parquet", "XLS"
_SIGNATURES = (
    (b"PK\x03\x04", _XLSX),
    (b"PAR1", _PARQUET),
    (b"PARE", "encrypted Parquet"),
    (b"\xd0\xcf\x11\xe0", _OLD),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"PK\x05\x06", "ZIP"),
)
# two letters may begin a table, so that these look at more
_LATER = ((b"BM", 6, b"\0\0\0\0", "BMP"), (b"RIFF", 8, b"WEBP", "WebP"), (b"", 4, b"ftyp", "MP4 or HEIC"))
# what the folders of an archive say that it is
_ARCHIVES = {"xl/": _XLSX, "word/": "Word", "ppt/": "PowerPoint"}
# text that is no table, in small letters
_TEXTS = (
    (b"{\\rtf", "RTF"),
    (b"id;pwxl", "SYLK"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<table", "HTML"),
    (b"<meta", "HTML"),
    (b"<?xml", "XML"),
    (b"[{", "JSON"),
    (b'{"', "JSON"),
    (b"{\n", "JSON"),
    (b"{\r\n", "JSON"),
)
# an archive says what it is in its first entry, if it is no workbook of this format
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_LOOKED_AT = 200
# endings with a known format; any other, or none, is allowed
_ENDINGS = {".csv": _CSV, ".xlsx": _XLSX, ".xlsm": _XLSX, ".parquet": _PARQUET}


def open_table(
    path: Path, format: FileFormat, *, notation: Notation | None = None, prefer: str = "", progress: Progress | None = None
) -> Table:
    """Open a file and read its header.

    Args:
        notation: the text form of cells with typed numbers and dates.
        prefer: the sheet to use if a workbook has several and ``format`` names none.
        progress: called with the number of further bytes read.

    Raises:
        FileRefused: no such file, not a file, an unknown format, an empty file, or a repeated name in the header.
    """
    with _open(path) as stream:
        start = stream.read(_LOOKED_AT)
    check_size(path)
    found = _format_of(start)
    if found == _XLSX:
        found = _archive(path)
    if found not in (_CSV, _XLSX, _PARQUET):
        raise FileRefused("old_workbook" if found == _OLD else "other_format", format=found)
    if (promised := _ENDINGS.get(path.suffix.lower(), found)) != found and start:
        raise FileRefused("contradicted", file=path.name, promised=promised, found=found)
    # half a second of importing, only for these formats
    if found == _XLSX:
        from storage.data.files.formats.xlsx.xlsx_reading import WorkbookTable

        return WorkbookTable(path, format, notation or Notation(), prefer, progress)
    if found == _PARQUET:
        from storage.data.files.formats.parquet.parquet_reading import ParquetTable

        return ParquetTable(path, notation or Notation(), progress)
    if start.removeprefix(MARK).startswith(REJECTS):
        # a rejects file has its own format, regardless of the mapping
        format = FileFormat(delimiter=",", encoding="utf-8")
    return CsvTable(path, _open(path), format, progress)


def _format_of(start: bytes) -> str:
    """Return the format of a file that begins with these bytes; CSV if they are no signature."""
    if start.startswith(_SIGNATURES[0][0]) and _OPEN_DOCUMENT in start:
        return "OpenDocument"
    if binary := next((name for signature, name in _SIGNATURES if start.startswith(signature)), None):
        return binary
    for first, place, then, name in _LATER:
        if start.startswith(first) and start[place:].startswith(then):
            return name
    # after a mark and blanks, in either case
    text = start.removeprefix(MARK).lstrip().lower()
    return next((name for signature, name in _TEXTS if text.startswith(signature)), _CSV)


def _archive(path: Path) -> str:
    """Return the kind of an archive by its folders; a broken one is taken for a workbook, whose reader names the fault."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return _XLSX
    return next((found for folder, found in _ARCHIVES.items() if any(name.startswith(folder) for name in names)), "ZIP")


def _open(path: Path) -> IO[bytes]:
    if path.is_dir():
        raise FileRefused("directory", file=str(path))
    if path.exists() and not path.is_file():
        # a pipe cannot be read twice, which writing rejects requires
        raise FileRefused("not_a_file", file=str(path))
    try:
        return path.open("rb", buffering=0)
    except FileNotFoundError:
        raise FileRefused("missing", file=str(path)) from None
    except OSError as error:
        raise FileRefused("unreadable", file=str(path), problem=error.strerror or str(error)) from None
