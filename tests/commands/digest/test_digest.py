"""The digest: first what must be done today, then what moved; a thing is named when it is new, and then only counted."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commands.digest.digest import compose, send
from commands.digest.digest_screen import ROOM
from commands.digest.editions import editions
from commands.kit.digest_parts import Span
from storage.database import Database
from storage.scope import ALL, Scope
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of, text_of
from tests.commands.scoring.test_scoring import run
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

    assert said.message.text == "Risk digest: Nothing new. Still open: 1 facility in arrears carried over, 12 days"
    assert "A quiet day: nothing new to do and no changes." in text_of(said.message.blocks)
    assert said.detail is None


def test_a_facility_is_named_when_it_falls_past_due_with_what_it_owes_and_then_only_counted(book):
    header = "id,customer,kind,currency,limit,outstanding,days_past_due\n"
    book.load("facilities", header + "F1,ACME,term_loan,EUR,5000000,4200000,3\n", at=MONDAY + timedelta(hours=3))

    first = screen(book)
    book.load("facilities", header + "F1,ACME,term_loan,EUR,5000000,4200000,4\n", at=MONDAY + timedelta(hours=27))
    second = screen(book, MORNING + DAY)

    assert "1 facility newly past due: EUR 4.2 m outstanding" in first
    assert "Acme Steel · F1 · EUR 4.2 m outstanding, overdue amount not reported · 3 days past due" in first
    assert "1 facility in arrears carried over, 12 days: /risk top by=overdue" in first
    assert "F1" not in second
    assert "2 facilities in arrears carried over, longest 12 days" in second


def test_amounts_in_two_currencies_are_never_added_up(book):
    rows = "F1,ACME,term_loan,EUR,5000000,4200000,3\nF3,ACME,guarantee,USD,300000,300000,3\n"
    book.load("facilities", f"id,customer,kind,currency,limit,outstanding,days_past_due\n{rows}", at=MONDAY + timedelta(hours=3))

    assert "2 facilities newly past due: EUR 4.2 m; USD 300 k outstanding" in screen(book)


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

    assert "🔴 red  B-1 · Nova Power · Debt service cover 1.00× (limit 1.05×) · due in 2 hours" in first
    assert "1 new approval request" in first
    assert "B-1 · Nova Power · Debt service cover 1.00× (limit 1.05×) · 1 day overdue" in second
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

    assert "2 changes" in first
    assert "1 rating changed" in first
    assert "R-1 · Acme Steel · ●●●● critical · lost its main buyer" in first
    assert "Acme Steel · S&P BB+ → B+" in first
    assert "1 file loaded: ratings 1 new, 0 changed" in first
    assert "Acme Steel" not in second


def test_a_digest_of_one_sector_names_nobody_else(book):
    book.observe("NOVA,dscr,2026-09-30,1.00", "ACME,dscr,2026-09-30,1.00", at=MONDAY + timedelta(hours=2))

    energy = screen(book, scope=Scope(sector="Energy"))

    assert "Nova Power" in energy
    assert "Acme Steel" not in energy
    assert "· Energy" in energy


def test_a_long_digest_stays_one_screen_and_its_thread_has_the_rest(one_book):
    one_book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(35)), at=MONDAY - 9 * DAY)
    one_book.observe(*(f"X{n:02},dscr,2026-09-30,1.00" for n in range(35)), at=MONDAY + timedelta(hours=1))

    said = digest(one_book)
    lines = [line for block in said.message.blocks if block["type"] == "rich_text" for line in text_of(block).split("\n")]

    assert said.message.text.startswith("Risk digest: Xylo 00: Debt service cover 1.00× (limit 1.05×); 34 more like it")
    assert "35 actions today" in text_of(said.message.blocks)
    assert len(lines) <= ROOM + 1
    assert len({line for line in items(said) if "Xylo" in line}) == 30
    assert "+5 more" in text_of((said.detail or said.message).blocks)


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
        assert not {line for line in before & after if not line.startswith("+")}


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


LENT = "id,customer,kind,currency,limit,outstanding,lgd,days_past_due,overdue\n"


def worsened(book: Book) -> Book:
    """Nova Power is rated down overnight, and a loan of Nordwind falls past due by a known amount."""
    book.load(
        "facilities", f"{LENT}N1,NOVA,term_loan,EUR,3000000,3000000,0.5,0,\nD1,NORD,term_loan,EUR,1000000,1000000,0.5,0,\n", at=MONDAY
    )
    book.load("ratings", "customer,rating,as_of,agency\nNOVA,A,2026-09-30,internal\nNORD,A,2026-09-30,internal\n", at=MONDAY)
    run(book, at=MONDAY)
    later = MONDAY + timedelta(hours=5)
    book.load("ratings", "customer,rating,as_of,agency\nNOVA,CCC,2026-11-20,internal\n", at=later)
    book.load("facilities", f"{LENT}D1,NORD,term_loan,EUR,1000000,1000000,0.5,2,41000\n", at=later)
    run(book, at=later)
    return book


def test_the_digest_opens_with_the_most_important_thing_and_names_who_worsened(one_book):
    said = digest(worsened(one_book), since=MONDAY + timedelta(minutes=1)).message
    lines = [text_of(block) for block in said.blocks]

    assert lines[0].startswith("Nova Power worsened from low to critical; expected loss up EUR ")
    assert lines[0].endswith("; 1 more customer worsened")
    assert "action" in lines[2]
    assert lines[3] == "2 customers worsened"
    assert re.search(r"Nova Power \(NOVA\) · ●○○○ low → ●●●● critical · expected loss up EUR [\d.]+ k to EUR [\d.]+ k", lines[4])


def test_overdue_amounts_are_called_overdue_amounts(one_book):
    said = screen(worsened(one_book), since=MONDAY + timedelta(minutes=1))

    assert "1 facility newly past due: EUR 41 k overdue" in said
    assert "Nordwind Energie · D1 · EUR 41 k overdue of EUR 1 m outstanding · 2 days past due" in said


def test_where_the_ledger_gives_no_amount_the_schedules_stands_with_its_days(one_book):
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding\nN1,NOVA,term_loan,EUR,3000000,3000000\n", at=MONDAY)
    one_book.load("instalments", "facility,due,principal,interest\nN1,2026-11-20,40000,2000\nN1,2027-11-20,2960000,0\n", at=MONDAY)
    one_book.load("payments", "facility,paid,amount\nN1,2026-10-20,1\n", at=MONDAY)
    later = MONDAY + timedelta(hours=5)
    header = "id,customer,kind,currency,limit,outstanding,days_past_due,as_of\n"
    one_book.load("facilities", f"{header}N1,NOVA,term_loan,EUR,3000000,3000000,3,2026-11-23\n", at=later)
    run(one_book, at=later)

    said = screen(one_book, since=MONDAY + timedelta(minutes=1))

    assert re.search(r"Nova Power · N1 · EUR 4[12](\.\d)? k overdue by the schedule, EUR 3 m outstanding · 4 days past due", said)


def test_files_loaded_are_a_remark_and_no_change(one_book):
    one_book.load("rates", "currency,base,as_of,rate\nUSD,EUR,2026-11-20,0.9\n", at=MONDAY + timedelta(hours=2))

    said = screen(one_book)

    assert "A quiet day: nothing new to do and no changes." in said
    assert "1 file loaded: exchange rates 1 new, 0 changed" in said


def test_no_heading_stands_alone_and_the_rest_repeats_nothing(one_book):
    one_book.load("customers", "id,name\n" + "".join(f"XYLO{n:02},Xylo {n:02}\n" for n in range(9)), at=MONDAY - 9 * DAY)
    one_book.observe(*(f"XYLO{n:02},dscr,2026-09-30,1.00" for n in range(9)), at=MONDAY + timedelta(hours=1))
    rows = "".join(f"L{n},XYLO{n:02},term_loan,EUR,5000000,4200000,3\n" for n in range(9))
    one_book.load("facilities", f"id,customer,kind,currency,limit,outstanding,days_past_due\n{rows}", at=MONDAY + timedelta(hours=2))
    for n in range(7):
        one_book.ask(f'log XYLO{n:02} credit L4 S5 X2 "lost its buyer number {n}"', at=MONDAY + timedelta(hours=3))

    said = digest(one_book)
    first, rest = (told(message) for message in (said.message, said.detail))

    for heading, lines in (*first, *rest):
        stated = int(heading.split()[0])
        more = sum(int(line.removeprefix("+").split()[0]) for line in lines if line.startswith("+"))
        assert lines
        assert stated == len([line for line in lines if not line.startswith("+")]) + more or "continued" in heading
    assert not {line for _heading, lines in first for line in lines} & {
        line for _heading, lines in rest for line in lines if line[0] != "+"
    }


def told(message: Any) -> list[tuple[str, list[str]]]:
    """The headings that count something, each with the lines under it."""
    found, blocks = [], message.blocks
    for block, after in pairwise(blocks):
        heading = text_of(block)
        if block["type"] == "rich_text" and heading[:1].isdigit() and after["type"] == "rich_text":
            found.append((heading, [text_of(item) for item in after["elements"][0]["elements"]]))
    return [one for one in found if "action" not in one[0]]
