"""What every table of the policy has in common."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Guard(IntEnum):
    """How well a key is guarded, the least first.

    ``ordinary`` keys change by approval as the table of authorities has it; ``protected`` ones give power or hide traces, and take an
    administrator and a risk manager besides the maker; ``file`` ones, as paths are, stand in the policy file alone.
    """

    ORDINARY = 0
    PROTECTED = 1
    FILE = 2


# a key's guard stands beside its type, and a key without one has that of its table
_NOTED = "guard"
ORDINARY, PROTECTED, FILE = (Field(json_schema_extra={_NOTED: guard.name.lower()}) for guard in Guard)


def strictest(schemas: Sequence[dict[str, Any]]) -> Guard:
    """The guard of a key whose tables and itself have these JSON Schemas; a key that nobody has classed is protected."""
    found = [Guard[str(schema[_NOTED]).upper()] for schema in schemas if _NOTED in schema]
    return max(found, default=Guard.PROTECTED)


class Part(BaseModel):
    """A table of the policy: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
