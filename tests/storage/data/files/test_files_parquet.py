"""Parquet: every type becomes a cell without loss."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from storage.data.files import FileRefused
from tests.storage.staging import refused, rows, staged


@pytest.fixture
def written(tmp_path):
    """Write columns into a Parquet file."""

    def write(**columns):
        parquet.write_table(pa.table(columns), tmp_path / "book.parquet")
        return tmp_path / "book.parquet"

    return write


def test_amounts_dates_and_words_are_read_exactly(written):
    path = written(
        id=pa.array([1001, 1002]),
        customer=pa.array(["C1", "C2"]).dictionary_encode(),
        kind=["bond", "bond"],
        currency=["EUR", "EUR"],
        limit=pa.array([Decimal("123456789012345.6789"), Decimal("0.1000")], pa.decimal128(22, 4)),
        outstanding=[0.1, 1234.5600000000002],
        start=pa.array([date(2026, 1, 1), None], pa.date32()),
        maturity=pa.array([date(2027, 1, 1), None], pa.date32()).cast(pa.timestamp("us")),
        lgd=pa.array([0.1, None], pa.float32()),
    )

    with staged("facilities", path) as found:
        assert refused(found) == []
        assert rows(found, "facility", "customer_id", "limit", "outstanding", "start", "maturity", "lgd") == [
            ("1001", "C1", 1_234_567_890_123_456_789, 1_000, "2026-01-01", "2027-01-01", 0.1),
            ("1002", "C2", 1_000, 12_345_600, None, None, None),
        ]


def test_rows_are_numbered_as_if_a_header_stood_above_them(written):
    with staged("statements", written(customer=["C1", ""], period_end=[date(2025, 12, 31)] * 2, audited=[True, None])) as found:
        assert (rows(found, "audited"), refused(found)) == ([(1,)], [(3, "customer", "", "required")])


def test_a_moment_is_not_a_day(written):
    with staged("statements", written(customer=["C1"], period_end=[datetime(2025, 12, 31, 12, tzinfo=UTC)])) as found:
        assert refused(found) == [(2, "period_end", "2025-12-31 12:00:00+00:00", "date")]


@pytest.mark.parametrize("column", [pa.array([["a"]]), pa.array([{"a": 1}]), pa.array([b"a"])])
def test_a_column_of_lists_records_or_bytes_is_refused_by_name(written, column):
    with pytest.raises(FileRefused) as refusal:
        staged("customers", written(id=["C1"], name=column))

    assert (refusal.value.code, refusal.value.facts["column"]) == ("column_type", "name")


def test_a_broken_file_is_refused(tmp_path):
    (tmp_path / "book.parquet").write_bytes(b"PAR1 and no more")

    with pytest.raises(FileRefused) as refusal:
        staged("customers", tmp_path / "book.parquet")

    assert refusal.value.code == "not_parquet"


def test_a_file_without_rows_has_no_facts(written):
    with staged("customers", written(id=pa.array([], pa.string()), name=pa.array([], pa.string()))) as found:
        assert found.rows == 0
