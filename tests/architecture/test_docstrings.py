"""Docstrings in plain English: the packages that were rewritten stay so."""

from __future__ import annotations

import ast
import re

from tests.architecture.test_walls import of

# packages whose docstrings have been rewritten
PLAIN = ("risk_engine", "storage", "playground", "commands", "bot")
# names of attributes (``what``) and of arguments ("what") are none
RIDDLE = re.compile(r"""^(The same|That|Whether|By|Takes)\b|(?<![`"])\b([Ww]hat|[Ww]hoever|[Ww]hatever|[Tt]hat which)\b(?![`"])""")


def said(tree: ast.Module) -> list[str]:
    """Return the docstrings of a module and of everything in it."""
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    return [docstring for node in documented if (docstring := ast.get_docstring(node))]


def test_a_docstring_begins_with_a_verb_or_names_the_thing():
    plain = ((path, tree) for path, tree in of(*PLAIN))
    riddles = [
        f"{path}: {docstring.splitlines()[0]}"
        for path, tree in plain
        for docstring in said(tree)
        if RIDDLE.search(docstring.splitlines()[0])
    ]

    assert riddles == []
