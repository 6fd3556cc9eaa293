"""The digest: first what must be done today, then what moved; a thing is named when it is new, and then only counted."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commands.digest.digest import ROOM, compose, send
from commands.digest.editions import editions
from commands.kit.contract import Span
from storage.database import Database
from storage.scope import ALL, Scope
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of, text_of
from tests.conftest import MONDAY

LOG = 'log ACME credit L4 S5 X2 "lost its main buyer"'
DAY = timedelta(days=1)
MORNING = MONDAY + DAY


def digest(book: Book, until: datetime = MORNING, *, since: datetime | None = None, scope: Scope = ALL) -> Any:
    with book.database.begin(EVERYTHING) as tx:
        about = Span(since or until - DAY, until, book.policy.digest.zone, scope)
        return compose(tx, book.policy, about)


def screen(book: Book, until: datetime = MORNING, **more: Any) -> str:
    return text_of(digest(book, until, **more).message.blocks)


def items(said: Any) -> set[str]:
    """Every line that names a thing, on the screen or in the thread; what is only counted does not."""
    found, heading = set(), ""
    for block in [*said.message.blocks, *(said.detail.blocks if said.detail else [])]:
        if block["type"] == "rich_text" and block["elements"][0]["type"] == "rich_text_list" and heading != "Still open":
            found |= {text_of(item) for item in block["elements"][0]["elements"]}
        heading = text_of(block)
    return found


def test_a_quiet_day_is_one_friendly_line(one_book):
    said = digest(one_book, MONDAY + 3 * DAY)

    assert said.message.text == "Risk digest: Nothing new."
    assert "A quiet day: nothing new to do and no changes." in text_of(said.message.blocks)
    assert said.detail is None


def test_a_facility_is_named_when_it_falls_past_due_with_what_it_owes_and_then_only_counted(book):
    header = "id,customer,kind,currency,limit,outstanding,days_past_due\n"
    book.load("facilities", header + "F1,ACME,term_loan,EUR,5000000,4200000,3\n", at=MONDAY + timedelta(hours=3))

    first = screen(book)
    book.load("facilities", header + "F1,ACME,term_loan,EUR,5000000,4200000,4\n", at=MONDAY + timedelta(hours=27))
    second = screen(book, MORNING + DAY)

    assert "1 facility newly past due: EUR 4.2 m" in first
    assert "Acme Steel · F1 · EUR 4.2 m · 3 days past due" in first
    assert "1 facility in arrears carried over, 12 days: /risk top by=overdue" in first
    assert "F1" not in second
    assert "2 facilities in arrears carried over, longest 12 days" in second


def test_amounts_in_two_currencies_are_never_added_up(book):
    rows = "F1,ACME,term_loan,EUR,5000000,4200000,3\nF3,ACME,guarantee,USD,300000,300000,3\n"
    book.load("facilities", f"id,customer,kind,currency,limit,outstanding,days_past_due\n{rows}", at=MONDAY + timedelta(hours=3))

    assert "2 facilities newly past due: EUR 4.2 m; USD 300 k" in screen(book)


def test_a_maturity_is_named_when_it_comes_near_and_when_its_day_has_come(book):
    maturity = MORNING.date() + timedelta(days=book.policy.digest.maturity_days)
    header = "id,customer,kind,currency,limit,outstanding,maturity\n"
    book.load("facilities", f"{header}F1,ACME,term_loan,EUR,5000000,4200000,{maturity}\n", at=MONDAY - 9 * DAY)

    near, after, at_last = (screen(book, MORNING + days * DAY) for days in (0, 1, book.policy.digest.maturity_days))

    assert "1 facility matures: EUR 4.2 m" in near
    assert "matures on" in near
    assert "F1" not in after
    assert "1 more facility matures within 7 days" in after
    assert "F1 · EUR 4.2 m · matures today" in at_last


def test_a_response_that_falls_overdue_is_named_once_and_then_counted(book):
    book.ask(LOG)
    book.ask("respond R-1 reduce assign the receivables due=2026-11-24")
    book.press("approval.approve", key=buttons_of(book.told()[0][1].blocks)["approval.approve"])

    on_the_day, late, later = (screen(book, MONDAY + days * DAY) for days in (1, 2, 4))

    assert "1 response" not in on_the_day
    assert "T-1 · Acme Steel · R-1 · assign the receivables · 1 day late · @U0ANA" in late
    assert "T-1" not in later
    assert "1 overdue response carried over, 3 days: /risk list responses due=overdue" in later


def test_breaches_and_approvals_are_to_be_done_when_new_and_counted_when_old(book):
    book.ask(LOG, at=MONDAY + timedelta(hours=1))
    book.ask("respond R-1 avoid sell the exposure", at=MONDAY + timedelta(hours=1))
    book.observe("NOVA,dscr,2026-09-30,1.00", at=MONDAY + timedelta(hours=2))

    first, second, third = (screen(book, MORNING + days * DAY) for days in (0, 1, 2))

    assert "🔴 red  B-1 · Nova Power · Debt service cover 1.00× / 1.05× · due in 2 hours" in first
    assert "1 new approval request" in first
    assert "B-1 · Nova Power · Debt service cover 1.00× / 1.05× · 1 day overdue" in second
    assert "1 approval carried over, requested 2 days ago: /risk approvals" in second
    assert "B-1" not in third
    assert "1 unacknowledged breach carried over, opened 3 days ago: /risk breaches open" in third


def test_a_reading_is_a_test_due_on_its_day_and_again_when_it_goes_stale(one_book):
    one_book.observe("NOVA,dscr,2026-09-30,2.00", at=MONDAY - 30 * DAY)
    due = datetime(2026, 9, 30, 9, tzinfo=MONDAY.tzinfo) + 92 * DAY

    waits, nothing, stale, old = (screen(one_book, due + days * DAY) for days in (0, 1, 46, 47))

    assert "Nova Power · Debt service cover · the reading of 30 Sept 2026 is to be renewed" in waits
    assert "Nova Power" not in nothing
    assert "Nova Power · Debt service cover · the reading of 30 Sept 2026 has gone stale" in stale
    # the other one is the ledger's, of a facility in arrears
    assert "2 stale readings carried over" in old


def test_what_moved_is_told_once(book):
    book.ask(LOG, at=MONDAY + timedelta(hours=1))
    book.load("ratings", "customer,rating,as_of,agency\nACME,B+,2026-11-20,S&P\n", at=MONDAY + timedelta(hours=2))

    first, second = screen(book), screen(book, MORNING + DAY)

    assert "1 new risk · 1 rating changed · 1 file loaded" in first
    assert "R-1 · Acme Steel · ●●●● critical · lost its main buyer" in first
    assert "Acme Steel · S&P BB+ → B+" in first
    assert "Imported ratings: 1 new, 0 changed" in first
    assert "Acme Steel" not in second


def test_a_digest_of_one_sector_names_nobody_else(book):
    book.observe("NOVA,dscr,2026-09-30,1.00", "ACME,dscr,2026-09-30,1.00", at=MONDAY + timedelta(hours=2))

    energy = screen(book, scope=Scope(sector="Energy"))

    assert "Nova Power" in energy
    assert "Acme Steel" not in energy
    assert "· Energy" in energy


def test_a_long_digest_stays_one_screen_and_its_thread_has_the_rest(one_book):
    one_book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(20)), at=MONDAY - 9 * DAY)
    one_book.observe(*(f"X{n:02},dscr,2026-09-30,1.00" for n in range(20)), at=MONDAY + timedelta(hours=1))

    said = digest(one_book)
    lines = [line for block in said.message.blocks if block["type"] == "rich_text" for line in text_of(block).split("\n")]

    assert said.message.text.startswith("Risk digest: 20 actions today · 1 change")
    assert len(lines) <= ROOM
    assert len(items(said)) >= 15
    assert "and 5 more" in text_of(said.detail.blocks)


LOADS = st.tuples(st.integers(1, 150), st.sampled_from(["ACME", "NOVA", "JIAN"]), st.integers(0, 40))


@settings(
    max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(loads=st.lists(LOADS, max_size=5), pauses=st.lists(st.integers(20, 60), min_size=2, max_size=4))
def test_yesterdays_items_are_not_repeated(make_book, loads, pauses):
    book, said, since = make_book(), [], MONDAY
    waiting = sorted(loads)
    for pause in pauses:
        until = since + timedelta(hours=pause)
        while waiting and MONDAY + timedelta(hours=waiting[0][0]) <= until:
            load(book, *waiting.pop(0))
        said.append(items(digest(book, until, since=since)))
        since = until

    for before, after in pairwise(said):
        # imports are told by kind, and two nights may bring the same numbers
        assert not {line for line in before & after if not line.startswith(("Imported ", "and "))}


def load(book: Book, hour: int, customer: str, days: int) -> None:
    """A facility in arrears or near its maturity, and a reading."""
    at = MONDAY + timedelta(hours=hour)
    row = f"L{customer},{customer},term_loan,EUR,5000000,4200000,{days},{at.date() + timedelta(days=days)}"
    book.load("facilities", f"id,customer,kind,currency,limit,outstanding,days_past_due,maturity\n{row}\n", at=at)
    book.observe(f"{customer},dscr,2026-09-{days % 28 + 1:02},1.{days:02}", at=at)


@pytest.fixture
def make_book(one_book, policy, tmp_path, tmp_path_factory):
    """Makes copies of the small book, each to do something else with."""
    made = []
    # once it is closed, all that was written stands in the one file
    one_book.database.close()

    def make() -> Book:
        folder = tmp_path_factory.mktemp("book")
        shutil.copy(tmp_path / "riskbot.db", folder / "riskbot.db")
        made.append(Database(f"sqlite:///{folder / 'riskbot.db'}"))
        return Book(made[-1], policy, folder)

    yield make
    for database in made:
        database.close()


def test_the_digest_of_a_date_is_queued_once_and_its_detail_follows_in_the_thread(one_book):
    one_book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(20)), at=MONDAY - 9 * DAY)
    one_book.observe(*(f"X{n:02},dscr,2026-09-30,1.00" for n in range(20)), at=MONDAY - timedelta(hours=1))
    one_book.told()
    for _again in range(2):
        with one_book.database.begin(EVERYTHING, write=True) as tx:
            send("digest", date(2026, 11, 23), MONDAY, one_book.policy, tx)

    (first, message), (second, detail) = one_book.told()

    assert [first.audience, second.audience] == ["route:digest"] * 2
    assert [first.operation, second.operation] == ["post", "reply"]
    assert first.thread == second.thread
    assert "Risk digest · 23 Nov 2026" in text_of(message.blocks)
    assert "Xylo 14" in text_of(detail.blocks)


def test_the_policy_may_give_a_channel_a_digest_in_its_own_zone(one_book, policy):
    channels = {"risk-asia": {"timezone": "Asia/Shanghai", "at": "08:00", "department": "Corporate"}}
    asia = policy.model_validate(policy.model_dump() | {"digest": policy.digest.model_dump() | {"channels": channels}})
    with one_book.database.begin(EVERYTHING) as tx:
        main, other = editions(asia, tx)

    assert (main.name, main.audience) == ("digest", "route:digest")
    assert (other.name, other.audience, other.scope) == ("digest:risk-asia", "channel:risk-asia", Scope("Corporate", None))
    assert (f"{other.daily.at:%H:%M}", other.daily.zone.key, other.daily.weekdays) == ("08:00", "Asia/Shanghai", policy.digest.weekdays)
