"""What limits sight, rights or welcome is given by name wherever it is needed: no default opens a door that somebody forgot to close."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# parameters and fields that decide what somebody sees, may do, or is let in to
LIMITS = {
    *("sight", "reach", "right", "rights", "authority", "classification", "masked", "scope"),
    *("welcome", "confirmed", "channel_trouble", "protected", "still_possible", "guard", "readers", "public", "token"),
}
# defaults that close, and names that mean something else there
CLOSED = {
    "commands/kit/contract.py Request.authority",
    "commands/scoring/explaining.py _titled.right",
}


def given_by_default(tree: ast.AST) -> Iterator[str]:
    """Every parameter and every field that has a default, after the function or class that it belongs to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            named = [*node.args.posonlyargs, *node.args.args]
            with_default = named[len(named) - len(node.args.defaults) :]
            with_default += [each for each, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value is not None]
            yield from (f"{node.name}.{each.arg}" for each in with_default)
        if isinstance(node, ast.ClassDef):
            fields = [each for each in node.body if isinstance(each, ast.AnnAssign) and each.value is not None]
            yield from (f"{node.name}.{ast.unparse(each.target)}" for each in fields)


def test_nothing_that_limits_has_a_default():
    found = {
        f"{path.relative_to(ROOT)} {name}"
        for layer in ("bot", "commands", "storage")
        for path in (ROOT / layer).rglob("*.py")
        for name in given_by_default(ast.parse(path.read_text("utf-8")))
        if name.rpartition(".")[2] in LIMITS
    }

    assert found == CLOSED
