"""The XML of a sheet, parsed row by row without entities."""

from __future__ import annotations

from collections.abc import Generator
from typing import IO, Any
from xml.etree.ElementTree import Element, SubElement, iterparse
from xml.parsers.expat import ParserCreate

from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_TEXT, _RUN = f"{{{SHEET_MAIN_NS}}}t", f"{{{SHEET_MAIN_NS}}}r"


class SheetCells(WorkSheetParser):
    """The library's parser, reduced to rows and cells, with a C parser instead of a hardened Python one."""

    def parse(self) -> Generator[tuple[int, list[dict[str, Any]]], None, None]:
        rows: Element | None = None
        for event, element in iterparse(self.source, ("start", "end")):
            if event == "start":
                rows = element if element.tag == DATA_TAG else rows
            elif element.tag == ROW_TAG:
                yield self.parse_row(element)
                # release parsed elements, else a long sheet fills the memory
                if rows is not None:
                    rows.clear()

    def parse_cell(self, element: Element) -> dict[str, Any]:
        if (inline := element.find(INLINE_STRING)) is not None:
            # the text is extracted here, because the library takes ten times as long
            element.set("t", "str")
            SubElement(element, VALUE_TAG).text = _plain(inline)
        cell: dict[str, Any] = super().parse_cell(element)
        # the library treats an uncalculated formula as an empty cell; an empty text from a formula is a text
        if cell["value"] is None and cell["data_type"] != "str" and (formula := element.find(FORMULA_TAG)) is not None:
            cell["value"], cell["data_type"] = f"={formula.text or ''}", "uncalculated"
        return cell


def _plain(inline: Element) -> str:
    """Return the text of an inline cell, whole or in runs of different fonts, without phonetic hints."""
    return "".join(run.text or "" for path in (_TEXT, f"{_RUN}/{_TEXT}") for run in inline.iterfind(path))


def refuse_entities(source: IO[bytes]) -> None:
    """Refuse XML with declarations before its first element, the only place for entities."""
    parser, begun = ParserCreate(), []

    def declared(*_: object) -> None:
        raise ValueError("it declares a document type")

    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = lambda *_: begun.append(True)
    while not begun and (block := source.read(1 << 16)):
        parser.Parse(block)
