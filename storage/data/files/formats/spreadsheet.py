"""Write tables as XLSX: figures and dates as such, and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "＝", "＋", "－", "＠")
# the library takes these for formulas and errors unless it is told that they are texts
_MISTAKEN = (*FORMULA_STARTS, "#")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDEST, _NARROWEST = 60, 8


def xlsx(headings: Sequence[str], rows: Iterable[Sequence[object]], *, stamp: str | None = None) -> bytes:
    """One sheet as the bytes of an XLSX file; see :func:`write_xlsx`."""
    out = io.BytesIO()
    write_xlsx(out, headings, rows, stamp=stamp)
    return out.getvalue()


def write_xlsx(out: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[object]], *, stamp: str | None = None) -> None:
    """Write one sheet: bold headings that stay in view, a filter, text cells as text and never as formulas.

    Args:
        rows: text, numbers, dates or None, a cell a heading; read once, row by row.
        stamp: who made the file; it becomes the book's description, so that the rows stay as an import reads them.
    """
    # half a second of importing that only an export pays
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.creator = "Riskbot"
    book.properties.description = None if stamp is None else _plain(stamp)
    sheet = book.create_sheet("Riskbot")
    sheet.freeze_panes = "A2"
    for place, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(max(len(heading) + 4, _NARROWEST), _WIDEST)
    bold = Font(bold=True)

    def cell(value: object, font: Any = None) -> Any:
        if font is None and not (isinstance(value, str) and value.startswith(_MISTAKEN)):
            return _plain(value) if isinstance(value, str) else value
        made = WriteOnlyCell(sheet, _plain(str(value)))
        # a text is a text, whatever it begins with, also after somebody has edited the cell
        made.data_type = "s"
        made.quotePrefix = str(value).startswith(FORMULA_STARTS)
        if font is not None:
            made.font = font
        return made

    sheet.append([cell(heading, bold) for heading in headings])
    for row in rows:
        sheet.append([cell(value) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(headings), 1))}1"
    book.save(out)


def _plain(text: str) -> str:
    """The text without the control characters that XML cannot hold; at most what a cell holds."""
    return _ILLEGAL.sub(" ", text)[:32_767]
