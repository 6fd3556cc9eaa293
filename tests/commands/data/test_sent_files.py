"""Files sent in a direct message: what the preview doubts before anything is imported, and what may be pressed then."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from commands.kit.contract import Reply
from commands.kit.input import inline
from commands.kit.registry import registry
from storage.data.files import parse_mapping, preview, stage
from tests.commands.conftest import Book, text_of
from tests.conftest import MONDAY

LEDGER = """id,customer,kind,currency,granted_sum,drawn,days_past_due,overdue,as_of
VK-1,ACME,term_loan,EUR,360000000,340000000,35,12000000,2026-11-20
"""


class Sent:
    """A file of Ana's in a direct message, and the buttons under the answers to it."""

    def __init__(self, book: Book, folder: Path, text: str) -> None:
        self.book, self.file, self.key = book, folder / "sent.csv", ""
        self.file.write_text(text, "utf-8")

    def press(self, action: str, **values: str) -> Reply:
        def looked_at(_file: str, kind: str, mapping: str):
            return preview(self.file, kind or None, parse_mapping(mapping.encode()) if mapping else None, today=MONDAY.date())

        with ExitStack() as opened:

            def staged(_file: str, kind: str, mapping: str):
                read_as = parse_mapping(mapping.encode()) if mapping else None
                return opened.enter_context(stage(kind, self.file, read_as, today=MONDAY.date()))

            request = self.book._request("U0ANA", looked_at=looked_at, staged=staged)
            reply = self.book._run(action, inline.check(registry().actions[action], values), request)
        keys = [button["value"] for block in reply.blocks for button in block.get("elements", []) if button.get("type") == "button"]
        self.key = keys[0] if keys else self.key
        return reply

    def look(self) -> str:
        return text_of(self.press("file.look", file="F0123").blocks)

    def load(self) -> str:
        return text_of(self.press("file.import", key=self.key).blocks)


@pytest.fixture
def send(one_book: Book, tmp_path: Path):
    return lambda text: Sent(one_book, tmp_path, text)


def buttons(reply: Reply) -> list[str]:
    return [
        button["action_id"].partition(":")[0] for block in reply.blocks for button in block.get("elements", []) if "action_id" in button
    ]


def test_a_ledger_with_an_unknown_heading_is_no_file_of_incidents(send):
    said = send(LEDGER).look()

    assert "It seems to hold Facilities." in said
    assert "Missing columns: limit." in said
    # nobody in Slack types options
    assert "--" not in said


def test_a_preview_says_when_most_columns_are_not_used_and_which_kinds_are_none(send):
    sent = send("customer,kind,as_of,mood,colour,weight,height\nACME,term_loan,2026-11-20,a,b,c,d\n")
    said = sent.look()

    assert "Most columns are not used: 4 of 7. Is it really a file of Incidents?" in said
    assert "No kind of incident: term_loan. The policy has documents," in said
    assert "Nothing was imported" in sent.load()


def test_a_preview_counts_customers_and_facilities_that_are_not_on_record(send):
    said = send("customer,indicator,as_of,value\nACME,dscr,2026-11-20,1.2\nNEMO,dscr,2026-11-20,1.2\nGONE,dscr,2026-11-20,1.2\n").look()
    assert "2 customers are not on record: GONE, NEMO. Their rows would be refused." in said

    said = send("facility,due,principal,interest\nF1,2026-12-11,10,1\nF99,2026-12-11,10,1\n").look()
    assert "1 facility is not on record: F99." in said


@pytest.mark.parametrize(
    ("indicator", "value", "doubt"),
    [
        ("debt_ratio", "85.8", "Debt ratio 85.8: read as 8,580%, and possible are 0% to 500%. If 85.8 per cent is meant, write 0.858."),
        ("utilisation", "97", "Limit utilisation 97: read as 9,700%, and possible are 0% to 200%. If 97 per cent is meant, write 0.97."),
        (
            "dscr",
            "117",
            "read as 117.00×, and possible are -20.00× to 50.00×. If 117 per cent is meant, write 1.17.",
        ),
        ("days_past_due", "-3", "Days past due -3: read as -3 days, and possible are 0 days to 3650 days."),
        ("gross_margin", "42", "Gross margin 42: read as 4,200%, and possible are -300% to 300%. If 42 per cent is meant, write 0.42."),
    ],
)
def test_a_value_that_cannot_be_is_questioned_in_the_preview_and_after_the_import(send, indicator, value, doubt):
    sent = send(f"customer,indicator,as_of,value\nACME,{indicator},2026-11-20,{value}\n")

    assert doubt in sent.look()
    assert doubt in sent.load()


def test_a_value_that_can_be_is_not_questioned(send):
    said = send("customer,indicator,as_of,value\nACME,debt_ratio,2026-11-20,0.858\nACME,dscr,2026-11-20,-2\n").look()
    assert "What looks odd" not in said


def test_another_kind_is_read_by_a_mapping_of_its_own(send):
    sent = send("customer,kind,date\nACME,other,2026-11-20\n")
    sent.look()
    shown = sent.press("file.map", key=sent.key, kind="ratings", mapping='[incidents.columns]\nas_of = "date"\n')
    assert "[ratings]" not in text_of(shown.blocks)
    assert "Missing columns: rating" in text_of(shown.blocks)


def test_the_other_rows_are_offered_only_if_there_are_others(send):
    none = send("customer,indicator,as_of,value\nNEMO,dscr,2026-11-20,1.2\n")
    none.look()
    assert buttons(none.press("file.import", key=none.key)) == ["file.map", "file.cancel"]

    some = send("customer,indicator,as_of,value\nNEMO,dscr,2026-11-20,1.2\nACME,dscr,2026-11-20,1.2\n")
    some.look()
    assert buttons(some.press("file.import", key=some.key)) == ["file.rest", "file.map", "file.cancel"]
