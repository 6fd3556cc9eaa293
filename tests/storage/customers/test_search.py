"""Finding a customer by what people type: the same name first, typos forgiven, never yesterday's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.data.importing import run_import
from storage.customers import search
from storage.database import Database
from storage.names import name_key
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

BOOK = """id,name,aliases
ACME,Acme Steel Works,AS; 阿克米钢铁
ACME2,Acme Steel Works Holding,
NOVA,Nova Power SpA,
SG,Société Générique d'Énergie,
ZJ,浙江远洋海运集团,Zhejiang Ocean Shipping
DOT,J.P. O’Brien & Sons,
"""


@pytest.fixture
def load(database: Database, tmp_path: Path) -> Callable[..., None]:
    def load_text(text: str, days: int = 0) -> None:
        (tmp_path / "customers.csv").write_text(text, "utf-8")
        run_import(database, "customers", tmp_path / "customers.csv", at=MONDAY + timedelta(days=days), progress=False)

    return load_text


@pytest.fixture
def find(database: Database, load) -> Callable[..., list[str]]:
    load(BOOK)

    def ids(text: str, limit: int = 10) -> list[str]:
        with database.begin(EVERYTHING) as tx:
            return [found.id for found in search.find(tx, text, limit=limit)]

    return ids


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ACME", "ACME"),
        ("acme steel works", "ACME"),
        ("Acme Steel Works Holding", "ACME2"),
        ("acne stel works", "ACME"),
        ("nova pwoer", "NOVA"),
        ("societe generique", "SG"),
        ("SOCIÉTÉ  GÉNÉRIQUE", "SG"),
        ("power", "NOVA"),
        ("远洋海运", "ZJ"),
        ("zhejiang ocean", "ZJ"),
        ("阿克米", "ACME"),
        ("jp obrien", "DOT"),
        ("ＡＣＭＥ", "ACME"),
    ],
)
def test_what_is_meant_comes_first(find, typed: str, meant: str):
    assert find(typed)[0] == meant


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("nordhvn", ["NV-01", "NV-02", "NH-01"]),
        ("nordhafn", ["NH-01", "NH-02", "NV-01"]),
        ("nordhavn vnd", ["NV-01", "NV-02"]),
        ("nordhafen termnal", ["NH-02"]),
    ],
)
def test_of_several_that_are_alike_the_most_alike_comes_first(find, load, typed: str, order: list[str]):
    load(
        "id,name,aliases\nNH-01,Nordhafen Holding AG,Nordhafen\nNH-02,Nordhafen Terminal 2 GmbH,\n"
        "NV-01,Nordhavn Vind A/S,\nNV-02,Nordhavn Vind Fase Tre A/S,\n",
        days=1,
    )

    assert find(typed)[: len(order)] == order


@pytest.mark.parametrize("typed", ["qqqqqq", "xyz", "zzzz corporation of nowhere"])
def test_what_resembles_nothing_finds_nothing(find, typed: str):
    assert find(typed) == []


def test_each_customer_is_found_once_however_many_of_its_names_match(find):
    found = find("acme")

    assert sorted(found) == ["ACME", "ACME2"]


def test_nothing_typed_lists_the_book_by_name_as_far_as_asked(find):
    assert find("", limit=3) == ["ACME", "ACME2", "DOT"]
    assert find("    ", limit=2) == ["ACME", "ACME2"]
    assert find(" 😀 ", limit=2) == [], "signs alone name nobody"


def test_a_renamed_customer_is_found_by_its_new_name_and_no_more_by_its_old(find, load):
    before = find("nova power")
    load("id,name\nNOVA,Hydra Renewables\n", days=1)

    assert before == ["NOVA"]
    assert find("hydra renewables") == ["NOVA"]
    assert find("nova power spa")[:1] != ["NOVA"] or find("nova") == ["NOVA"], "the id still holds the word"


def test_a_new_customer_is_found_in_the_next_transaction(find, load):
    before = find("quixotic")
    load("id,name\nQUIX,Quixotic Windmills\n", days=1)

    assert (before, find("quixotic")) == ([], ["QUIX"])


ONE_BOOK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONE_BOOK
@given(text=st.text(max_size=30))
def test_whatever_is_typed_is_answered_with_at_most_the_asked_number_each_once(find, text: str):
    found = find(text, limit=4)

    assert len(found) == len(set(found)) <= 4


@settings(max_examples=300)
@given(text=st.text(max_size=40))
def test_the_key_of_a_name_is_its_own_key(text: str):
    assert name_key(name_key(text)) == name_key(text)
