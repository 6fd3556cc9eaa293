"""Transactions: condensed by account and month, replaced as whole months, refused in parts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.data import facts, quality
from storage.data.files import parse_mapping, stage
from storage.data.quality import Check, FindingKind
from storage.policy import policies
from storage.schema import AccountMonthVersionRow, ImportRow
from storage.sight import EVERYTHING

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
HEAD = "account,date,amount,balance,customer\n"
MARCH = ["2026-03-02,100,150", "2026-03-10,-180,-30", "2026-03-16,65,35", "2026-03-30,-10,25"]
APRIL = ["2026-04-02,100,125", "2026-04-29,-20,105"]


def lines(rows, account="A1", customer="C1"):
    return "".join(f"{account},{row},{customer}\n" for row in rows)


@pytest.fixture
def load(database, tmp_path):
    """Load a text at a moment, as an import that skips what is bad; what changed, and what was refused."""

    def load_text(kind, text, at=MONDAY, toml=""):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        with stage(kind, path, parse_mapping(toml.encode()) if toml else None, today=at.date()) as staged:
            with database.begin(EVERYTHING) as tx:
                facts.refuse_strangers(tx, staged)
            with database.begin(EVERYTHING, write=True) as tx:
                return facts.load(tx, staged, at=at), [(one.row, one.column, one.accepted.code) for one in staged.refusals()]

    return load_text


@pytest.fixture(autouse=True)
def book(load):
    load("customers", "id,name\nC1,Acme\nC2,Bolt\n")
    load("facilities", "id,customer,kind,currency,limit,outstanding\nF2,C2,term_loan,EUR,1000,900\n")


@pytest.fixture
def months(database):
    """The current months: account, month, and the named columns."""

    def months(*columns, superseded=False):
        table = AccountMonthVersionRow
        wanted = [table.account, table.month, *(getattr(table, name) for name in columns)]
        query = select(*wanted).where(table.superseded_at.is_not(None) if superseded else table.superseded_at.is_(None))
        with database.begin(EVERYTHING) as tx:
            found = tx.connection.execute(query.order_by(table.account, table.month)).all()
        return [(account, f"{month:%Y-%m}", *rest) for account, month, *rest in found]

    return months


def test_transactions_become_one_row_a_month_and_account(load, months):
    loaded, refused = load("transactions", HEAD + lines(MARCH + APRIL))

    assert refused == []
    assert [(part.name, part.added) for part in loaded.parts] == [("transactions", 2)]
    assert months("customer_id", "lowest", "closing", "inflow", "outflow", "overdraft_days", "movements", "until") == [
        ("A1", "2026-03", "C1", -30, 25, 165, 190, 6, 4, date(2026, 3, 31)),
        ("A1", "2026-04", "C1", 105, 105, 100, 20, 0, 2, date(2026, 4, 29)),
    ]


def test_the_same_file_again_writes_nothing(database, load):
    load("transactions", HEAD + lines(MARCH + APRIL))
    again, _ = load("transactions", HEAD + lines(MARCH + APRIL), TUESDAY)

    assert (again.import_id, again.unchanged) == (None, 2)
    with database.begin(EVERYTHING) as tx:
        assert len(tx.connection.execute(select(ImportRow.id)).all()) == 3


def test_repeated_rows_merge_and_the_order_of_the_rows_does_not_matter(load, months):
    load("transactions", HEAD + lines(MARCH))
    before = months("mean", "gaps")
    again, refused = load("transactions", HEAD + lines(MARCH[::-1] + MARCH[:2]), TUESDAY)

    assert (again.import_id, refused, months("mean", "gaps")) == (None, [], before)


def test_a_longer_month_is_a_new_version_and_the_shorter_one_stays_as_it_was_known(load, months):
    load("transactions", HEAD + lines(MARCH[:2]))
    longer, refused = load("transactions", HEAD + lines(MARCH), TUESDAY)

    assert (longer.changed, refused) == (1, [])
    assert months("movements") == [("A1", "2026-03", 4)]
    assert months("movements", superseded=True) == [("A1", "2026-03", 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [(MARCH[:2], MARCH[2:]), (MARCH[2:], MARCH[:2]), (MARCH, MARCH[1:]), (MARCH, MARCH[:-1]), (MARCH, [MARCH[0], MARCH[-1]])],
    ids=["then the second half", "then the first half", "without the first row", "without the last row", "without the middle"],
)
@pytest.mark.parametrize("others", ["", lines(["2026-03-01,1,1", "2026-05-30,1,2"], "B1")], ids=["alone", "among other accounts"])
def test_a_part_of_a_month_on_record_is_refused_and_changes_nothing(load, months, first, second, others):
    load("transactions", HEAD + others + lines(first))
    before = months("movements", "lowest")

    loaded, refused = load("transactions", HEAD + others + lines(second), TUESDAY)

    assert {code for _row, _column, code in refused} <= {"month_on_record", "whole_month"}
    assert len(refused) == len(second)
    assert (loaded.import_id, months("movements", "lowest")) == (None, before)


def test_as_many_other_rows_that_leave_gaps_do_not_replace_a_month_without(load, months):
    load("transactions", HEAD + lines(MARCH))
    swapped = [MARCH[0], "2026-03-12,-1,34", *MARCH[2:]]

    _, refused = load("transactions", HEAD + lines(swapped), TUESDAY)

    assert refused[0] == (2, "date", "no_gaps")


def test_a_bad_row_takes_its_month_with_it_and_no_other(load, months):
    rows = [*MARCH[:2], "2026-03-16,many,35", *APRIL]

    _, refused = load("transactions", HEAD + lines(rows) + lines(MARCH, "A2"))

    assert refused == [(2, "date", "whole_month"), (3, "date", "whole_month"), (4, "amount", "signed_money")]
    assert [row[:2] for row in months()] == [("A1", "2026-04"), ("A2", "2026-03")]


def test_a_row_without_a_readable_date_may_belong_to_any_month_of_its_account(load, months):
    _, refused = load("transactions", HEAD + lines([*MARCH, "2026-13-01,1,26", *APRIL]) + lines(MARCH, "A2"))

    assert len(refused) == 7
    assert [row[:2] for row in months()] == [("A2", "2026-03")]


def test_a_row_of_the_wrong_length_may_belong_to_any_account(load, months):
    _, refused = load("transactions", HEAD + lines(MARCH) + "A9,2026-03-02\n")

    assert (len(refused), months()) == (5, [])


def test_an_account_belongs_to_the_customer_on_record_to_the_borrower_of_its_loan_or_to_the_customer_of_that_id(load, months):
    load("transactions", HEAD + lines(MARCH))
    head = "account,date,amount,balance\n"
    rows = [f"{account},2026-05-04,1,26\n" for account in ("A1", "F2", "C2", "A7")]

    _, refused = load("transactions", head + "".join(rows), TUESDAY)

    assert refused == [(5, "customer", "account_customer")]
    assert [(row[0], row[2]) for row in months("customer_id") if row[1] == "2026-05"] == [("A1", "C1"), ("C2", "C2"), ("F2", "C2")]


def test_one_row_may_name_the_customer_of_all_but_not_another(load, months):
    _, refused = load("transactions", HEAD + "A1,2026-03-02,1,1,\nA1,2026-03-03,1,2,C1\nA2,2026-03-03,1,2,C1\nA2,2026-03-04,1,3,C2\n")

    assert refused == [(4, "date", "whole_month"), (5, "customer", "same")]
    assert months("customer_id") == [("A1", "2026-03", "C1")]


def test_a_customer_nobody_imported_is_refused(load):
    _, refused = load("transactions", HEAD + lines(MARCH[:1], customer="C9"))

    assert refused == [(2, "customer", "customer")]


def test_a_direction_signs_the_amount(load, months):
    head = "account,date,amount,balance,customer,direction\n"
    rows = "A1,2026-03-02,100,150,C1,credit\nA1,2026-03-10,180,-30,C1,debit\nA1,2026-03-11,-5,-35,C1,debit\n"

    load("transactions", head + rows)

    assert months("inflow", "outflow", "gaps") == [("A1", "2026-03", 100, 185, 0)]
    _, refused = load("transactions", head + "A2,2026-03-02,-1,150,C1,credit\n")
    assert refused == [(2, "amount", "credit")]


def test_returned_payments_and_charges_are_counted_where_the_file_tells_kinds_and_are_unknown_where_not(load, months):
    head = "account,date,amount,balance,customer,typ\n"
    rows = "A1,2026-03-02,-1,9,C1,SANKC. UROK\nA1,2026-03-03,-1,8,C1,\nA1,2026-03-04,1,9,C1,vratka\n"
    words = '[transactions]\ncolumns = { kind = "typ" }\n[transactions.values.kind]\n'

    load("transactions", head + rows, toml=f'{words}"SANKC. UROK" = "overdraft_interest"\n"vratka" = "returned_payment"\n')
    load("transactions", HEAD + lines(MARCH, "A2"))

    assert months("returned", "charged") == [("A1", "2026-03", 1, 1), ("A2", "2026-03", None, None)]


def test_a_reference_tells_equal_rows_apart_and_contradicts_itself_when_they_differ(load, months):
    head = "account,date,amount,balance,customer,reference\n"

    load("transactions", head + "A1,2026-03-02,5,5,C1,1\nA1,2026-03-02,-5,0,C1,2\nA1,2026-03-02,5,5,C1,3\n")
    _, refused = load("transactions", head + "A2,2026-03-02,5,5,C1,1\nA2,2026-03-02,6,5,C1,1\nA2,2026-03-03,1,6,C1,2\n")

    assert months("movements", "inflow") == [("A1", "2026-03", 3, 10)]
    assert sorted(refused) == [(2, "amount", "same"), (3, "amount", "same"), (4, "date", "whole_month")]


def test_months_come_in_as_figures_too_and_must_be_months(load, months):
    head = "account,month,customer,lowest,mean,closing,inflow,outflow,until\n"
    rows = "A1,2026-03-01,C1,-30,1,25,165,190,2026-03-31\nA1,2026-04-02,C1,1,1,1,0,0,2026-04-30\nA1,2026-05-01,C1,1,1,1,0,0,2026-04-30\n"

    _, refused = load("account_months", head + rows)

    assert refused == [(3, "month", "first_of_month"), (4, "until", "in_month")]
    assert months("lowest", "overdraft_days") == [("A1", "2026-03", -30, None)]


def test_an_absent_currency_stays_as_it_was(load, months):
    load("transactions", "account,date,amount,balance,customer,currency\nA1,2026-03-02,5,5,C1,CZK\n")
    load("transactions", HEAD + "A1,2026-03-02,5,5,C1\nA1,2026-03-03,5,10,C1\n", TUESDAY)

    assert months("currency", "movements") == [("A1", "2026-03", "CZK", 2)]


def test_balances_that_do_not_follow_from_one_another_are_findings(database, load):
    # of March one transaction is missing, and May begins 5 above the end of April
    load("transactions", HEAD + lines([*MARCH[:1], *MARCH[2:], *APRIL, "2026-05-04,10,120"]))

    with database.begin(EVERYTHING) as tx:
        found = quality.findings(tx, policies.read(None), today=MONDAY.date(), kinds=[FindingKind.CONTRADICTORY], customer="C1")
    told = {(one.check, one.about, one.value, one.against) for one in found}
    assert told == {(Check.ACCOUNT_GAPS, "A1", 1, None), (Check.ACCOUNT_MOVED, "A1", 110, 105)}
