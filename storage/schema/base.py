"""The base of every table: named constraints, column types, and ids that are never reused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Date, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from storage.types import Instant, Json, Money


class Table(DeclarativeBase):
    """The base class of tables, with a name for every constraint, so that migrations can find it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        Decimal: Money,
        dict[str, Any]: Json,
        list[str]: Json,
        str: Text,
        date: Date,
    }


def numbered() -> dict[str, Any]:
    """Return the table options under which ids of deleted rows are never reused."""
    return {"sqlite_autoincrement": True}
