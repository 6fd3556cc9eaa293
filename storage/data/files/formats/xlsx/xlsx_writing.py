"""XLSX output: typed figures and dates, and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "＝", "＋", "－", "＠")
# the library takes these for formulas and errors unless they are declared as text
_MISTAKEN = (*FORMULA_STARTS, "#")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# spreadsheet programs decode this in any text
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_WIDEST, _NARROWEST = 60, 8
# rows whose content decides the width of columns
_MEASURED = 500


def xlsx(headings: Sequence[str], rows: Sequence[Sequence[object]], *, stamp: str | None = None) -> bytes:
    """Return one sheet for people as the bytes of an XLSX file: columns as wide as their content, and formatted figures and dates."""
    out = io.BytesIO()
    shown = rows[:_MEASURED]
    longest = [max((len(str(row[place])) for row in shown if row[place] is not None), default=0) for place in range(len(headings))]
    write_xlsx(out, headings, rows, stamp=stamp, longest=longest)
    return out.getvalue()


def write_xlsx(
    out: IO[bytes],
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    stamp: str | None = None,
    longest: Sequence[int] | None = None,
) -> None:
    """Write one sheet: frozen bold headings, a filter, and text cells as text, never as formulas.

    Args:
        rows: text, numbers, dates or None, one cell per heading; read once, row by row.
        longest: the longest cell of each column, for a sheet that people read: its figures and dates are formatted.
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
        wide = max(len(heading) + 4, _NARROWEST, (longest[place - 1] + 2) if longest else 0)
        sheet.column_dimensions[get_column_letter(place)].width = min(wide, _WIDEST)
    bold = Font(bold=True)

    def cell(value: Any, font: Any = None) -> Any:
        if longest is not None and font is None and (format_ := _format(value)):
            made = WriteOnlyCell(sheet, value)
            made.number_format = format_
            return made
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


def _format(value: object) -> str | None:
    """Return the number format of an amount, a figure or a date; None for other cells."""
    if isinstance(value, bool | datetime):
        return None
    if isinstance(value, Decimal):
        return "#,##0.00"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    return "#,##0" if isinstance(value, int) else "#,##0.0000" if isinstance(value, float) else None


def _plain(text: str) -> str:
    """Return the text without control characters, which XML cannot hold, cut to the limit of a cell; apparent escapes are escaped."""
    return _ESCAPED.sub(r"_x005F_x\1_", _ILLEGAL.sub(" ", text))[:32_767]
