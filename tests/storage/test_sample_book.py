"""The sample book: the same for the same seed and day, and in trouble on every day."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import risk_engine
from risk_engine.monitoring import Colour, colours
from risk_engine.policy import Policy
from storage import facts
from storage.files import KIND_NAMES, stage
from storage.files.kinds import COLLATERAL_KINDS, CUSTOMER_KINDS, FACILITY_KINDS, SOURCES
from storage.sample_book import write_sample_book

DAY = date(2026, 11, 23)
POLICY = Policy.model_validate(tomllib.loads((Path(risk_engine.__file__).parent / "policy.toml").read_text(encoding="utf-8")))


@pytest.fixture
def load_book(database, tmp_path):
    """Write the book of a day and load it all."""

    def load_all(day):
        write_sample_book(tmp_path, seed=7, today=day)
        loads = {}
        for kind in ("customers", "facilities", "ratings", "observations"):
            with stage(kind, tmp_path / f"{kind}.csv", None, today=day, strict=True) as staged:
                with database.begin() as tx:
                    facts.refuse_strangers(tx, staged)
                assert (staged.refused_rows, staged.merged) == (0, 0)
                with database.begin(write=True) as tx:
                    loads[kind] = facts.load(tx, staged, at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        return loads

    return load_all


def table(folder, kind):
    return list(csv.DictReader((folder / f"{kind}.csv").read_text(encoding="utf-8").splitlines()))


def newest(tx, kri, day):
    """How many customers' newest readings have each colour, and how many are stale."""
    series = facts.series(tx, kri.indicator)
    found = []
    for customer in sorted(set(series.customers)):
        own = series.customers == customer
        colour = colours(kri, series.values[own][np.newaxis, :])[0, -1]
        found.append((Colour(int(colour)), (day - series.as_of[own][-1].item()).days > kri.stale_after_days))
    return found


def test_the_same_seed_and_day_give_the_same_files(tmp_path):
    for name in ("one", "two"):
        write_sample_book(tmp_path / name, seed=7, today=DAY)
    write_sample_book(tmp_path / "other", seed=8, today=DAY)

    for kind in KIND_NAMES:
        assert (tmp_path / "one" / f"{kind}.csv").read_bytes() == (tmp_path / "two" / f"{kind}.csv").read_bytes()
    assert table(tmp_path / "one", "observations") != table(tmp_path / "other", "observations")


def test_forty_customers_in_twelve_groups_with_everything_at_least_once(tmp_path):
    write_sample_book(tmp_path, seed=7, today=DAY)
    customers, facilities, observations = (table(tmp_path, kind) for kind in ("customers", "facilities", "observations"))

    assert len({row["id"] for row in customers}) == 40
    assert len({row["group"] for row in customers} - {""}) == 12
    assert {row["kind"] for row in customers} == set(CUSTOMER_KINDS)
    assert {row["kind"] for row in facilities} == set(FACILITY_KINDS)
    assert {row["collateral_kind"] for row in facilities} == set(COLLATERAL_KINDS)
    assert len({row["currency"] for row in facilities}) >= 5
    assert {row["source"] for row in observations} == set(SOURCES)
    assert any("\u4e00" <= letter <= "\u9fff" for row in customers for letter in row["aliases"])


@pytest.mark.parametrize("day", [DAY, date(2026, 1, 1), date(2028, 2, 29), date(2027, 3, 31)])
def test_on_any_day_every_indicator_shows_trouble_somewhere_and_some_are_stale(database, load_book, day):
    load_book(day)

    with database.begin() as tx:
        states = {kri.indicator: newest(tx, kri, day) for kri in POLICY.kri}
    for indicator, found in states.items():
        fresh = [colour for colour, stale in found if not stale]
        assert Colour.GREEN in fresh, indicator
        assert max(fresh) >= Colour.AMBER, indicator
        assert any(stale for _, stale in found), indicator
    assert Colour.RED in {colour for found in states.values() for colour, stale in found if not stale}


def test_loading_it_again_the_next_day_changes_nothing(load_book):
    load_book(DAY)
    again = load_book(DAY + timedelta(days=1))

    assert {kind: (loaded.added, loaded.changed) for kind, loaded in again.items()} == dict.fromkeys(again, (0, 0))


def test_loading_it_a_quarter_later_keeps_the_customers_and_adds_newer_dates(load_book):
    load_book(DAY)
    later = load_book(DAY + timedelta(days=92))

    assert (later["customers"].added, later["customers"].changed, later["facilities"].added) == (0, 0, 0)
    assert later["observations"].added > 0
