"""Files of projections: a projection that does not say how long its periods are is refused with words, as a whole."""

from __future__ import annotations

from datetime import date

import pytest

from commands.data.file_words import refusal_in_words
from storage.data import facts
from storage.data.files.refusals import Refusal
from storage.data.files.stage import stage
from storage.database import Database
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

TODAY = date(2026, 11, 23)
HEADER = "customer,projected,period_end,cfads,debt_service"


@pytest.fixture
def load(database: Database, tmp_path):
    def load_(kind: str, text: str) -> tuple[int, list[Refusal]]:
        file = tmp_path / f"{kind}.csv"
        file.write_text(text, "utf-8")
        with stage(kind, file, today=TODAY) as staged, database.begin(EVERYTHING, write=True) as tx:
            facts.refuse_strangers(tx, staged)
            loaded = facts.load(tx, staged, at=MONDAY)
            return loaded.added + loaded.changed, list(staged.refusals())

    load_("customers", "id,name\nC1,Acme\nC2,Bolt\n")
    return load_


def table(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_equal_distances_need_no_months(load):
    assert load("projections", table("C1,2026-06-30,2026-12-31,5,4", "C1,2026-06-30,2027-06-30,5,4")) == (2, [])


def test_one_period_alone_is_refused_with_the_months_that_are_needed(load):
    loaded, (refused,) = load("projections", table("C1,2026-06-30,2027-12-31,5,4"))

    assert loaded == 0
    assert str(refusal_in_words(refused)) == (
        "Row 2, months is empty; expected the months of the period, 1 to 12: "
        "the dates of this projection do not say how long its first period is."
    )


def test_unequal_distances_refuse_the_whole_projection_and_leave_the_others(load):
    mixed = ["C1,2026-06-30,2026-12-31,5,4", "C1,2026-06-30,2027-06-30,5,4", "C1,2026-06-30,2028-06-30,5,4"]
    loaded, refused = load("projections", table(*mixed, "C2,2026-06-30,2026-12-31,5,4", "C2,2026-06-30,2027-12-31,5,4"))

    assert loaded == 2
    assert [one.row for one in refused] == [2, 3, 4]
    assert "the one before it ended on 2027-06-30" in str(refusal_in_words(refused[2]))


def test_a_cell_that_is_refused_leaves_no_projection_with_a_gap(load):
    rows = [f"C1,2026-06-30,{year}-12-31,{'x' if year == 2027 else 5},4" for year in range(2026, 2029)]
    loaded, refused = load("projections", table(*rows))

    assert loaded == 0
    assert [(one.row, one.column) for one in refused] == [(2, "months"), (3, "cfads"), (4, "months")]


def test_months_against_the_dates_are_refused_and_the_rest_with_them(load):
    rows = ("C1,2026-06-30,2026-12-31,6", "C1,2026-06-30,2027-12-31,6")
    loaded, refused = load("projections", table(*rows, header="customer,projected,period_end,months"))

    assert loaded == 0
    assert str(refusal_in_words(refused[1])) == (
        "Row 3, months = “6”; expected the months since the period before it, which ended on 2026-12-31."
    )
    assert "loaded whole, or not at all" in str(refusal_in_words(refused[0]))


@pytest.mark.parametrize("months", ["0", "13", "half"])
def test_a_length_that_is_none_is_refused(load, months):
    header = "customer,projected,period_end,months"
    _loaded, (refused,) = load("projections", table(f"C1,2026-06-30,2026-12-31,{months}", header=header))

    assert "a whole number from 1 to 12" in str(refusal_in_words(refused))


def test_a_correction_of_one_period_is_read_with_what_is_on_record(load):
    load("projections", table("C1,2026-06-30,2026-12-31,5,4", "C1,2026-06-30,2027-06-30,5,4"))

    assert load("projections", table("C1,2026-06-30,2027-06-30,7,4")) == (1, [])
    # a later period that leaves a gap to those on record is refused
    assert load("projections", table("C1,2026-06-30,2028-06-30,7,4"))[0] == 0


def test_an_absent_column_leaves_the_months_on_record(load):
    header = "customer,projected,period_end,months,cfads"
    load("projections", table("C1,2026-06-30,2027-12-31,6,5", header=header))

    assert load("projections", table("C1,2026-06-30,2027-12-31,9,4")) == (1, [])
