"""The code that bot, commands and storage reach, read from the source: a definition is reached when one that is reached names it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LAYERS = ("bot", "commands", "storage", "risk_engine")
ENGINE = "risk_engine"
# a module, and the name of a function, class or constant in it
Definition = tuple[str, str]


@cache
def trees() -> dict[str, ast.Module]:
    """The modules by their dotted names."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(path.read_text("utf-8"))
        for layer in LAYERS
        for path in sorted((ROOT / layer).rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def definitions(module: str) -> dict[str, ast.stmt]:
    """What stands at the top of a module."""
    found: dict[str, ast.stmt] = {}
    for node in trees()[module].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {each.id: node for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    return found


@cache
def imported(module: str) -> dict[str, tuple[str, str | None]]:
    """What a module imports, by the name it has there: a module and a name in it, or None for the module itself."""
    found: dict[str, tuple[str, str | None]] = {}
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                whole = f"{node.module}.{each.name}"
                found[each.asname or each.name] = (whole, None) if whole in trees() else (node.module, each.name)
    return found


def meant(module: str, name: str) -> tuple[str, str | None] | None:
    """What a name means in a module: where it is defined, through whatever rooms offer it."""
    if module not in trees():
        return None
    if name in definitions(module):
        return module, name
    there = imported(module).get(name)
    return there if there is None or there[1] is None else meant(*there)  # type: ignore[arg-type]


def named(module: str, node: ast.AST) -> Iterator[Definition]:
    """Every definition of ours that a piece of code names, as ``name`` or as ``module.name``."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found = meant(module, each.id)
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            base = meant(module, each.value.id)
            found = meant(base[0], each.attr) if base is not None and base[1] is None else None
        else:
            continue
        if found is not None and found[1] is not None:
            yield found[0], found[1]


@cache
def reached() -> frozenset[Definition]:
    """Every definition above the engine, and what these come to name."""
    waiting = [(module, name) for module in trees() if not module.startswith(ENGINE) for name in definitions(module)]
    found = set(waiting)
    while waiting:
        module, name = waiting.pop()
        for one in named(module, definitions(module)[name]):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return frozenset(found)


@cache
def read_in(module: str) -> frozenset[str]:
    """The attributes that the reached code of a module reads, and the words by which it may read them; validators do not count."""
    found: set[str] = set()
    for name, node in definitions(module).items():
        if (module, name) in reached():
            found |= {each.attr for each in _used(node) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Load)}
            found |= {each.value for each in _used(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return frozenset(found)


def _used(node: ast.AST) -> Iterator[ast.AST]:
    """The code under a node without the validators of its model."""
    yield node
    for each in ast.iter_child_nodes(node):
        if not (isinstance(each, ast.FunctionDef) and any("_validator" in ast.unparse(one) for one in each.decorator_list)):
            yield from _used(each)


@cache
def speaks_of(module: str) -> frozenset[str]:
    """The names that a module has for things: its own, its parameters, and those of its imports where they come from."""
    tree = trees()[module]
    own = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)} | {
        each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)
    }
    return frozenset(own | {name for _module, name in imported(module).values() if name})
