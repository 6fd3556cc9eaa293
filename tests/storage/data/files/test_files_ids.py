"""The ids of an import: what banks use passes as it stands; what looks like a path, markup or another id is refused by its cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from commands.data.file_words import refusal_in_words
from storage.data.files import stage

TODAY = date(2026, 11, 23)
HOSTILE = {
    "a path upward": "../../etc/passwd",
    "a path": "a/b",
    "a path of another system": "a\\b",
    "a folder": ".",
    "the folder above": "..",
    "a tag": "<b>C1</b>",
    "a mention": "<!channel>",
    "an entity": "C&amp;1",
    "code": "`C1`",
    "bold": "*C1*",
    "struck": "~C1~",
    "two in one": "C1|C2",
    "a bell": "C\x07",
    "NUL in the middle": "C\x7f1",
    "a line break": "C\n1",
    "an override of direction": "C\u202e1",
    "an isolate": "C\u20661",
    "a mark of direction": "C\u200e1",
    "an Arabic mark": "C\u061c1",
    "a zero-width space": "C\u200b1",
    "a joiner": "C\u200d1",
    "a soft hyphen": "C\u00ad1",
    "a word joiner": "C\u20601",
    "a byte order mark": "C\ufeff1",
    "a grapheme joiner": "C\u034f1",
    "a variation": "C1\ufe0f",
    "a tag that nobody sees": "C\U000e00411",
    "a filler": "C\u31641",
    "an empty braille cell": "C\u28001",
    "no character": "C\ufffe1",
    "an unbreakable space": "C\u00a01",
    "a wide space": "C\u30001",
    "two spaces": "C  1",
    "too long": "C" * 65,
}
FINE = [
    *("C-1042", "C 1042", "C.1042", "C_1042", "1042#A", "DE:1042", "Müller-1", "客户-1042"),
    *("ACME (UK)", "O'Neil", "A+B", "R-26", "x" * 64, "  C7  "),
]
KINDS = {
    "customers": ("id", "id,name\n{},Acme\n"),
    "facilities": ("id", "id,customer,kind,currency,limit,outstanding\n{},C1,term_loan,EUR,1,1\n"),
    "observations": ("customer", "customer,indicator,as_of,value\n{},dscr,2026-01-01,1\n"),
}


def quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_id_is_refused_by_row_column_and_value(tmp_path: Path, kind: str, what: str):
    column, text = KINDS[kind]
    (tmp_path / "book.csv").write_text(text.format(quoted(HOSTILE[what])), "utf-8", newline="")
    with stage(kind, tmp_path / "book.csv", today=TODAY) as staged:  # type: ignore[arg-type]
        found = list(staged.refusals())
        kept = staged.facts

    assert kept == 0
    assert [(refusal.row, refusal.column, refusal.value) for refusal in found] == [(2, column, HOSTILE[what])]
    assert f"Row 2, {column} = “" in str(refusal_in_words(found[0]))


@pytest.mark.parametrize("id", FINE)
def test_the_ids_of_banks_pass_as_they_stand(tmp_path: Path, id: str):
    (tmp_path / "book.csv").write_text(f"id,name\n{id},Acme\n", "utf-8")
    with stage("customers", tmp_path / "book.csv", today=TODAY) as staged:
        assert (staged.refused_rows, staged.facts) == (0, 1)
        assert list(staged.named(staged.kind.fields[0])) == [[id.strip()]]
