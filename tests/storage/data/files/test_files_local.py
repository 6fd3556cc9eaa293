"""How a team's own files become ours: joined columns, their words, their units, their dates."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from storage.data.files import MapRefused, read_mapping, stage
from tests.storage.staging import TODAY, refused, rows, staged

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"


@pytest.fixture
def brought(tmp_path):
    """Stage a text with a mapping; closed at the end."""
    open_files = []

    def bring(kind, text, toml=""):
        (tmp_path / "book.csv").write_text(text, encoding="utf-8")
        open_files.append(staged(kind, tmp_path / "book.csv", toml))
        return open_files[-1]

    yield bring
    for each in open_files:
        each.discard()


def test_a_column_can_be_joined_of_several_and_of_text(brought):
    toml = '[customers]\njoin = { id = "B{branch}-{number}", name = "{number}" }\n'

    found = brought("customers", "branch,number,town\n7,42,Linz\n,43,Graz\n", toml)

    assert (rows(found, "customer_id", "name"), found.plan.unknown) == ([("B7-42", "42")], ("town",))
    assert refused(found) == [(3, "B{branch}-{number}", "", "required")]


def test_a_joined_column_that_the_file_has_not_is_refused_by_key(brought):
    with pytest.raises(MapRefused) as refusal:
        brought("customers", "branch,name\n7,Acme\n", '[customers]\njoin = { id = "{branch}-{number}" }\n')

    assert [problem.key for problem in refusal.value.problems] == ["customers.join.id"]


def test_their_words_become_ours_and_a_row_may_say_that_it_holds_nothing(brought):
    toml = '[outcomes.values.event]\n"违约" = "default"\n"正常" = ""\n'

    found = brought("outcomes", "customer,event,as_of\nC1,违约,2026-01-01\nC2,正常,\nC3,cure,2026-01-01\nC4,破产,2026-01-01\n", toml)

    assert (rows(found, "customer_id", "event"), found.passed) == ([("C1", "default"), ("C3", "cure")], 1)
    assert refused(found) == [(5, "event", "破产", "choice")]


def test_a_word_that_its_column_does_not_accept_is_refused_by_key(brought):
    with pytest.raises(MapRefused) as refusal:
        brought("outcomes", "customer,event,as_of\n", '[outcomes.values.event]\nP = "perdu"\n')

    assert [(problem.key, problem.problem) for problem in refusal.value.problems] == [("outcomes.values.event.P", "perdu")]


def test_units_hold_for_a_column_for_a_row_and_for_the_file_in_this_order(brought):
    toml = '[statements.numbers]\nunit = "万"\n[statements.units]\ncash = "千"\n'
    text = "customer,period_end,unit,total_assets,cash\nC1,2025-12-31,,1,1\nC2,2025-12-31,亿,1,1\n"

    assert rows(brought("statements", text, toml), "total_assets", "cash") == [
        (10_000_0000, 1_000_0000),
        (100_000_000_0000, 1_000_0000),
    ]


def test_units_of_facilities_and_of_melted_columns(brought):
    limits = "id,customer,kind,currency,limit,outstanding\nF1,C1,bond,CNY,1.5,2\n"
    wide = "customer,as_of,Umsatz\nC1,2025-12-31,1.25\n"

    assert rows(brought("facilities", limits, '[facilities.units]\nlimit = "千"\noutstanding = "亿"\n'), "limit", "outstanding") == [
        (1_500_0000, 200_000_000_0000)
    ]
    assert rows(
        brought("observations", wide, '[observations]\nmelt = { Umsatz = "sales" }\nunits = { Umsatz = "million" }\n'), "value"
    ) == [(1_250_000.0,)]


def test_a_unit_given_once_holds_for_every_row(brought):
    text = "customer,period_end,total_assets\nC1,2025-12-31,1\n"

    assert rows(brought("statements", text, '[statements.constants]\nunit = "万"\n'), "total_assets") == [(10_000_0000,)]


@pytest.mark.parametrize(
    ("cell", "stored"),
    [("2025年12月31日", "2025-12-31"), ("2025年1月5日", "2025-01-05"), ("２０２５年12月31日", None), ("2025-12-31", None)],
)
def test_chinese_dates_are_read_and_full_width_digits_are_not(brought, cell, stored):
    found = brought("outcomes", f"customer,event,as_of\nC1,default,{cell}\n", "[outcomes.dates]\nformats = ['%Y年%m月%d日']\n")

    assert rows(found, "as_of") == ([(stored,)] if stored else [])
    assert found.refused_rows == (0 if stored else 1)


def test_lines_above_the_header_are_passed_over(brought):
    found = brought("customers", "Our book\n\nid,name\nC1,\n", "[file]\nheader_row = 3\n[customers]\n")

    assert refused(found) == [(4, "name", "", "required")]


SHEET = {
    "机构号": "0102", "客户号": "88", "报告期": "2025年12月31日", "月数": "12", "口径": "合并", "是否审计": "是",
    "审计意见": "标准无保留意见", "披露日": "2026年3月20日", "资产总计": "1,234.5", "流动资产合计": "600",
    "货币资金": "35,000,000.25", "负债合计": "700", "流动负债合计": "", "短期借款": "", "所有者权益合计": "534.5",
    "营业收入": "", "息税前利润": "", "利息支出": "", "净利润": "-12.34", "经营活动现金流量净额": "",
}  # fmt: skip
EXPECTED = ("0102-88", "2025-12-31", "consolidated", 1, "CNY", 12_345_000_0000, 35_000_000_2500, None, -123_400_0000)


@pytest.fixture(params=["csv", "xlsx"])
def chinese(request, tmp_path):
    """A Chinese file of statements, as the example in the handbook describes it."""
    lines = [["客户财务报表"], ["单位：万元"], list(SHEET), list(SHEET.values())]
    path = tmp_path / f"报表.{request.param}"
    if request.param == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(lines)
        return path
    book = Workbook()
    book.create_sheet("报表")
    for line in lines:
        book["报表"].append(line)
    book.save(path)
    return path


def test_the_chinese_example_of_the_handbook_reads_such_a_file(chinese):
    with stage("statements", chinese, read_mapping(EXAMPLES / "chinese_statements.toml"), today=TODAY) as found:
        assert refused(found) == []
        columns = ("customer_id", "period_end", "basis", "audited", "currency", "total_assets", "cash", "short_term_debt", "net_income")
        assert rows(found, *columns) == [EXPECTED]


def test_the_polish_example_of_the_handbook_reads_such_a_file(tmp_path):
    path = tmp_path / "firms.csv"
    path.write_text("firm,attr3,attr6,attr7,attr8,attr9,bankrupt\nPL1,0.1,0.2,,0.4,0.5,0\nPL2,1,2,3,4,5,1\n", encoding="utf-8")
    mapping = read_mapping(EXAMPLES / "polish_bankruptcy.toml")

    with stage("outcomes", path, mapping, today=TODAY) as outcomes, stage("customers", path, mapping, today=TODAY) as customers:
        assert (rows(outcomes, "customer_id", "event"), outcomes.passed) == ([("PL2", "bankruptcy")], 1)
        assert rows(customers, "customer_id", "name") == [("PL1", "Firm PL1"), ("PL2", "Firm PL2")]
