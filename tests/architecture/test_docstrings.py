"""Docstrings in plain English: the packages that were rewritten stay so."""

from __future__ import annotations

import ast
import re

from tests.architecture.test_walls import of

# packages whose docstrings have been rewritten
PLAIN = ("risk_engine", "storage", "playground", "commands", "bot")
RIDDLE = re.compile(r"(The same|What|Whoever|That which)\b")


def said(tree: ast.Module) -> list[str]:
    """Return the docstrings of a module and of everything public in it."""
    public = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if not getattr(node, "name", "").startswith("_")
    ]
    return [docstring for node in public if (docstring := ast.get_docstring(node))]


def test_a_docstring_begins_with_a_verb_or_names_the_thing():
    plain = ((path, tree) for path, tree in of(*PLAIN))
    riddles = [f"{path}: {docstring.splitlines()[0]}" for path, tree in plain for docstring in said(tree) if RIDDLE.match(docstring)]

    assert riddles == []
