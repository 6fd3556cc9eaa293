"""Facts: loaded once, never overwritten, read back as they were known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from storage.customers.customers import exposures, get
from storage.data import facts
from storage.data.files import parse_mapping, stage
from storage.schema import (
    CollateralVersionRow,
    CustomerRow,
    CustomerVersionRow,
    FacilityVersionRow,
    ImportRow,
    ObservationVersionRow,
    PaymentVersionRow,
    RatingVersionRow,
)
from storage.sight import EVERYTHING

MONDAY = datetime(2026, 3, 30, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def load(database, tmp_path):
    """Load a text at a moment, as an import does."""

    def load_text(kind, text, at=MONDAY, toml=""):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        with stage(kind, path, parse_mapping(toml.encode()) if toml else None, today=at.date()) as staged:
            with database.begin(EVERYTHING) as tx:
                facts.refuse_strangers(tx, staged)
            with database.begin(EVERYTHING, write=True) as tx:
                return facts.load(tx, staged, at=at), list(staged.refusals())

    return load_text


@pytest.fixture
def acme(load):
    load("customers", "id,name,sector\nC1,Acme,Steel\nC2,Bolt,Steel\n")


def count(database, table):
    with database.begin(EVERYTHING) as tx:
        return tx.connection.execute(select(func.count()).select_from(table)).scalar_one()


def counts(loaded):
    return [(part.name, part.added, part.changed, part.unchanged) for part in loaded.parts]


def test_a_file_becomes_one_version_a_fact(database, load):
    loaded, _ = load("customers", "id,name,aliases\nC1,Société Générique,SG; 通用\n")

    assert counts(loaded) == [("customers", 1, 0, 0)]
    with database.begin(EVERYTHING) as tx:
        row = tx.connection.execute(select(CustomerVersionRow)).mappings().one()
        assert (row["name_key"], row["aliases"], row["file_row"], row["known_at"]) == ("societe generique", "SG|通用", 2, MONDAY)
        assert tx.connection.execute(select(CustomerRow.id)).scalars().all() == ["C1"]


def test_the_same_file_again_writes_nothing_at_all(database, load, acme):
    again, _ = load("customers", "id,name,sector\nC1,Acme,Steel\nC2,Bolt,Steel\n", TUESDAY)

    assert (again.import_id, counts(again)) == (None, [("customers", 0, 0, 2)])
    assert (count(database, CustomerVersionRow), count(database, ImportRow)) == (2, 1)


def test_a_changed_value_is_a_new_version_and_yesterday_stays_as_it_was_known(database, load, acme):
    loaded, _ = load("customers", "id,name,sector\nC1,Acme,Ports\nC2,Bolt,Steel\n", TUESDAY)

    assert counts(loaded) == [("customers", 0, 1, 1)]
    with database.begin(EVERYTHING) as tx:
        assert (get(tx, "C1").sector, get(tx, "C1", at=MONDAY).sector) == ("Ports", "Steel")


def test_an_absent_column_is_unchanged_and_an_empty_cell_is_missing(database, load):
    load("customers", "id,name,sector,country\nC1,Acme,Steel,DE\n")
    load("customers", "id,name,country\nC1,Acme & Sons,\n", TUESDAY)

    with database.begin(EVERYTHING) as tx:
        who = get(tx, "C1")
    assert (who.name, who.sector, who.country) == ("Acme & Sons", "Steel", None)


def test_the_import_is_on_record_with_its_counts(database, load, acme):
    load("ratings", "customer,rating,as_of\nC1,A,2025-12-31\nC1,A,2025-12-31\nC9,A,2025-12-31\n")

    with database.begin(EVERYTHING) as tx:
        row = tx.connection.execute(select(ImportRow).order_by(ImportRow.id.desc()).limit(1)).mappings().one()
    assert {name: row[name] for name in ("kind", "file", "rows", "added", "changed", "unchanged", "merged", "refused")} == {
        "kind": "ratings", "file": "ratings.csv", "rows": 3, "added": 1, "changed": 0, "unchanged": 0, "merged": 1, "refused": 1
    }  # fmt: skip
    assert len(row["sha256"]) == 64


def test_a_rating_of_customers_csv_is_a_fact_of_its_own(database, load):
    loaded, _ = load("customers", "id,name,rating,rating_date\nC1,Acme,BB+,2025-12-31\nC2,Bolt,,\n")
    again, _ = load("customers", "id,name,rating,rating_date\nC1,Acme,BB+,2025-12-31\nC2,Bolt,,\n", TUESDAY)

    assert counts(loaded) == [("customers", 2, 0, 0), ("ratings", 1, 0, 0)]
    assert counts(again) == [("customers", 0, 0, 2), ("ratings", 0, 0, 1)]
    with database.begin(EVERYTHING) as tx:
        row = tx.connection.execute(select(RatingVersionRow)).mappings().one()
    assert (row["rating"], row["as_of"], row["agency"], row["scale"]) == ("BB+", date(2025, 12, 31), "internal", "internal")


def test_an_undated_rating_holds_from_the_day_on_which_it_changed(database, load):
    for at, letter in ((MONDAY, "A"), (TUESDAY, "A"), (TUESDAY, "B"), (TUESDAY + timedelta(days=1), "B")):
        load("customers", f"id,name,rating\nC1,Acme,{letter}\n", at)

    with database.begin(EVERYTHING) as tx:
        rows = tx.connection.execute(select(RatingVersionRow.rating, RatingVersionRow.as_of).order_by(RatingVersionRow.as_of)).all()
    assert rows == [("A", MONDAY.date()), ("B", TUESDAY.date())]


def test_money_dates_and_shares_arrive_exactly(database, load, acme):
    head = "id,customer,kind,currency,limit,outstanding,lgd,maturity,days_past_due"
    load("facilities", f"{head}\nF1,C1,revolver,EUR,90071992547409.9931,0.1,0.45,2030-06-30,\n")

    with database.begin(EVERYTHING) as tx:
        row = tx.connection.execute(select(FacilityVersionRow)).mappings().one()
        assert exposures(tx, ["C1"])["C1"][0].limit == Decimal("90071992547409.9931")
    assert (row["outstanding"], row["lgd"], row["maturity"], row["days_past_due"]) == (Decimal("0.1"), 0.45, date(2030, 6, 30), None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("observations", "customer,indicator,as_of,value\nC1,dscr,2025-12-31,1\nC7,dscr,2025-12-31,1\nC7,npl,2025-12-31,1\n"),
        ("ratings", "customer,rating,as_of\nC1,A,2025-12-31\nC7,A,2025-12-31\nC7,A,2025-12-31\n"),
    ],
)
def test_a_customer_nobody_imported_is_refused_by_id_on_every_row(load, acme, kind, text):
    loaded, refusals = load(kind, text)

    assert [(each.row, each.column, each.value, each.accepted.code) for each in refusals] == [
        (3, "customer", "C7", "customer"),
        (4, "customer", "C7", "customer"),
    ]
    assert loaded.added == 1


def test_the_customers_touched_are_those_that_changed_and_no_others(database, load, acme):
    head = "customer,indicator,as_of,value\n"
    load("observations", f"{head}C1,dscr,2025-12-31,1.5\nC2,dscr,2025-12-31,1.5\n")
    loaded, _ = load(
        "observations", f"{head}C1,dscr,2025-12-31,1.1\nC2,dscr,2025-12-31,1.5\nC2,npl,2025-12-31,0\nC2,npl,2025-09-30,0\n", TUESDAY
    )

    with database.begin(EVERYTHING) as tx:
        assert facts.touched(tx, loaded, ["dscr", "npl", "utilisation"]) == (["C1", "C2"], ["dscr", "npl"])
        assert facts.touched(tx, loaded, ["dscr"]) == (["C1"], ["dscr"])


def test_a_load_that_is_rolled_back_leaves_nothing(database, load, acme, tmp_path):
    (tmp_path / "more.csv").write_text("id,name\nC3,Cog\n")

    with stage("customers", tmp_path / "more.csv", None, today=MONDAY.date()) as staged:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError), database.begin(EVERYTHING, write=True) as tx:
                assert facts.load(tx, staged, at=TUESDAY).added / 0

    assert count(database, CustomerRow) == 2
    assert load("customers", "id,name\nC3,Cog\n", TUESDAY)[0].added == 1


def test_an_import_that_began_earlier_and_ends_later_does_not_turn_history_around(database, load, acme):
    load("customers", "id,name\nC1,Later\n", MONDAY + timedelta(minutes=5))
    load("customers", "id,name\nC1,Earlier\n", MONDAY + timedelta(minutes=1))

    with database.begin(EVERYTHING) as tx:
        versions = tx.connection.execute(select(CustomerVersionRow.known_at, CustomerVersionRow.superseded_at)).all()
    assert all(superseded is None or known <= superseded for known, superseded in versions)


def test_ten_thousand_observations_load_in_chunks_and_at_most_one_version_of_each_is_current(database, load, acme):
    days = [date(2000, 1, 1) + timedelta(days=day) for day in range(6_000)]
    head = "customer,indicator,as_of,value\n"
    load("observations", head + "".join(f"C1,dscr,{day},{day.day}\n" for day in days))
    loaded, _ = load("observations", head + "".join(f"C1,dscr,{day},{day.day % 30}\n" for day in days), TUESDAY)

    moved = sum(day.day >= 30 for day in days)
    assert counts(loaded) == [("observations", 0, moved, 6_000 - moved)]
    with database.begin(EVERYTHING) as tx:
        current = select(func.count()).select_from(ObservationVersionRow).where(ObservationVersionRow.superseded_at.is_(None))
        assert tx.connection.execute(current).scalar_one() == 6_000


@pytest.fixture
def lent(load, acme):
    load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,C1,term_loan,EUR,100,50\n")


@pytest.mark.parametrize(
    ("kind", "text", "strange"),
    [
        ("instalments", "facility,due,principal,interest\nF1,2026-06-30,1,0\nF9,2026-06-30,1,0\n", [("facility", "F9", "facility")]),
        ("payments", "facility,paid,amount\nF1,2026-03-02,1\nF9,2026-03-02,1\n", [("facility", "F9", "facility")]),
        (
            "collateral",
            "id,customer,kind,currency,value,facility\nM1,C1,cash,EUR,1,\nM2,C9,cash,EUR,1,F9\n",
            [("customer", "C9", "customer"), ("facility", "F9", "facility")],
        ),
        ("guarantees", "id,guarantor,customer\nG1,C2,C1\nG2,C9,C1\n", [("guarantor", "C9", "customer")]),
        ("incidents", "customer,kind,as_of,facility\nC1,fraud,2026-03-02,\nC1,fraud,2026-03-02,F9\n", [("facility", "F9", "facility")]),
    ],
)
def test_whoever_and_whatever_nobody_has_imported_is_refused_by_name(load, lent, kind, text, strange):
    loaded, refusals = load(kind, text)

    assert loaded.added == 1
    assert [(each.column, each.value, each.accepted.code) for each in refusals] == strange
    assert {each.row for each in refusals} == {3}


def test_an_absent_column_takes_its_default_once_and_is_unchanged_afterwards(database, load, lent):
    head = "id,customer,kind,currency,value"
    load("collateral", f"{head}\nM1,C1,cash,EUR,1\n")
    load("collateral", f"{head},lien\nM1,C1,cash,EUR,1,2\n", TUESDAY)
    load("collateral", f"{head}\nM1,C1,cash,EUR,3\n", TUESDAY + timedelta(days=1))

    with database.begin(EVERYTHING) as tx:
        versions = tx.connection.execute(
            select(CollateralVersionRow.value, CollateralVersionRow.lien).order_by(CollateralVersionRow.id)
        ).all()
    assert [(int(value), lien) for value, lien in versions] == [(1, 1), (1, 2), (3, 2)]


def test_a_payment_keeps_the_day_on_which_it_was_booked_when_a_file_does_not_say(database, load, lent):
    load("payments", "facility,paid,amount,booked\nF1,2026-03-02,1,2026-03-04\n")
    load("payments", "facility,paid,amount\nF1,2026-03-02,2\nF1,2026-03-03,2\n", TUESDAY)

    with database.begin(EVERYTHING) as tx:
        query = select(PaymentVersionRow.paid, PaymentVersionRow.booked).where(PaymentVersionRow.superseded_at.is_(None))
        assert set(tx.connection.execute(query).all()) == {
            (date(2026, 3, 2), date(2026, 3, 4)),
            (date(2026, 3, 3), date(2026, 3, 3)),
        }
