"""The import as a whole: everything, or with --skip-bad everything good, or nothing."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import Workbook

from commands.data.importing import ImportRefused, run_import
from storage.customers.customers import count, get
from storage.sight import EVERYTHING

MONDAY = datetime(2026, 3, 30, 9, tzinfo=UTC)
GOOD_AND_BAD = "id,name,currency,shoe size\nC1,Acme,EUR,44\nC2,,EUR,45\nC3,=Bolt(),euro,46\n"


@pytest.fixture
def bring(database, tmp_path, monkeypatch):
    """Import a text from a working directory of its own."""
    monkeypatch.chdir(tmp_path)

    def import_text(kind, text, name="book.csv", **options):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return run_import(database, kind, tmp_path / name, **{"at": MONDAY, **options})

    return import_text


def customers(database):
    with database.begin(EVERYTHING) as tx:
        return count(tx)


def test_one_bad_row_refuses_the_file_and_names_the_cell(database, bring, tmp_path):
    with pytest.raises(ImportRefused) as refused:
        bring("customers", GOOD_AND_BAD)

    report = refused.value.report
    assert report.lines() == [
        "Ignored columns: shoe size.",
        "Row 3, name is empty; expected a value (this cell must not be empty).",
        "Row 4, currency = “euro”; expected a currency's ISO code, probably EUR.",
        "2 rows were refused; see book.rejects.csv.",
        "Nothing was imported from book.csv: correct these rows, or load the others with --skip-bad.",
    ]
    assert (customers(database), report.loaded) == (0, False)
    assert len(list(csv.reader((tmp_path / "book.rejects.csv").read_text(encoding="utf-8").splitlines()))) == 3


def test_skip_bad_loads_the_rest(database, bring):
    report = bring("customers", GOOD_AND_BAD, skip_bad=True)

    assert (report.added, report.refused, report.loaded, customers(database)) == (1, 2, True, 1)


def test_corrected_rejects_can_be_imported_as_they_are(database, bring, tmp_path):
    bring("customers", GOOD_AND_BAD, skip_bad=True)
    corrected = (tmp_path / "book.rejects.csv").read_text(encoding="utf-8").replace("C2,,", "C2,Bolt,").replace(",euro,4", ",EUR,4")

    report = bring("customers", corrected, name="corrected.csv")

    assert (report.added, customers(database)) == (2, 3)


def test_a_dry_run_counts_and_changes_nothing(database, bring):
    told = []

    report = bring("customers", "id,name\nC1,Acme\n", dry_run=True, after_load=lambda tx, loaded: told.append(loaded))

    assert (report.added, report.import_id, report.loaded, customers(database), told) == (1, None, False, 0, [])
    assert report.lines()[-1] == "This was a dry run: nothing was changed."


def test_what_follows_a_load_stands_or_falls_with_it(database, bring):
    def fail(tx, loaded):
        assert loaded.added == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bring("customers", "id,name\nC1,Acme\n", after_load=fail)

    assert customers(database) == 0


def test_the_same_file_again_changes_nothing(bring):
    first = bring("customers", "id,name\nC1,Acme\nC1,Acme\n")
    again = bring("customers", "id,name\nC1,Acme\nC1,Acme\n", at=MONDAY + timedelta(days=1))

    assert (first.added, first.merged) == (1, 1)
    assert (again.added, again.changed, again.unchanged, again.import_id) == (0, 0, 1, None)


@pytest.mark.parametrize(("as_of", "accepted"), [("2026-03-30", True), ("2026-04-02", False)])
def test_no_observation_comes_from_the_future(bring, as_of, accepted):
    bring("customers", "id,name\nC1,Acme\n")
    text = f"customer,indicator,as_of,value\nC1,dscr,{as_of},1\n"

    if accepted:
        assert bring("observations", text).added == 1
    else:
        with pytest.raises(ImportRefused, match="a date from 1900-01-01 to"):
            bring("observations", text)


def test_a_day_that_has_begun_somewhere_on_earth_is_not_the_future(bring):
    bring("customers", "id,name\nC1,Acme\n")
    evening = datetime(2026, 3, 30, 17, tzinfo=UTC)

    assert bring("observations", "customer,indicator,as_of,value\nC1,dscr,2026-03-31,1\n", at=evening).added == 1


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[customers.columns]\nnumber = 'Nr'\n", "The mapping file's key customers.columns.number: not a column of customers"),
        (
            "[customers.constants]\ncurrency = 'euro'\n",
            "key customers.constants.currency = “euro”; expected a currency's ISO code, probably EUR",
        ),
        ("[ratings]\n", "The mapping has no \\[customers\\] section"),
        ("= 3", "The mapping file is not TOML"),
    ],
)
def test_a_wrong_mapping_is_said_in_a_sentence(bring, tmp_path, toml, sentence):
    (tmp_path / "map.toml").write_text(toml)

    with pytest.raises(ImportRefused, match=sentence):
        bring("customers", "id,name\nC1,Acme\n", mapping_path=tmp_path / "map.toml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty"),
        ("nr;name\nC1;Acme\n", "Missing columns: id. The file has: nr, name"),
        ("id,name,name\n", "more than once: name"),
        ('id,name\nC1,"Acme\n', "Line 2 is not CSV"),
    ],
)
def test_an_unreadable_file_is_said_in_a_sentence(bring, text, sentence):
    with pytest.raises(ImportRefused, match=sentence):
        bring("customers", text)


def test_a_missing_file_and_a_folder_are_named(database, tmp_path):
    for path, sentence in ((tmp_path / "nowhere.csv", "There is no file"), (tmp_path, "is a folder")):
        with pytest.raises(ImportRefused, match=sentence):
            run_import(database, "customers", path, at=MONDAY)


def test_nothing_is_loaded_whose_rejects_cannot_be_kept(database, bring, tmp_path):
    with pytest.raises(ImportRefused, match="The rejects cannot be written"):
        bring("customers", GOOD_AND_BAD, skip_bad=True, rejects=tmp_path / "no" / "such" / "folder.csv")

    assert customers(database) == 0


def test_a_refused_value_cannot_drive_the_terminal(bring):
    with pytest.raises(ImportRefused) as refused:
        bring("customers", "id,name,ki\x1b]0;x\nC1,\x1b[2Jgone\u202e,\n")

    assert all(line.isprintable() for line in refused.value.report.lines())


def test_a_bar_is_shown_when_asked_for_and_not_otherwise(bring, capsys):
    bring("customers", "id,name\nC1,Acme\n")
    quiet = capsys.readouterr().err
    bring("customers", "id,name\nC2,Bolt\n", progress=True)

    assert quiet == ""
    assert "Reading" in capsys.readouterr().err


def test_a_name_is_kept_as_it_is_whatever_it_looks_like(database, bring):
    bring("customers", "id,name\nC1,=HYPERLINK(1)\n")

    with database.begin(EVERYTHING) as tx:
        assert get(tx, "C1").name == "=HYPERLINK(1)"


def test_indicators_that_no_kri_watches_are_mentioned(bring, policy):
    bring("customers", "id,name\nC1,Acme\n")
    lines = "".join(f"C1,{name},2025-12-31,1\n" for name in ("dscr", "a", "b", "c", "d", "e", "f"))

    report = bring("observations", f"customer,indicator,as_of,value\n{lines}", policy=policy)

    assert report.lines()[-1] == "6 indicators without a KRI: a, b, c, d, e, …."


def test_rows_that_the_mapping_leaves_out_are_counted(bring, tmp_path):
    bring("customers", "id,name\nC1,Acme\n")
    (tmp_path / "map.toml").write_text("[outcomes.values.event]\n0 = ''\n1 = 'default'\n")

    report = bring("outcomes", "customer,event,as_of\nC1,0,2025-12-31\nC1,1,2025-12-31\n", mapping_path=tmp_path / "map.toml")

    assert report.lines()[1:] == ["1 row was left out, as the mapping says.", "Outcomes: 1 new, 0 changed, 0 unchanged."]


def test_corrected_rejects_of_a_workbook_are_read_with_the_mapping_of_the_workbook(bring, database, tmp_path):
    book = Workbook()
    book.active.title = "Kunden"
    for line in (["Our customers"], ["Nr", "Firma", "seit"], ["C1", "=Acme", date(2020, 2, 29)], [None, "-Bolt", date(2021, 1, 1)]):
        book.active.append(line)
    book.active["B3"].data_type = "s"
    book.active["B4"].data_type = "s"
    book.save(tmp_path / "kunden.xlsx")
    toml = '[file]\nsheet = "Kunden"\nheader_row = 2\ndelimiter = ";"\n[customers]\n'
    toml += 'columns = { id = "Nr", name = "Firma", since = "seit" }\ndates = { formats = ["%d.%m.%Y"] }\n'
    (tmp_path / "map.toml").write_text(toml)
    run_import(database, "customers", tmp_path / "kunden.xlsx", at=MONDAY, mapping_path=tmp_path / "map.toml", skip_bad=True)

    rejects = (tmp_path / "kunden.rejects.csv").read_text(encoding="utf-8")
    bring("customers", rejects.replace(",,'-Bolt", ",C2,'-Bolt"), name="corrected.csv", mapping_path=tmp_path / "map.toml")

    assert ",,'-Bolt,01.01.2021" in rejects
    with database.begin(EVERYTHING) as tx:
        assert (get(tx, "C1").name, get(tx, "C2").name) == ("=Acme", "-Bolt")


def test_a_workbook_that_cannot_be_read_is_said_in_a_sentence(bring):
    with pytest.raises(ImportRefused, match="is named as XLSX but contains CSV; rename it"):
        bring("customers", "id,name\n", name="book.xlsx")
