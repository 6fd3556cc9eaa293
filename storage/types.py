"""Column types for values that SQLite would round or drop: times, exact money, canonical JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

MONEY_SCALE = 10_000
MONEY_LIMIT = Decimal(900_000_000_000_000)


class Instant(TypeDecorator[datetime]):
    """A time in UTC: timestamptz on PostgreSQL, sortable ISO text on SQLite, which would drop the zone.

    Raises:
        ValueError: a datetime without a zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z" if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount, stored as an integer of ten-thousandths; binary floats are never stored for money.

    Raises:
        ValueError: an amount with more than four decimals, or too large to store.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * MONEY_SCALE
        if scaled != scaled.to_integral_value() or abs(value) > MONEY_LIMIT:
            raise ValueError(f"{value} is not an amount with at most four decimals below {MONEY_LIMIT}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / MONEY_SCALE


class Json(TypeDecorator[Any]):
    """JSON in one canonical spelling, so that its digest is equal on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class WrittenJson(Json):
    """JSON that keeps the order of its keys, where it matters, as in a master scale from the best letter to the worst."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else written(value)


def written(value: Any) -> str:
    """Return a JSON value in one spelling, its keys in their given order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """Return the canonical spelling of a JSON value: sorted keys, no spaces, no escapes for letters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
