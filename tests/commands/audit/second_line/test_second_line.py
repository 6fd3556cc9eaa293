"""The second line's monthly list: laid out once, drawn reproducibly, looked at by people who had no hand in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commands.audit.second_line import second_line_list
from commands.kit.input import inline
from commands.kit.registry import registry
from risk_engine.audit import second_line as engine
from storage import events
from storage.audit import second_line_samples
from storage.sight import EVERYTHING
from tests.commands.conftest import buttons_of, text_of
from tests.raw_events import RawEvent

JOB = registry().jobs["second line"]
OCTOBER = datetime(2026, 10, 14, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
SECOND = date(2026, 11, 2)
DRAWN = datetime(2026, 11, 2, 8, 0, tzinfo=ZoneInfo("UTC"))


def overrides(book, count: int, at: datetime = OCTOBER, actor: str = "U0ANA") -> None:
    with book.database.begin(EVERYTHING, write=True) as tx:
        for number in range(1, count + 1):
            facts = {"customer": "NOVA", "grade": "high", "model": "medium", "until": "2027-03-31", "reason": f"reason number {number}"}
            events.record(tx, RawEvent("override.proposed", f"O-{number}", actor, at, facts))


def closures(book, count: int) -> None:
    with book.database.begin(EVERYTHING, write=True) as tx:
        for number in range(1, count + 1):
            facts = {
                "kri": "Debt service cover",
                "customer": "NORD",
                "colour": "green",
                "value": 1.3,
                "as_of": "2026-10-01",
                "source": "customer",
            }
            events.record(tx, RawEvent("breach.closed", f"B-{number}", "monitor", OCTOBER, facts))


def draw(book, day: date = SECOND) -> None:
    with book.database.begin(EVERYTHING, write=True) as tx:
        JOB.run("second line", day, DRAWN, book.policy, tx)


@pytest.fixture
def listed(book):
    """October, with two overrides among two hundred closures, laid out on the first working day of November."""
    closures(book, 200)
    overrides(book, 2)
    draw(book)
    return book


def keys(book, month: str = "2026-10") -> dict[int, tuple[str, int]]:
    """The key and the event of each place on the list."""
    with book.database.begin(EVERYTHING) as tx:
        return {one.place: (one.key, one.event) for one in second_line_samples.drawn(tx, month)}


def of_kind(book, kind: str) -> str:
    """The key of the first entry of a kind."""
    with book.database.begin(EVERYTHING) as tx:
        found = dict(second_line_samples.population(tx, [kind], OCTOBER - timedelta(days=30), OCTOBER + timedelta(days=30)))
    return next(key for _place, (key, event) in sorted(keys(book).items()) if event in found)


# --- laying out --------------------------------------------------------------------------------------------------------


def test_the_list_goes_to_the_audit_channel_with_what_was_counted_and_ten_entries_to_look_at(listed):
    ((delivery, message),) = [told for told in listed.told() if told[0].notice == "second_line"]
    screen = text_of(message.blocks)

    assert delivery.audience == "route:audit"
    assert message.text == "Second line, October 2026: 10 of 202 entries to review"
    for part in ("Overrides proposed  2", "Breaches closed by rule  200", "None  overrides ended early", "seed 2026-10:"):
        assert part in screen
    assert len([block for block in message.blocks if block["type"] == "actions"]) == 10


def test_a_rare_kind_is_not_lost_among_a_frequent_one(listed):
    assert "proposed a grade override" in text_of(listed.ask("audit month=2026-10", "U0EVA").blocks)


def test_whoever_knows_the_seed_draws_the_same_entries(listed):
    with listed.database.begin(EVERYTHING) as tx:
        sample = second_line_samples.get(tx, "2026-10")
        begin, end = (datetime(2026, month, 1, tzinfo=ZoneInfo("Europe/Berlin")) for month in (10, 11))
        found = second_line_samples.population(tx, listed.policy.second_line.kinds, begin, end)

    assert engine.draw(found, sample.seed, 10) == [event for _place, (_key, event) in sorted(keys(listed).items())]
    assert Counter(kind for _number, kind in found) == {kind: count for kind, count in sample.counts.items() if count}


def test_a_month_is_laid_out_once_whatever_days_the_bot_was_down(listed):
    before = keys(listed)
    listed.told()
    for day in (SECOND, SECOND + timedelta(days=1), date(2026, 11, 30)):
        draw(listed, day)

    assert keys(listed) == before
    assert listed.told() == []


def test_a_bot_that_was_down_on_the_first_working_day_makes_up_for_it(book):
    overrides(book, 1)
    draw(book, date(2026, 11, 19))

    assert len(keys(book)) == 1


def test_a_month_begins_at_midnight_of_the_policys_zone(book):
    # 22:30 UTC on 30 September is half past midnight of October in Berlin
    overrides(book, 1, at=datetime(2026, 9, 30, 22, 30, tzinfo=ZoneInfo("UTC")))
    draw(book)

    assert len(keys(book)) == 1


def test_before_the_bot_was_there_nothing_is_listed(book):
    draw(book)

    assert keys(book) == {}
    assert [told for told in book.told() if told[0].notice == "second_line"] == []


def test_a_month_in_which_nothing_was_set_aside_says_so(book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent("risk.logged", "R-1", "U0ANA", OCTOBER, {"customer": "NOVA", "title": "x"}))
    draw(book)

    assert book.ask("audit month=2026-10").text == "Second line, October 2026: no entries sampled"


def test_the_job_is_due_on_working_days_at_the_policys_hour(book, policy):
    with book.database.begin(EVERYTHING) as tx:
        (slot,) = JOB.slots(policy, tx).values()

    assert (slot.weekdays, f"{slot.at:%H:%M}", slot.zone.key) == ((1, 2, 3, 4, 5), "09:00", "Europe/Berlin")


# --- reviewing ---------------------------------------------------------------------------------------------------------


def test_an_entry_in_order_is_ticked_and_the_message_is_brought_up_to_date(listed):
    listed.told()
    said = listed.press("sample.fine", "U0EVA", key=of_kind(listed, "override.proposed")).text
    ((delivery, message),) = listed.told()
    screen = text_of(message.blocks)

    assert said.endswith("of October 2026: in order; 1 of 10 reviewed.")
    assert (delivery.notice, str(delivery.operation)) == ("second_line", "update")
    assert "✅ in order · @U0EVA" in screen
    assert len([block for block in message.blocks if block["type"] == "actions"]) == 9
    assert listed.ask("audit month=2026-10", "U0EVA").text == "Second line, October 2026: 1 of 10 reviewed, 0 findings"


def test_a_finding_is_said_in_words(listed):
    listed.press("sample.finding", "U0EVA", key=keys(listed)[1][0], finding="the reason names no fact")
    reply = listed.ask("audit month=2026-10", "U0EVA")

    assert reply.text == "Second line, October 2026: 1 of 10 reviewed, 1 finding"
    assert "“the reason names no fact”" in text_of(reply.blocks)


def test_whoever_proposed_it_does_not_look_at_it(listed):
    with pytest.raises(Exception, match="You were involved in entry"):
        listed.press("sample.fine", "U0ANA", key=of_kind(listed, "override.proposed"))

    assert listed.ask("audit month=2026-10", "U0EVA").text.endswith("10 of 202 entries to review")


def test_whoever_decided_about_it_does_not_either_nor_by_a_second_account(listed):
    with listed.database.begin(EVERYTHING, write=True) as tx:
        for number in (1, 2):
            events.record(tx, RawEvent("override.ended", f"O-{number}", "U0OMAR", OCTOBER, {"customer": "NOVA"}))
    people = listed.policy.people.model_copy(update={"accounts": {"U0OMAR2": "U0OMAR"}})
    listed.policy = listed.policy.model_copy(update={"people": people})

    for account in ("U0OMAR", "U0OMAR2"):
        with pytest.raises(Exception, match="You were involved in entry"):
            listed.press("sample.fine", account, key=of_kind(listed, "override.proposed"))


def test_an_entry_is_looked_at_once(listed):
    key = keys(listed)[1][0]
    listed.press("sample.fine", "U0EVA", key=key)

    with pytest.raises(Exception, match="<@U0EVA> has already reviewed entry 1"):
        listed.press("sample.finding", "U0MEI", key=key, finding="I see it otherwise")


def test_every_review_is_on_record(listed):
    listed.press("sample.fine", "U0EVA", key=keys(listed)[1][0])
    reply = listed.ask("audit kind=sample", "U0EVA")

    assert reply.text.startswith("Audit trail: 2 entries")
    assert "Marked a sampled entry as in order" in text_of(reply.blocks)


def test_the_buttons_carry_opaque_keys(listed):
    message = next(message for delivery, message in listed.told() if delivery.notice == "second_line")

    assert set(buttons_of(message.blocks)) == {"sample.fine", "sample.finding"}
    assert all(len(value) == 32 for value in buttons_of(message.blocks).values())


def test_a_month_without_a_list_names_those_that_there_are(listed):
    assert listed.refusal("audit month=2026-09") == "There is no list of 2026-09; there are: 2026-10."


def test_what_a_narrow_sight_does_not_hold_is_not_shown(listed):
    with listed.database.begin(EVERYTHING) as tx:
        narrow = replace(tx, sight=type(tx.sight)(type(tx.sight.reach).OWN, names=frozenset({"U0MEI"})))
        found = second_line_list.wanted("2026-10", narrow)
        screen = text_of(second_line_list.body(found, listed.policy, narrow))

    assert "an entry about a customer you cannot see" in screen
    assert "reason number" not in screen


def test_the_list_leaves_as_a_file_with_what_was_made_of_each_entry(listed, asks):
    listed.press("sample.finding", "U0EVA", key=keys(listed)[1][0], finding="=2+2 is not a reason")
    command = registry().commands["audit"]
    with listed.database.begin(EVERYTHING) as tx:
        made = command.sheet(inline.read(registry(), "audit month=2026-10").checked(), asks("U0EVA"), tx)
    rows = [dict(zip(made.headings, row, strict=True)) for row in made.rows]

    assert len(rows) == 10
    assert (rows[0]["verdict"], rows[0]["finding"], rows[0]["reviewed_by"]) == ("finding", "=2+2 is not a reason", "U0EVA")
    assert {row["kind"] for row in rows} == {"override.proposed", "breach.closed"}
