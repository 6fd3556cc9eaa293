"""What every table has: named constraints, the types of its columns, and numbers that are never given out again."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Date, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from storage.types import Instant, Json, Money


class Table(DeclarativeBase):
    """Every constraint has a name, so that a migration can find it again."""

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
    """Ids of deleted rows are never given out again."""
    return {"sqlite_autoincrement": True}
