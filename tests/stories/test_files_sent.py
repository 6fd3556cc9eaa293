"""A file is sent to the bot, looked at, corrected and imported, by somebody with the right for it and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.desk import Desk, ask, buttons, newest, open_desk, press, words

NEW = "Kundennummer;Firma;Branche\nC-77;Böhm Stahl;Metals\nC-78;Łódź Węgiel;Energy\n"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A bot whose first administrator is Eva."""
    with open_desk(admins=("U0EVA",)) as opened:
        yield opened


def sent(who, name, content, text=""):
    """Send a file in a direct message, and read the answer to it."""
    last = newest(who, "dm")
    own = who.send_file("dm", name, content, text)
    return who.wait_message("dm", lambda message: message["ts"] > own["ts"] and not message.get("files"), after=last)


def test_a_file_is_previewed_and_imported_once_with_its_person_on_record(desk: Desk):
    ana = desk.person("ana")

    seen = sent(ana, "kunden.csv", NEW.encode())

    assert "kunden.csv: CSV in utf-8, columns divided by semicolons." in words(seen)
    assert "It seems to hold Customers." in words(seen)
    assert "C-77" in words(seen)
    assert buttons(seen) == ["file.import", "file.map", "file.cancel"]
    assert "“Böhm Stahl”" not in words(ask(ana, "/risk find Böhm"))

    done, again = press(ana, seen, "file.import", "dm"), press(ana, seen, "file.import", "dm")
    assert "2 new, 0 changed, 0 unchanged" in words(done)
    assert "0 new, 0 changed, 2 unchanged" in words(again)
    assert "Böhm Stahl" in words(ask(ana, "/risk find Böhm"))
    assert "Newest files: kunden.csv (customers, ana, " in words(ask(ana, "/risk data"))


def test_refused_rows_come_as_a_file_and_the_others_may_be_imported(desk: Desk):
    ana = desk.person("ana")
    seen = sent(ana, "neu.csv", b"id,name,currency\nC-80,Good AG,EUR\nC-81,Bad AG,RMB\n")

    refused = press(ana, seen, "file.import", "dm")
    rejects = ana.wait_message("dm", lambda message: any("rejects" in file["name"] for file in message.get("files", [])))
    last = newest(ana, "dm")
    assert ana.press(refused, "file.rest")["ok"]
    rest = ana.wait_message("dm", "1 new, 0 changed, 0 unchanged", after=last)

    assert "Nothing was imported from neu.csv." in words(refused)
    assert "expected a currency's ISO code, probably CNY" in words(refused)
    assert rejects
    assert rest


def test_another_mapping_is_typed_into_a_form(desk: Desk):
    ana = desk.person("ana")
    seen = sent(ana, "bestand.csv", b"Nr;wer;Art;Whg;Limit;Saldo\nF9;ACME;bond;EUR;900.000;1.000\n", "facilities")
    assert buttons(seen) == ["file.map", "file.cancel"]
    assert "may be grouped thousands" in words(seen) or "Missing columns" in words(seen)

    assert ana.press(seen, "file.map")["ok"]
    form = ana.wait_modal(wanted="Change mapping")
    mapping = '[facilities]\ncolumns = { id = "Nr", customer = "wer", kind = "Art", currency = "Whg", outstanding = "Saldo" }\n'
    wrong = ana.submit(form, {"kind": "facilities", "mapping": "[facilities]\ncolums = {}\n"})
    last = newest(ana, "dm")
    assert ana.submit(form, {"kind": "facilities", "mapping": f'{mapping}numbers = {{ decimal = ",", thousands = "." }}\n'})["ok"]
    better = ana.wait_message("dm", "900000", after=last)

    assert not wrong["ok"]
    assert "1 new" in words(press(ana, better, "file.import", "dm"))


def test_what_is_no_table_and_what_is_too_large_is_said(desk: Desk):
    ana = desk.person("ana")

    assert "HTML" in words(sent(ana, "export.xls", b"<html><table></table></html>"))
    assert "at most 20 are imported from Slack" in words(sent(ana, "huge.csv", b"id,name\n" + b"x" * (21 << 20)))


def test_nobody_imports_without_the_right(desk: Desk):
    omar, eva = desk.person("omar"), desk.person("eva")
    press(eva, ask(eva, "/risk people <@U0OMAR|omar> analyst"), "people.first")

    omar.send_file("dm", "kunden.csv", NEW.encode())

    assert "You need the role" in words(omar.wait_message("dm", "to import files"))
