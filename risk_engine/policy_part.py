"""The base class and the guards of the policy's tables."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Guard(IntEnum):
    """The guard of a key, the weakest first.

    ``ordinary`` keys change by approval under the table of authorities; ``protected`` ones grant power or hide traces, and need an
    administrator and a risk manager besides the maker; ``file`` ones, such as paths, can be set in the policy file only.
    """

    ORDINARY = 0
    PROTECTED = 1
    FILE = 2


# a key's guard is declared beside its type; a key without one inherits that of its table
_NOTED = "guard"
ORDINARY, PROTECTED, FILE = (Field(json_schema_extra={_NOTED: guard.name.lower()}) for guard in Guard)


def strictest(schemas: Sequence[dict[str, Any]]) -> Guard:
    """Return the strictest guard among the JSON Schemas of a key and its tables; an unclassified key is protected."""
    found = [Guard[str(schema[_NOTED]).upper()] for schema in schemas if _NOTED in schema]
    return max(found, default=Guard.PROTECTED)


# the mark of a table whose keys belong together and change at once, in its JSON Schema
WHOLE = "whole"


def replaced(values: Any, key: str, instead: str) -> Any:
    """Return a table's values after checking that they do not contain a key of earlier versions.

    Raises:
        ValueError: they contain it; the text says what to write instead.
    """
    if isinstance(values, dict) and key in values:
        raise ValueError(f"{key} is no longer a key; write {instead}")
    return values


class Part(BaseModel):
    """A table of the policy: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
