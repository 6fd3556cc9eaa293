"""Mapping files: every wrong key is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storage.data.files import FileRefused, MapRefused, parse_mapping, read_mapping
from storage.data.files.kinds import KINDS

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ("[customer]\n", "customer"),
        ("[customers]\ncolums = { id = 'A' }\n", "customers.colums"),
        ("[customers.columns]\nnombre = 'B'\n", "customers.columns.nombre"),
        ("[customers.columns]\nid = 3\n", "customers.columns.id"),
        ("[customers.melt]\nX = 'dscr'\n", "customers.melt"),
        ("[observations.melt]\nX = 'Debt Ratio'\n", "observations.melt.X"),
        ("[observations.melt]\nX = 'dscr'\nY = 'dscr'\n", "observations.melt.Y"),
        ("[observations]\ncolumns = { value = 'V' }\nmelt = { X = 'dscr' }\n", "observations.columns.value"),
        ("[ratings]\ncolumns = { agency = 'A' }\nconstants = { agency = 'B' }\n", "ratings.constants.agency"),
        ("[ratings.dates]\nformats = ['%d/%m']\n", "ratings.dates.formats.0"),
        ("[facilities.numbers]\ndecimal = ','\nthousands = ','\n", "facilities.numbers"),
        ("[facilities.numbers]\nin_percent = ['name']\n", "facilities.numbers.in_percent"),
        ("[ratings.dates]\nformats = ['%d/%m/%Y %Q']\n", "ratings.dates.formats.0"),
        ("[file]\ndelimiter = '::'\n", "file.delimiter"),
        ("[file]\nheader_row = 0\n", "file.header_row"),
        ("[customers.join]\nid = 'branch'\n", "customers.join.id"),
        ("[customers.join]\nid = '{branch'\n", "customers.join.id"),
        ("[customers.join]\nnumber = '{branch}'\n", "customers.join.number"),
        ("[customers]\ncolumns = { id = 'A' }\njoin = { id = '{B}' }\n", "customers.join.id"),
        ("[outcomes.values.happening]\nA = 'default'\n", "outcomes.values.happening"),
        ("[facilities.units]\nlimit = 'dozen'\n", "facilities.units.limit"),
        ("[facilities.units]\nlgd = '万'\n", "facilities.units.lgd"),
        ("[statements.numbers]\nunit = 'dozen'\n", "statements.numbers.unit"),
        ("[statements]\nconstants = { unit = '万' }\nnumbers = { unit = '万' }\n", "statements.constants.unit"),
        ("[ratings.numbers]\nunit = '万'\n", "ratings.numbers.unit"),
        ("not toml", ""),
    ],
)
def test_a_wrong_key_is_named(toml, key):
    with pytest.raises(MapRefused) as refused:
        parse_mapping(toml.encode())

    assert key in [problem.key for problem in refused.value.problems]


def test_every_wrong_key_is_named_not_only_the_first():
    with pytest.raises(MapRefused) as refused:
        parse_mapping(b"[ratings.columns]\nletter = 'L'\nwhen = 'W'\n")

    assert [problem.key for problem in refused.value.problems] == ["ratings.columns.letter", "ratings.columns.when"]


def test_numbers_and_dates_of_toml_are_constants_as_they_are_written():
    mapping = parse_mapping(b"[facilities.constants]\nlgd = 0.45\nas_of = 2026-03-31\n")

    assert mapping.facilities.constants == {"lgd": "0.45", "as_of": "2026-03-31"}


@pytest.mark.parametrize("name", ["", "nowhere.toml"])
def test_a_mapping_that_is_not_there_is_refused_by_name(tmp_path, name):
    with pytest.raises(FileRefused) as refused:
        read_mapping(tmp_path / name)

    assert refused.value.facts["file"] == str(tmp_path / name)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_the_examples_of_the_handbook_are_valid(path):
    assert read_mapping(path).mentioned()


def test_the_handbook_names_every_column_and_its_example_is_valid():
    handbook = (EXAMPLES.parent / "import.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", handbook, re.DOTALL)

    assert parse_mapping(example.encode()).facilities
    for kind in KINDS.values():
        row = re.search(rf"^\| {kind.name} \| (.*) \|$", handbook, re.MULTILINE)[1]
        columns = re.sub(r" \([^)]*\)|\*", "", row).split(", ")
        assert columns == [field.name for field in kind.fields]
