"""Every kind of event that the product's code can record, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("risk_engine", "storage", "commands", "bot")


def recorded_kinds() -> set[str]:
    """The kinds of all events that any module makes.

    Raises:
        AssertionError: the kind of an event cannot be told from the code.
    """
    return {kind for tree in _trees() for kind in _kinds(tree)}


def _trees() -> Iterator[ast.Module]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text("utf-8")
            if "risk_engine.events import Event" in text:
                yield ast.parse(text, str(file))


def _kinds(tree: ast.Module) -> Iterator[str]:
    """What the first argument of each ``Event(…)`` can be: written there, a name of this or another module, or a parameter."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        parameters = [argument.arg for argument in function.args.args]
        for call in _calls(function, "Event"):
            first = call.args[0]
            if isinstance(first, ast.Name) and first.id in parameters:
                place = parameters.index(first.id)
                yield from (kind for outer in _calls(tree, function.name) for kind in _constants(outer.args[place], tree))
            else:
                yield from _constants(first, tree)


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _constants(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body, tree)
        yield from _constants(node.orelse, tree)
    elif isinstance(node, ast.Name | ast.Attribute):
        yield _named(node.id if isinstance(node, ast.Name) else node.attr)
    else:
        raise AssertionError(f"the kind of an event cannot be told: {ast.unparse(node)}")


def _named(name: str) -> str:
    """The text that a module gives to this name, alone or among others on one line."""
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for names, values in re.findall(rf"^((?:\w+, )*{name}(?:, \w+)*) = (.+)$", file.read_text("utf-8"), re.MULTILINE):
                if "." in values:
                    found = ast.literal_eval(values)
                    return str(found[names.split(", ").index(name)] if isinstance(found, tuple) else found)
    raise AssertionError(f"no module says what {name} is")
