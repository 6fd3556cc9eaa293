"""XLSX output: typed figures and dates, and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "＝", "＋", "－", "＠")
# the library takes these for formulas and errors unless they are declared as text
_MISTAKEN = (*FORMULA_STARTS, "#")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# spreadsheet programs decode this in any text
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_WIDEST, _NARROWEST = 60, 8


def xlsx(headings: Sequence[str], rows: Iterable[Sequence[object]], *, stamp: str | None = None) -> bytes:
    """Return one sheet as the bytes of an XLSX file; see :func:`write_xlsx`."""
    out = io.BytesIO()
    write_xlsx(out, headings, rows, stamp=stamp)
    return out.getvalue()


def write_xlsx(out: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[object]], *, stamp: str | None = None) -> None:
    """Write one sheet: frozen bold headings, a filter, and text cells as text, never as formulas.

    Args:
        rows: text, numbers, dates or None, one cell per heading; read once, row by row.
        stamp: the author of the file; it becomes the workbook's description, so that the rows stay importable.
    """
    # half a second of importing, only for exports
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
        # keeps the cell as text even after somebody has edited it
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
    """Return the text without control characters, which XML cannot hold, cut to the limit of a cell; what looks escaped is escaped."""
    return _ESCAPED.sub(r"_x005F_x\1_", _ILLEGAL.sub(" ", text))[:32_767]
