"""The tables that a file is merged into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Target:
    """A versioned table to load into.

    ``columns`` gives each of its columns as an SQL expression over a staged row; ``inherited`` ones are not in the file and keep
    their current value; ``prepare`` adjusts the incoming rows, ``before`` writes the rows that new ones refer to.
    """

    name: str
    table: Any
    key: tuple[str, ...]
    columns: Mapping[str, str]
    inherited: frozenset[str] = frozenset()
    where: str = ""
    prepare: Callable[[Tx, sa.Table, datetime], None] | None = None
    before: Callable[[Tx, Incoming, int], None] | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Two temporary tables: the staged rows, and the changes among them with the version that they replace."""

    rows: sa.Table
    change: sa.Table
