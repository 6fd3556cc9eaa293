"""The command line: every exit code, every sentence, and nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.customers import customers
from storage.database import Database
from storage.sight import EVERYTHING
from tests.bot.conftest import Typed, written
from tests.databases import fresh_postgres

CUSTOMERS = "id,name,sector\nACME,Acme Steel,Metals\nNOVA,Nova Power,Energy\n"


def how_many() -> int:
    """Customers on record."""
    database = Database("sqlite:///riskbot.db")
    try:
        with database.begin(EVERYTHING) as tx:
            return customers.count(tx)
    finally:
        database.close()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "frobnicate",
        "import",
        "import customers",
        "import gadgets x.csv",
        "export gadgets x.csv",
        "export rates x.csv --as-of soon",
        "run --loud",
        "digest --send now",
    ],
)
def test_a_line_that_is_not_understood_is_answered_with_the_usage(typed: Typed, line: str):
    code, said, complained = typed(*line.split())

    assert code == 2
    assert said == ""
    assert complained.startswith("usage: python -m bot")


@pytest.mark.parametrize(
    "line", ["--help", "run --help", "migrate --help", "import --help", "export --help", "digest --help", "demo --help"]
)
def test_every_command_explains_itself(typed: Typed, line: str):
    code, said, _complained = typed(*line.split())

    assert code == 0
    assert said.startswith("usage: python -m bot")


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({}, "SLACK_BOT_TOKEN is missing: expected the bot token"),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is wrong: it holds a token of another kind"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET is missing: HTTP mode needs it (or set SLACK_APP_TOKEN for Socket Mode)"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN is wrong"),
        ({"PORT": "eighty"}, "PORT is wrong: "),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL is wrong: "),
    ],
)
def test_the_start_is_refused_by_the_name_of_the_variable(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], complaint: str
):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    code, said, complained = typed("run")

    assert code == 1
    assert said == ""
    assert complained.startswith(complaint)
    assert "Traceback" not in complained


def test_an_old_postgresql_is_refused_with_the_command_to_type_which_mends_it(typed: Typed, monkeypatch: pytest.MonkeyPatch, postgres: str):
    monkeypatch.setenv("DATABASE_URL", fresh_postgres(postgres))
    file = written("customers.csv", CUSTOMERS)

    refused, migrated, imported = typed("import", "customers", file), typed("migrate"), typed("import", "customers", file)

    assert refused == (1, "", "DATABASE_URL: the tables are not those of this version. Type: python -m bot migrate\n")
    assert migrated[0] == 0
    assert migrated[1].startswith("The tables are at revision ")
    assert imported[0] == 0
    assert "2 new" in imported[1]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[alerts]\nred_hour = 4\n", "policy.toml: alerts.red_hour: "),
        ("[alerts]\nred_hours = 'soon'\n", "policy.toml: alerts.red_hours: "),
        ("[digest]\ntimezone = 'Atlantis/Capital'\n", "policy.toml: digest"),
        ("[channels]\naudit = ''\n", "policy.toml: channels.audit: "),
        ("[channels]\nalerts = ' '\n", "policy.toml: channels.alerts: "),
        ("[language.channels]\n'' = 'zh-CN'\n", "policy.toml: language.channels."),
        ("[privacy.channels]\n'a b' = 'public'\n", "policy.toml: privacy.channels."),
        ("not toml at all", "policy.toml: not TOML: "),
        (f"a = {'[' * 900}", "policy.toml: not TOML: nested more than"),
        ("a = 1\n" + " " * 1_000_001, "policy.toml: larger than the 1 MB"),
        (None, "policy.toml: No such file or directory"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_by_its_key(typed: Typed, monkeypatch: pytest.MonkeyPatch, text: str | None, named: str):
    if text is not None:
        written("policy.toml", text)
    monkeypatch.setenv("RISKBOT_POLICY", "policy.toml")

    code, said, complained = typed("import", "customers", written("customers.csv", CUSTOMERS))

    assert (code, said) == (1, "")
    assert complained.startswith(named)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["audit", "export", "trail.csv", "--until", "9999-12-31"], "expected a day from 1900-01-01 to 2199-12-31"),
        (["audit", "export", "trail.csv", "--since", "0001-01-01"], "expected a day from 1900-01-01 to 2199-12-31"),
        (["export", "rates", "x.csv", "--as-of", "9999-12-31"], "expected a day from 1900-01-01 to 2199-12-31"),
        (["score", "--as-of", "9999-12-31"], "expected a day from 1900-01-01 to 2199-12-31"),
        (["audit", "export", "trail.csv", "--subject", "R-1\x07"], "subject 'R-1\ufffd' holds a character that cannot be kept, U+0007"),
        (["audit", "export", "a\nb.csv"], "file 'a\\nb.csv' holds a character that cannot be kept, U+000A"),
        (["import", "customers", "a\udcff.csv"], "file 'a\ufffd.csv' holds a character that cannot be kept, U+DCFF"),
        (["audit", "erase", "--customer", "", "--reason", "as asked for in writing"], "customer is empty"),
        (["audit", "erase", "--customer", "ACME\u202e", "--reason", "as asked for in writing"], "U+202E"),
        (["validate", "--horizon", "99999999999999999999"], "--horizon 99999999999999999999 is out of bounds"),
        (["validate", "--without", "\x1b[31m"], "U+001B"),
    ],
)
def test_a_hostile_word_is_refused_by_name(typed: Typed, words: list[str], said: str):
    code, told, complained = typed(*words)

    assert code in {1, 2}
    assert told == ""
    assert said in complained
    assert "Traceback" not in complained


def test_an_import_says_what_it_did_and_a_second_changes_nothing(typed: Typed):
    file = written("customers.csv", CUSTOMERS)

    first, second = typed("import", "customers", file), typed("import", "customers", file)

    assert (first[0], second[0]) == (0, 0), first[2] + second[2]
    assert "Read 2 rows of customers.csv" in first[1]
    assert "Customers: 2 new, 0 changed, 0 unchanged." in first[1]
    assert "Customers: 0 new, 0 changed, 2 unchanged." in second[1]


def test_a_dry_run_counts_and_changes_nothing(typed: Typed):
    code, said, _complained = typed("import", "customers", written("customers.csv", CUSTOMERS), "--dry-run")

    assert code == 0
    assert "2 new" in said
    assert "This was a dry run: nothing was changed." in said
    assert how_many() == 0


def test_one_bad_row_refuses_the_file_and_names_row_column_value_and_what_would_do(typed: Typed):
    file = written("observations.csv", "customer,indicator,as_of,value\nACME,dscr,2026-01-31,1.2\nACME,dscr,31/02/2026,1.3\n")
    typed("import", "customers", written("customers.csv", CUSTOMERS))

    code, said, complained = typed("import", "observations", file)

    assert (code, said) == (1, "")
    for part in ("as_of", "31/02/2026", "Nothing was imported from observations.csv", "--skip-bad", "observations.rejects.csv"):
        assert part in complained
    assert "31/02/2026" in Path("observations.rejects.csv").read_text("utf-8")


def test_skip_bad_loads_the_others_and_keeps_the_refused_where_it_was_told(typed: Typed):
    code, said, _complained = typed(
        "import", "customers", written("c.csv", CUSTOMERS + ",Nobody,Air\n"), "--skip-bad", "--rejects", "refused.csv"
    )

    assert code == 0
    assert "1 row was refused; see refused.csv." in said
    assert how_many() == 2
    assert "Nobody" in Path("refused.csv").read_text("utf-8")


def test_unknown_columns_are_named_and_refused_only_if_asked(typed: Typed):
    file = written("c.csv", "id,name,shoe_size\nACME,Acme Steel,45\n")

    strict, usual = typed("import", "customers", file, "--strict"), typed("import", "customers", file)

    assert strict[0] == 1
    assert "shoe_size" in strict[2]
    assert usual[0] == 0
    assert "Ignored columns: shoe_size." in usual[1]


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_read_is_named(typed: Typed, name: str):
    code, _said, complained = typed("import", "customers", name)

    assert code == 1
    assert "Nothing was imported from" in complained
    assert "Traceback" not in complained


def test_a_mapping_that_makes_no_sense_is_refused_by_its_key(typed: Typed):
    mapping = written("map.toml", "[customers]\ncolumns = { id = 7 }\n")

    code, _said, complained = typed("import", "customers", written("c.csv", CUSTOMERS), "--map", mapping)

    assert code == 1
    assert "columns" in complained


def test_a_mapping_renames_columns(typed: Typed):
    mapping = written("map.toml", '[customers]\ncolumns = { id = "Code", name = "Firm" }\n')

    code, said, complained = typed("import", "customers", written("c.csv", "Code,Firm\nACME,Acme Steel\n"), "--map", mapping)

    assert (code, complained) == (0, "")
    assert "Customers: 1 new" in said


def test_the_digest_is_printed_or_queued(typed: Typed):
    typed("import", "customers", written("c.csv", CUSTOMERS))

    printed, queued = typed("digest"), typed("digest", "--send")

    assert printed[0] == 0
    assert printed[1].startswith("Nothing new.\n")
    assert "1 file loaded: customers 2 new, 0 changed" in printed[1]
    assert queued == (0, "The digest is queued; the running bot posts it.\n", "")


def test_a_channel_without_a_digest_is_refused_with_those_that_have_one(typed: Typed):
    code, _said, complained = typed("digest", "--channel", "#deals")

    assert code == 1
    assert complained == "--channel deals: this channel has no digest; there are: risk-digest\n"


@pytest.mark.long
def test_the_sample_book_is_loaded_and_a_second_time_changes_nothing_today(typed: Typed):
    first, second = typed("demo"), typed("demo")

    assert (first[0], second[0]) == (0, 0), first[2] + second[2]
    assert how_many() == 240
    assert first[1].startswith("The sample book has 240 borrowers; all of them are invented.\n")
    assert "No change since it was loaded." in second[1]


def test_a_newer_database_is_refused_with_what_to_do(typed: Typed):
    typed("migrate")
    database = Database("sqlite:///riskbot.db")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of-tomorrow'")
    database.close()

    code, _said, complained = typed("digest")

    assert code == 1
    assert complained.startswith("DATABASE_URL: a newer version of Riskbot has changed these tables.")


def test_an_export_is_written_once_and_imports_again_without_a_change(typed: Typed):
    typed("import", "customers", written("customers.csv", CUSTOMERS))

    code, said, _complained = typed("export", "customers", "book.xlsx")
    again, _said, complained = typed("export", "customers", "book.xlsx")

    assert (code, said.split(" in ")[0]) == (0, "Wrote 2 facts to book.xlsx")
    assert (again, complained) == (1, "book.xlsx exists; --force replaces it.\n")
    assert "0 new, 0 changed, 2 unchanged" in typed("import", "customers", "book.xlsx")[1]


def test_a_preview_shows_what_a_file_seems_to_be_and_writes_nothing(typed: Typed):
    Path("kunden.csv").write_bytes("Kundennummer;Firma;Währung\nC1;Müller;EUR\nC2;Söhne;RMB\n".encode("cp1252"))

    code, said, complained = typed("import", "customers", "kunden.csv", "--preview")

    assert (code, complained) == (0, "")
    assert said.startswith(
        "kunden.csv: CSV in windows-1252, columns divided by semicolons. Row 1 names the columns. It seems to hold Customers."
    )
    assert 'encoding = "windows-1252"' in said
    assert "C1  Müller  EUR" in said
    assert "Row 3, Währung = “RMB”" in said
    assert sorted(path.name for path in Path().iterdir()) == ["kunden.csv"]


def test_a_preview_of_something_that_is_no_table_is_refused(typed: Typed):
    Path("book.xls").write_text("<html>")

    code, said, complained = typed("import", "customers", "book.xls", "--preview")

    assert (code, said) == (1, "")
    assert "HTML" in complained


def test_scores_are_exported_with_the_facts(typed: Typed):
    typed("import", "customers", written("customers.csv", CUSTOMERS))
    typed("score")

    assert typed("export", "scores", "scores.csv")[1].startswith("Wrote 2 scores to scores.csv in ")
