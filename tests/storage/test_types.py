"""What goes into a column comes out of it: exact money, instants with their zone, JSON in one spelling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from storage.database import Database
from storage.sight import EVERYTHING
from storage.types import MONEY_LIMIT, Instant, Json, Money, canonical

KEPT = sa.Table(
    "kept",
    sa.MetaData(),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("amount", Money),
    sa.Column("at", Instant),
    sa.Column("facts", Json),
)
ONE_DATABASE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
amounts = st.decimals(-MONEY_LIMIT, MONEY_LIMIT, places=4)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=offsets)  # noqa: DTZ001
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture
def kept(database: Database) -> Callable[..., Any]:
    """Writes one row and reads a column of it back in another transaction."""
    with database.begin(EVERYTHING, write=True) as tx:
        KEPT.create(tx.connection)

    def through(column: str, value: Any) -> Any:
        with database.begin(EVERYTHING, write=True) as tx:
            tx.connection.execute(sa.delete(KEPT))
            tx.connection.execute(sa.insert(KEPT).values({column: value}))
        with database.begin(EVERYTHING) as tx:
            return tx.connection.execute(sa.select(KEPT.c[column])).scalar_one()

    return through


@ONE_DATABASE
@given(amount=amounts)
def test_every_amount_comes_back_to_the_last_digit(kept, amount: Decimal):
    assert kept("amount", amount) == amount


def test_the_amount_that_a_binary_float_would_round_is_exact(kept):
    assert kept("amount", Decimal("9007199254740.9931")) == Decimal("9007199254740.9931")
    assert kept("amount", Decimal("0.1")) == Decimal("0.1")
    assert kept("amount", None) is None


@pytest.mark.parametrize("amount", ["0.00001", "1e15", "-900000000000000.0001", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused_before_it_is_stored(kept, amount: str):
    with pytest.raises((StatementError, ArithmeticError)) as refused:
        kept("amount", Decimal(amount))

    assert "not an amount" in str(refused.value)


def test_a_sum_over_amounts_is_exact(database: Database, kept):
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.insert(KEPT), [{"amount": Decimal("0.1")}] * 1000)
    with database.begin(EVERYTHING) as tx:
        total = tx.connection.execute(sa.select(sa.func.sum(KEPT.c.amount, type_=Money()))).scalar_one()

    assert total == Decimal("100")


@ONE_DATABASE
@given(at=instants)
def test_every_instant_comes_back_as_the_same_moment_in_utc(kept, at: datetime):
    back = kept("at", at)

    assert back == at
    assert back.utcoffset() == timedelta(0)


def test_both_sides_of_a_repeated_hour_stay_apart(kept):
    first = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"))

    assert kept("at", first) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert kept("at", first.replace(fold=1)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused(kept):
    with pytest.raises(StatementError, match="has no time zone"):
        kept("at", datetime(2026, 1, 1, 9, 0))  # noqa: DTZ001


@settings(ONE_DATABASE, max_examples=20)
@given(moments=st.lists(instants, min_size=2, max_size=6))
def test_the_database_sorts_instants_by_time_whatever_their_zone(database: Database, kept, moments: list[datetime]):
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.delete(KEPT))
        tx.connection.execute(sa.insert(KEPT), [{"at": moment} for moment in moments])
    with database.begin(EVERYTHING) as tx:
        found = list(tx.connection.execute(sa.select(KEPT.c.at).order_by(KEPT.c.at)).scalars())
        later = set(tx.connection.execute(sa.select(KEPT.c.at).where(KEPT.c.at > moments[0])).scalars())

    assert found == sorted(moments)
    assert later == {moment.astimezone(UTC) for moment in moments if moment > moments[0]}


@settings(ONE_DATABASE, max_examples=40)
@given(value=json_values)
def test_json_comes_back_as_it_was(kept, value: Any):
    assert kept("facts", value) == value


def test_json_has_one_spelling_and_no_not_a_number():
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))
