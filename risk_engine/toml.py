"""Read TOML that anybody may have written: what is nested deeper than a policy ever is, is no TOML to us."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from risk_engine.characters import refused_in

# a table of tables of lists of lists has four
DEEPEST = 12


class NotToml(ValueError):
    """The text is not TOML, or nested too deeply; the message says where."""


def parse(text: str) -> dict[str, Any]:
    """Read a text as TOML.

    Raises:
        NotToml: it is not TOML, or is nested more than :data:`DEEPEST` levels deep.
    """
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise NotToml(_TOO_DEEP) from None
    except ValueError as error:
        # also a number of thousands of digits, which Python does not read
        raise NotToml(str(error)) from error
    _check(values)
    return values


_TOO_DEEP = f"nested more than {DEEPEST} levels deep"


def _check(values: Any) -> None:
    """Refuse what is nested too deeply, level by level: going down into each could go too deep itself; and numbers that TOML has not."""
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
    """Texts and keys; an escape of TOML writes what no keyboard does."""
    for value in level:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
