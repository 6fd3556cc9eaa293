"""Tables: typed cells become the block that readers sort, and the older form of it reads the same."""

from __future__ import annotations

from datetime import date

import wcwidth

from commands.kit import blocks, tables
from commands.kit.i18n import Reader, reading
from commands.kit.older_blocks import in_view, older
from playground.block_kit.limits import check_message

TABLE, CHART = "data_table", "data_visualization"


def accepted(*body: dict) -> bool:
    """Whether Slack takes these blocks, by the playground's rules; it raises otherwise."""
    check_message({"text": "a", "blocks": list(body)}, {}, frozenset())
    return True


def older_lines(table: dict) -> list[str]:
    return [
        line for block in older([table], {TABLE}, lambda chart: chart) for line in block["elements"][0]["elements"][0]["text"].splitlines()
    ]


def column(table: dict, at: int) -> list[dict]:
    return [row[at] for row in table["rows"][1:]]


def order(table: dict, at: int) -> list[str]:
    """The texts of a column as Slack sorts them: by value if every cell has one, else by letters."""
    cells = column(table, at)
    by_value = all(cell["type"] == "raw_number" for cell in cells)
    return [cell["text"] for cell in sorted(cells, key=lambda cell: cell["value"] if by_value else cell["text"])]


def test_amounts_sort_by_their_value_and_a_missing_one_before_all_of_them():
    rows = [["A", tables.figure("EUR 10 m", 1e7)], ["B", tables.figure("–", None)], ["C", tables.figure("EUR 9.1 m", 9.1e6)]]
    table = tables.table(["Customer", "Exposure"], rows, caption="Exposure")

    assert accepted(table)
    assert order(table, 1) == ["–", "EUR 9.1 m", "EUR 10 m"]
    assert all(cell["value"] for cell in column(table, 1)), "what is missing is not zero"


def test_dates_sort_by_time():
    rows = [["A", tables.dated(date(2026, 12, 1))], ["B", tables.dated(date(2027, 1, 31))], ["C", tables.dated(None)]]

    assert order(tables.table(["Customer", "Due"], rows, caption="Due"), 1) == ["–", "1 Dec 2026", "31 Jan 2027"]


def test_the_column_that_matters_stands_beside_the_names():
    table = tables.table(["Customer", "Sector", "Grade", "Overdue"], [["A", "Metals", "low", "31 days"]], caption="Overdue", lead=3)

    assert [cell["text"] for cell in table["rows"][0]] == ["Customer", "Overdue", "Sector", "Grade"]
    assert [cell["text"] for cell in table["rows"][1]] == ["A", "31 days", "Metals", "low"]


def test_a_masked_figure_keeps_no_value_behind_its_dots():
    with reading(Reader(masked=True)):
        table = tables.table(["Customer", "Exposure"], [["VK-01", tables.figure("•••", 4_200_000)]], caption="Exposure")

    assert column(table, 1) == [{"type": "raw_text", "text": "•••"}]


def test_a_table_within_slacks_limits_says_how_many_rows_it_leaves_out():
    many = tables.table(["Customer", "n"], [[f"C{n}", tables.figure(n, n)] for n in range(340)], caption="Many")
    long = tables.table(["Customer", "Note"], [["C", "x" * 900]] * 90, caption="Long")

    assert accepted(many)
    assert accepted(long)
    assert (len(many["rows"]), many["rows"][-1][0]["text"]) == (101, "… and 241 more")
    assert long["rows"][-1][0]["text"] == f"… and {90 - len(long['rows']) + 2} more"


def test_an_empty_cell_and_an_empty_table_are_taken_by_slack():
    assert accepted(tables.table(["Figure", ""], [["", ""]], caption=""), tables.table(["Key"], [], caption="No key"))


def test_tables_too_long_together_are_left_out_of_the_message_with_a_note():
    long = tables.table(["Customer", "Note"], [["C", "x" * 290]] * 25, caption="Long")
    kept = blocks.fit([long, long])

    assert accepted(*kept)
    assert [block["type"] for block in kept] == [TABLE, "context"]


def test_the_older_form_lines_up_and_puts_figures_to_the_right():
    rows = [["江河重工", tables.figure("EUR 4.2 m", 4.2e6), "x"], ["Acme Steel", tables.figure("CNY 12 m", 1.2e7), "y"]]
    lines = older_lines(tables.table(["名称", "Exposure", "Note"], rows, caption="Exposure"))

    assert [line.endswith(end) for line, end in zip(lines[2:], ("EUR 4.2 m  x", " CNY 12 m  y"), strict=True)] == [True, True]
    assert wcwidth.wcswidth(lines[2]) == wcwidth.wcswidth(lines[3])


def test_the_older_form_wraps_a_long_name_and_cuts_nothing():
    name = "Vereinigte Elektrizitätswerke und Fernwärmeversorgung Niederrhein Aktiengesellschaft, formerly Rheinstrom"
    lines = older_lines(tables.table(["Customer", "Sector"], [[name, "Energy"]], caption="Customers"))
    read = " ".join(line[: len(lines[1].split("  ")[0])].strip() for line in lines[2:])

    assert read == name
    assert max(map(wcwidth.wcswidth, lines)) <= 86


def test_a_long_table_in_its_older_form_keeps_every_row_and_its_headings():
    table = tables.table(["Customer", "Note"], [[f"C-{n}", "x" * 60] for n in range(100)], caption="Long")
    pieces = older([table], {TABLE}, lambda chart: chart)
    told = [piece["elements"][0]["elements"][0]["text"] for piece in pieces]

    assert len(told) > 1
    assert all(text.startswith("Customer") for text in told)
    assert [f"C-{n}" for n in range(100)] == [line.split()[0] for text in told for line in text.splitlines()[2:]]


def test_home_and_forms_get_the_older_table_and_no_chart():
    table = tables.table(["Customer"], [["A"]], caption="Customers")

    assert [block["type"] for block in in_view([table, {"type": CHART}, blocks.divider()])] == ["rich_text", "divider"]


def test_hostile_names_are_plain_text_in_the_table():
    table = tables.table(["Customer"], [["<!channel> *x*\u202e\n<@U0MEI>"]], caption="a\nb")

    assert column(table, 0) == [{"type": "raw_text", "text": "<!channel> *x* <@U0MEI>"}]
    assert table["caption"] == "a b"


def test_grades_and_colours_sort_by_their_signs_and_are_read_from_the_left():
    grades = ["●●●● critical", "●○○○ low", "●●●○ high", "–", "●●○○ medium"]
    table = tables.table(["Customer", "Grade"], [["C", grade] for grade in grades], caption="Grades")

    assert order(table, 1) == ["–", "●○○○ low", "●●○○ medium", "●●●○ high", "●●●● critical"]
    assert {cell["type"] for cell in column(table, 1)} == {"raw_text"}
