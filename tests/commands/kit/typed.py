"""The types that the engine and storage declare, found by import, with an example of each."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import risk_engine
import storage
from risk_engine.approvals.ballot import Choice, Stage
from risk_engine.approvals.events import Spoken
from risk_engine.references import Reference
from storage.audit.anchoring.known import Known

T = TypeVar("T")
_MADE = {
    bool: True,
    str: "U0ANA",
    int: 3,
    float: 1.17,
    object: 7.5,
    Any: 0.25,
    Decimal: Decimal("4200000.50"),
    datetime: datetime(2026, 11, 30, 9, tzinfo=UTC),
    date: date(2026, 11, 30),
    tuple: ("limits", "routes"),
    Stage: Stage(),
    Spoken: Spoken(Choice.APPROVE, 1, None, "fine", "f" * 8, [{"text": "file the deed", "due": "2026-12-03"}]),
    Known: Known("d" * 16, 2, 0, 7, "a" * 64, "k", "m"),
}


def leaves(base: type[T]) -> list[type[T]]:
    """Every class below one that has none below itself, wherever it is declared, by name."""
    for package in (risk_engine, storage):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    return sorted(_leaves(base), key=lambda each: each.__name__)


def _leaves(base: type[T]) -> Iterator[type[T]]:
    # a dataclass with slots is made twice: the one that counts stands in its module
    below = [each for each in base.__subclasses__() if getattr(sys.modules[each.__module__], each.__name__) is each]
    for each in below:
        yield from list(_leaves(each)) or [each]


def example(of: type[T]) -> T:
    """One of a type, with a fact of each kind that it names."""
    return of(**{name: _fact(fact) for name, fact in get_type_hints(of).items() if not _is_of_the_class(fact)})


def _is_of_the_class(fact: Any) -> bool:
    return "ClassVar" in str(fact)


def _fact(of: Any) -> Any:
    if get_origin(of) is UnionType:
        return _fact(get_args(of)[0])
    if isinstance(of, type) and issubclass(of, Enum):
        return next(iter(of))
    if isinstance(of, type) and issubclass(of, Reference):
        return of(3)
    if of in _MADE:
        return _MADE[of]
    origin = get_origin(of)
    if origin is not None and issubclass(origin, tuple):
        return _MADE[tuple]
    if "Sequence" in str(origin):
        return [_fact(get_args(of)[0])]
    return {"type": "number"}
