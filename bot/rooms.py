"""The map of rooms in docs/engineers.md, made from the first sentence of each package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "engineers.md"
LAYERS = ("risk_engine", "storage", "commands", "bot")
BEGIN, END = "<!-- rooms: written by make reference -->", "<!-- end of rooms -->"


def packages(layer: str) -> Iterator[Path]:
    """Return the folders of a layer that hold modules, the layer itself first."""
    yield ROOT / layer
    for init in sorted((ROOT / layer).rglob("__init__.py")):
        if init.parent != ROOT / layer:
            yield init.parent


def sentence(package: Path) -> str:
    """Return the first sentence of a package's docstring; empty if it has none."""
    told = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    return told.partition("\n\n")[0].replace("\n", " ")


def text() -> str:
    """Return the map as a table: each room, how many modules it has, and the sentence that it opens with."""
    lines = [BEGIN, "", "| room | modules | answers |", "|---|---|---|"]
    for layer in LAYERS:
        for package in packages(layer):
            modules = sorted(each.stem for each in package.glob("*.py") if each.name != "__init__.py")
            # the modules at a layer's root belong to no room, and nobody would look for them otherwise
            named = f" At its root: {', '.join(modules)}." if modules and package == ROOT / layer else ""
            lines.append(f"| `{package.relative_to(ROOT).as_posix()}/` | {len(modules)} | {sentence(package)}{named} |")
    return "\n".join([*lines, "", END])


def placed(document: str) -> str:
    """Return a document with the map as it is now between its two marks.

    Raises:
        ValueError: a mark is missing.
    """
    before, begin, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"expected {BEGIN} and {END}")
    return f"{before}{text()}{after}"
