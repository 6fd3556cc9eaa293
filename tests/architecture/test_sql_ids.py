"""No SQL spells an id: kinds and numbers are compared as columns, and spelled ids are made in Python and bound."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

STORAGE = Path(__file__).parent.parent.parent / "storage"
# a migration that has run is never changed
HAS_RUN = {"0004_overrides.py"}
MODULES = sorted(each for each in STORAGE.rglob("*.py") if each.name not in HAS_RUN)
TEXTS = {"Text", "SqlText", "String", "Unicode", "UnicodeText", "VARCHAR", "TEXT", "CHAR"}
JOINING = {"concat", "concat_ws", "concat_op", "printf", "format_", "group_concat", "string_agg", "array_to_string", "aggregate_strings"}


def called(node: ast.AST) -> str:
    """The last name of what is called."""
    of = node.func if isinstance(node, ast.Call) else node
    return of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""


def spellings(source: str) -> Iterator[int]:
    """The lines at which SQL makes text of a number, or joins texts."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node) == "cast" and len(node.args) == 2:
            # a column of nothing but NULL has a type and no value
            if called(node.args[1]) in TEXTS and called(node.args[0]) != "null":
                yield node.lineno
        elif isinstance(node, ast.Call) and called(node) in JOINING:
            yield node.lineno
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            if {"literal", "literal_column", "bindparam", "cast", "type_coerce"} & {called(side) for side in (node.left, node.right)}:
                yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "||" in node.value:
            yield node.lineno


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(STORAGE)))
def test_no_question_of_storage_spells_an_id(module: Path):
    assert list(spellings(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        'literal("T-") + cast(table.id, Text)',
        "sa.cast(table.id, sa.String(20)) == subject",
        'func.concat("T-", table.id)',
        'literal("T-").concat(table.id)',
        'func.printf("T-%d", table.id)',
        """text("SELECT 'T-' || id FROM response")""",
        'table.prefix.op("||")(table.id)',
        '"T-" + type_coerce(table.id, Text)',
    ],
)
def test_each_way_to_spell_an_id_is_found(line: str):
    assert set(spellings(line)) == {1}


@pytest.mark.parametrize("line", ["cast(null(), Text)", "sa.cast(column, sa.Integer)", "type_coerce(column, Text)", 'f"{letter}-{number}"'])
def test_what_spells_no_id_is_let_be(line: str):
    assert list(spellings(line)) == []
