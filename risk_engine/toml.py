"""TOML from any source, with limits on depth and numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from risk_engine.characters import refused_in

# a policy has at most four: a table of tables of lists of lists
DEEPEST = 12


class NotToml(ValueError):
    """The text is not TOML, or nested too deeply; the message names the place."""


def parse(text: str) -> dict[str, Any]:
    """Parse a text as TOML.

    Raises:
        NotToml: the text is not TOML, or is nested more than :data:`DEEPEST` levels deep.
    """
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise NotToml(_TOO_DEEP) from None
    except ValueError as error:
        # also for a number of thousands of digits, which Python refuses
        raise NotToml(str(error)) from error
    _check(values)
    return values


_TOO_DEEP = f"nested more than {DEEPEST} levels deep"


def _check(values: Any) -> None:
    """Refuse deep nesting, level by level because recursion could overflow itself; and numbers outside TOML's range."""
    level: list[Any] = [values]
    for _depth in range(DEEPEST + 1):
        if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in level):
            raise NotToml("a whole number of more than 64 bits")
        if character := next(filter(None, map(refused_in, _texts(level))), None):
            raise NotToml(f"a text with a character that cannot be kept, {character}")
        level = [inner for value in level for inner in _inside(value)]
    if level:
        raise NotToml(_TOO_DEEP)


def _texts(level: Iterable[Any]) -> Iterator[str]:
    """Yield texts and keys; escapes in TOML can produce any character."""
    for value in level:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
