"""Which mutants of the engine there are, and a seeded choice among them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator, operator_names

ENGINE = Path("risk_engine")
# slips that a person could make; a shift of a float or `is` between columns would crash at once and prove nothing
_ARITHMETIC, _BITS, _ORDER = "Add|Sub|Mul|Div|Pow", "BitOr|BitAnd|BitXor", "Lt|LtE|Gt|GtE|Eq|NotEq"
_SLIPS = re.compile(
    rf"core/(ReplaceBinaryOperator_(({_ARITHMETIC})_({_ARITHMETIC})|({_BITS})_({_BITS}))|ReplaceComparisonOperator_({_ORDER})_({_ORDER})"
    r"|ReplaceUnaryOperator_(USub_UAdd|Delete_(USub|Invert|Not))|AddNot|Replace(TrueWithFalse|FalseWithTrue|AndWithOr|OrWithAnd)|NumberReplacer)"
)


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """The ``occurrence``-th place of a module where an operator applies; ``line`` is where it stands."""

    module: str
    operator: str
    occurrence: int
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.operator.removeprefix('core/')} {self.occurrence}"


def modules(names: list[str]) -> list[str]:
    """The engine's modules, or those of these names.

    Raises:
        ValueError: there is no module of a name.
    """
    found = sorted(".".join(path.relative_to(ENGINE).with_suffix("").parts) for path in ENGINE.rglob("*.py") if path.stem != "__init__")
    if strangers := sorted(set(names) - set(found)):
        raise ValueError(f"there is no module {', '.join(strangers)}: expected some of {', '.join(found)}")
    return [name for name in found if name in names or not names]


def path_of(module: str) -> Path:
    """Return the file of a module that is named from its room on, as in ``capital.pd_terms``."""
    return ENGINE / f"{module.replace('.', '/')}.py"


def source(module: str) -> str:
    return path_of(module).read_text("utf-8")


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    nodes = list(ast_nodes(get_ast(source(module))))
    for name in sorted(filter(_SLIPS.fullmatch, operator_names())):
        operator, occurrence = get_operator(name)(), 0
        for node in nodes:
            for (line, _column), _end in operator.mutation_positions(node):
                if not _unseen(node):
                    yield Mutant(module, name, occurrence, line)
                occurrence += 1


def _unseen(node: Any) -> bool:
    """Whether it stands where no test can see it: in an annotation, which is kept as text, or in how a class is decorated."""
    while (parent := node.parent) is not None:
        if parent.type == "decorator":
            return True
        if (parent.type == "annassign" and node is parent.children[1]) or (parent.type == "tfpdef" and node is parent.children[2]):
            return True
        if parent.type == "funcdef" and node is parent.annotation:
            return True
        node = parent
    return False


def mutated(mutant: Mutant) -> str:
    """The module's source with the change."""
    changed = MutationVisitor.mutate_code(source(mutant.module), get_operator(mutant.operator)(), mutant.occurrence)
    assert changed is not None, f"{mutant} has its place in the source that it was found in"
    return str(changed)


def chosen(names: list[str], sample: int | None, seed: int) -> list[Mutant]:
    """Every mutant of these modules, or as many as asked for: the same ones for the same seed and sources."""
    found = [one for name in modules(names) for one in mutants(name)]
    if sample is None or sample >= len(found):
        return found
    return sorted(random.Random(seed).sample(found, sample))
