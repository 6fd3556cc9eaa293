"""A channel's own digest: subscribed, changed, paused, resumed, ended; and every no says what would be accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commands.kit.contract import Refused
from storage import events
from storage.delivery import subscriptions
from storage.sight import EVERYTHING
from tests.bot.timekeeping.test_job_scheduler import At, digests, ticker
from tests.commands.conftest import Book, buttons_of, text_of
from tests.conftest import MONDAY

HERE = "C0DEALS"
DAY = timedelta(days=1)


def sent(book: Book, start: datetime, days: float, *, every: timedelta = timedelta(hours=1)) -> list[str]:
    """What the clock sends this channel in so many days, each as its date."""
    clock, before = At(start), len(digests(book.database))
    digest = ticker(book.database, book.policy, clock)
    while clock.at <= start + days * DAY:
        digest.tick()
        clock.at += every
    return [mark.split()[-1] for mark in digests(book.database)[before:] if mark.startswith(f"digest:{HERE}")]


def subscribed(book: Book, line: str = "digest subscribe", **more) -> str:
    return book.ask(line, channel=HERE, **more).text


def test_a_channel_subscribes_and_gets_its_first_digest_the_next_morning_in_its_own_zone(book):
    said = subscribed(book, "digest subscribe at=8:00 timezone=shanghai department=corporate")

    assert said.startswith("This channel now has its own digest. The next one goes out on 24 Nov 2026 at 08:00 (Asia/Shanghai).")
    assert sent(book, MONDAY, 2) == ["2026-11-24", "2026-11-25"]
    with book.database.begin(EVERYTHING) as tx:
        assert subscriptions.get(tx, HERE).department == "Corporate"
        assert events.kinds(tx)[-1] == "digest.subscribed"


def test_the_next_digest_is_named_once(one_book):
    said = one_book.ask("digest subscribe at=8:00", channel=HERE)

    assert text_of(said.blocks).count("The next one goes out on") == 1


def test_a_changed_hour_on_the_same_day_neither_repeats_nor_skips_the_date(book):
    subscribed(book, "digest subscribe at=10:00")
    first = sent(book, MONDAY, 0.1)
    subscribed(book, "digest subscribe at=15:00", at=MONDAY + timedelta(hours=4))
    again = sent(book, MONDAY + timedelta(hours=4), 0.5)
    subscribed(book, "digest subscribe at=07:00", at=MONDAY + timedelta(hours=22, minutes=30))
    tomorrow = sent(book, MONDAY + timedelta(hours=22, minutes=30), 0.3)

    assert (first, again, tomorrow) == (["2026-11-23"], [], ["2026-11-24"])


def test_a_pause_with_an_end_ends_by_itself_and_sends_nothing_of_what_was_missed(book):
    subscribed(book)
    book.ask("digest pause 2026-11-26", channel=HERE)

    assert sent(book, MONDAY, 4) == ["2026-11-26", "2026-11-27"]


def test_a_pause_without_an_end_lasts_until_somebody_resumes_it(book):
    subscribed(book)
    book.ask("digest pause", channel=HERE)
    paused = sent(book, MONDAY, 3)
    book.ask("digest resume", channel=HERE, at=MONDAY + 3 * DAY)

    assert paused == []
    assert sent(book, MONDAY + 3 * DAY, 1) == ["2026-11-27"]


def test_an_ended_digest_comes_no_more_and_subscribing_again_on_the_same_day_does_not_repeat_it(book):
    subscribed(book, "digest subscribe at=10:00")
    first = sent(book, MONDAY, 0.1)
    book.ask("digest unsubscribe", channel=HERE, at=MONDAY + timedelta(hours=3))
    subscribed(book, "digest subscribe at=13:00", at=MONDAY + timedelta(hours=3))

    assert first == ["2026-11-23"]
    assert sent(book, MONDAY + timedelta(hours=3), 0.5) == []


@pytest.mark.parametrize(
    ("zone", "at", "night"),
    [
        ("Europe/London", "01:30", datetime(2026, 10, 24, 12, tzinfo=UTC)),
        ("Europe/London", "01:30", datetime(2027, 3, 27, 12, tzinfo=UTC)),
        ("America/New_York", "01:30", datetime(2026, 10, 31, 12, tzinfo=UTC)),
        ("America/New_York", "02:30", datetime(2027, 3, 13, 12, tzinfo=UTC)),
        ("Africa/Cairo", "00:00", datetime(2026, 4, 23, 12, tzinfo=UTC)),
        ("Australia/Lord_Howe", "02:15", datetime(2026, 10, 3, 2, tzinfo=UTC)),
    ],
)
def test_on_a_night_when_the_clock_is_turned_a_channel_gets_exactly_one(one_book, policy, zone, at, night):
    one_book.policy = policy.model_copy(update={"digest": policy.digest.model_copy(update={"weekdays": (1, 2, 3, 4, 5, 6, 7)})})
    subscribed(one_book, f"digest subscribe at={at} timezone={zone}", at=night)
    dates = sent(one_book, night, 3, every=timedelta(minutes=30))

    assert len(dates) == len(set(dates)) == 3


def test_the_state_says_when_for_whom_and_what_can_be_done(one_book):
    nothing = one_book.ask("digest", channel=HERE)
    subscribed(one_book, "digest subscribe at=08:00 timezone=Asia/Shanghai sector=Energy")
    kept = one_book.ask("digest", channel=HERE)
    one_book.ask("digest pause", channel=HERE)
    paused = one_book.ask("digest", channel=HERE)

    assert nothing.text == "This channel has no digest"
    assert list(buttons_of(nothing.blocks)) == ["digest.subscribe"]
    assert "08:00 Asia/Shanghai · Mon Tue Wed Thu Fri" in text_of(kept.blocks)
    assert "Energy" in text_of(kept.blocks)
    assert "@U0ANA" in text_of(kept.blocks)
    assert list(buttons_of(kept.blocks)) == ["digest.pause", "digest.unsubscribe"]
    assert "Paused until resumed" in text_of(paused.blocks)
    assert list(buttons_of(paused.blocks)) == ["digest.resume", "digest.unsubscribe"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("digest subscribe timezone=Asia/Shangai", "There is no time zone “Asia/Shangai”. Did you mean Asia/Shanghai?"),
        ("digest subscribe timezone=xqzzw", "There is no time zone “xqzzw”: expected one like Europe/Berlin."),
        ("digest subscribe at=25:00", "Hour “25:00” is not accepted: expected a time of day like 08:30."),
        ("digest subscribe department=Marketing", "No customer has the department “Marketing”; there are: Corporate, Projects."),
        ("digest pause", "This channel has no digest. Set one up with `/risk digest subscribe`."),
        ("digest resume", "This channel has no digest. Set one up with `/risk digest subscribe`."),
    ],
)
def test_a_no_names_the_value_and_what_would_be_accepted(one_book, line, said):
    assert one_book.refusal(line, channel=HERE) == said


def test_a_pause_until_today_is_refused(one_book):
    subscribed(one_book)

    assert "24 Nov 2026 or later" in one_book.refusal("digest pause 2026-11-23", channel=HERE)


def test_a_direct_message_gets_no_digest_and_the_policys_channel_no_second_one(one_book):
    assert one_book.refusal("digest subscribe", channel="D0ANA").startswith("A digest belongs to a channel")
    with pytest.raises(Refused, match="The policy sends a digest to this channel"):
        one_book.ask("digest subscribe", channel="C0DIGEST", is_here=lambda name: name == "risk-digest")


def test_the_preview_is_the_next_digest_and_only_the_asker_sees_it(one_book):
    subscribed(one_book, "digest subscribe sector=Energy")
    one_book.observe("NOVA,dscr,2026-09-30,1.00", "ACME,dscr,2026-09-30,1.00")
    screen = text_of(one_book.ask("digest preview", channel=HERE, at=MONDAY + timedelta(hours=1)).blocks)

    assert "Nova Power" in screen
    assert "Acme Steel" not in screen
    assert "The next one goes out on 24 Nov 2026 at 08:30 (Europe/London)." in screen


def test_a_press_puts_the_card_as_it_now_stands_in_place_of_the_one_that_was_pressed(one_book):
    one_book.ask("digest subscribe")

    ended = one_book.press("digest.unsubscribe", channel="C0GENERAL")
    again = one_book.press("digest.pause", channel="C0GENERAL")

    assert (ended.replaces, again.replaces) == (True, True)
    assert list(buttons_of(ended.blocks)) == list(buttons_of(again.blocks)) == ["digest.subscribe"]
    assert "This channel has no digest" in text_of(ended.blocks)
    assert again.text == "This channel has no digest. Set one up with `/risk digest subscribe`."


def test_a_long_preview_is_one_screen_and_its_next_page_has_the_rest(one_book):
    one_book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(20)), at=MONDAY - 9 * DAY)
    one_book.observe(*(f"X{n:02},dscr,2026-09-30,1.00" for n in range(20)), at=MONDAY - timedelta(hours=1))

    first, second = one_book.ask("digest preview"), one_book.ask("digest preview page=2")

    assert "Xylo 14" not in text_of(first.blocks)
    assert "Xylo 14" in text_of(second.blocks)
    assert [(str(label), args.page) for label, args in first.pages] == [("Next ▶", 2)]
    assert [(str(label), args.page) for label, args in second.pages] == [("◀ Previous", 1)]
    assert one_book.refusal("digest preview page=3") == "There is no page 3: the last one is 2."
