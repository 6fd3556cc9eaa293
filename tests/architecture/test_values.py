"""Storage hands out values: figures and amounts are formatted where the reader's language is known, and no text is taken apart for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# what these write are files: cells as a team's own systems would write them
FILES = ("storage/data", "storage/migrations")
MODULES = sorted(each for each in (ROOT / "storage").rglob("*.py") if not str(each.relative_to(ROOT)).startswith(FILES))
# a figure's separators, decimals, percent or significant digits; padding and hexadecimal digits are no prose
NUMBER = re.compile(r"[^%]*(,|_|\.[0-9]+|[efgn%])[efgn%]?", re.IGNORECASE)
FORMATS = {"babel", "locale", "gettext", "tabulate"}


def formatted(source: str) -> Iterator[int]:
    """The lines that format a figure, or bring what does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = "".join(str(part.value) for part in ast.walk(node.format_spec) if isinstance(part, ast.Constant))
            if NUMBER.fullmatch(spec):
                yield node.lineno
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            if FORMATS & {name.partition(".")[0] for name in names}:
                yield node.lineno


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_storage_formats_no_figure(module: Path):
    assert list(formatted(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line", ['f"{amount:,.2f}"', 'f"{rate:g}"', 'f"{share:.1%}"', "import babel", "from babel.numbers import format_decimal"]
)
def test_each_way_to_format_a_figure_is_found(line: str):
    assert list(formatted(line)) == [1]


@pytest.mark.parametrize("line", ['f"{letter}-{number}"', 'f"{number:04d}"', 'f"{digest:x}"', 'f"{moment:%Y-%m-%dT%H:%M:%S}"'])
def test_what_formats_no_figure_is_let_be(line: str):
    assert list(formatted(line)) == []
