"""Episodes follow the imports: opened once, told once, worsened, eased and closed; history and old figures open nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.indicators.indicators import standings
from commands.indicators.monitor import evaluate
from commands.kit.contract import Refused
from commands.kit.directory import knowing
from risk_engine.indicators.breach import BreachState
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Kri
from storage import events
from storage.customers import customers
from storage.indicators import breaches
from storage.names import name_key
from storage.sight import EVERYTHING
from tests.commands.conftest import buttons_of, text_of
from tests.commands.scoring.test_scoring import quote, run
from tests.conftest import MONDAY

LATER = MONDAY + timedelta(hours=1)


def running(book) -> list[tuple[str, str, Colour, float]]:
    """The episodes that are not closed."""
    with book.database.begin(EVERYTHING) as tx:
        _count, found = breaches.not_closed(tx, limit=100)
    return [(str(breach.id), breach.customer, breach.colour, breach.reading.value) for breach in found]


def happened(book) -> list[str]:
    with book.database.begin(EVERYTHING) as tx:
        return [kind.removeprefix("breach.") for kind in events.kinds(tx) if kind.startswith("breach")]


def test_a_crossing_opens_an_episode_and_asks_the_manager(book):
    book.observe("ACME,dscr,2026-06-30,1.40,customer", "ACME,dscr,2026-09-30,1.17,market")

    ((delivery, message),) = book.told()
    screen = text_of(message.blocks)

    assert running(book) == [("B-1", "ACME", Colour.AMBER, 1.17)]
    assert (delivery.notice, delivery.operation, delivery.audience) == ("breach.alert", "post", "route:alerts")
    assert message.text == "🔶 amber Acme Steel: Debt service cover 1.17× (limit 1.20×) (B-1)"
    assert "As of  30 Sept 2026, from the market" in screen
    assert "Before  1.40× on 30 Jun 2026" in screen
    assert "Out of bounds since  23 Nov 2026 09:00" in screen
    assert "Exposure  EUR 4.45 m; USD 300 k" in screen
    assert "@U0MEI: please acknowledge by 26 Nov 2026 09:00 and state the planned response." in screen
    assert set(buttons_of(message.blocks)) == {"breach.ack", "breach.respond"}


def test_the_owner_of_a_file_is_mentioned_if_one_person_alone_has_the_name(one_book):
    one_book.load("customers", "id,name,manager\nXYLO,Xylo Works,林美 Lin Mei\n", at=MONDAY)
    one_book.observe("XYLO,dscr,2026-09-30,1.00")

    with knowing({name_key("Lin Mei"): "U0MEI", name_key("林美 Lin Mei"): "U0MEI"}):
        ((_delivery, message),) = one_book.told()

    assert "Owner  @U0MEI" in text_of(message.blocks)
    assert "@U0MEI: please acknowledge by" in text_of(message.blocks)


def test_an_alert_says_what_the_breach_means_for_the_grade(book):
    quote(book, "USD", 0.9)
    book.load("ratings", "customer,rating,as_of,agency\nACME,A,2026-10-01,S&P\n")
    run(book)
    book.told()
    book.observe("ACME,dscr,2026-09-30,1.00")
    ((_delivery, fresh),) = book.told()
    run(book, MONDAY + timedelta(hours=1))
    book.observe("ACME,dscr,2026-10-31,0.90")
    scored = next(message for delivery, message in book.told() if delivery.notice == "breach.alert")

    assert "→ ●●●○ high or worse with the next scoring" in text_of(fresh.blocks)
    assert "●●●○ high; the breach alone requires high or worse" in text_of(scored.blocks)


def test_the_plan_given_with_an_acknowledgement_stands_on_the_alert_and_in_the_trail(book):
    book.observe("ACME,dscr,2026-09-30,1.17")
    ((_delivery, message),) = book.told()
    key = buttons_of(message.blocks)["breach.ack"]

    said = book.press("breach.ack", key=key, plan="Ask for the accounts of October", owner="<@U0EVA>", due="2026-11-30")
    ((_delivery, taken),) = book.told()

    assert said.text == "You have acknowledged B-1; the alert shows it with your plan."
    assert "Plan  “Ask for the accounts of October” · @U0EVA · by 30 Nov 2026" in text_of(taken.blocks)


def test_a_plan_for_yesterday_is_refused_and_nothing_is_acknowledged(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.17")
    ((_delivery, message),) = one_book.told()
    key = buttons_of(message.blocks)["breach.ack"]

    with pytest.raises(Refused):
        one_book.press("breach.ack", key=key, plan="Ask for the accounts", due="2026-11-22")

    assert happened(one_book) == ["opened"]


def test_the_same_import_again_opens_nothing(book):
    for hours in range(3):
        book.observe("ACME,dscr,2026-09-30,1.17", at=MONDAY + timedelta(hours=hours))

    assert (happened(book), book.notices()) == (["opened"], ["breach.alert post"])


def test_within_bounds_nobody_is_told(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.40", "ACME,shoe_size,2026-09-30,99")

    assert (happened(one_book), one_book.told()) == ([], [])


def test_only_the_newest_reading_counts(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.40")
    one_book.observe(*(f"ACME,dscr,20{year}-12-31,0.5" for year in range(10, 26)), at=LATER)

    assert (happened(one_book), one_book.told()) == ([], [])


def test_figures_of_long_ago_open_nothing(one_book):
    one_book.observe("ACME,dscr,2025-12-31,0.5")

    assert (happened(one_book), one_book.told()) == ([], [])


@pytest.mark.parametrize(("as_of", "opens"), [("2026-07-09", True), ("2026-07-08", False)])
def test_a_reading_is_too_old_the_day_after_its_frequency_and_grace(one_book, as_of, opens):
    # quarterly, 92 days, and 45 of grace before 23 November
    one_book.observe(f"ACME,dscr,{as_of},1.0")

    assert bool(running(one_book)) == opens


def test_a_customer_without_a_manager_is_asked_of_whoever_looks_after_it(one_book):
    one_book.observe("NOVA,dscr,2026-09-30,1.0")

    assert "The relationship manager of this customer: please acknowledge by 24 Nov 2026 09:00" in text_of(one_book.told()[0][1].blocks)


def acknowledged_by(book) -> list[str | None]:
    with book.database.begin(EVERYTHING) as tx:
        return [breach.acknowledged_by for breach in breaches.not_closed(tx, limit=9)[1]]


def acknowledged_amber(book) -> None:
    book.observe("ACME,debt_ratio,2026-09-30,0.858", at=MONDAY - timedelta(days=2))
    (_alert,) = book.told()
    book.press("breach.ack", key=buttons_of(_alert[1].blocks)["breach.ack"], at=MONDAY - timedelta(days=1))
    book.told()


def test_an_acknowledgement_stands_again_once_the_reading_that_ended_it_is_corrected(one_book):
    acknowledged_amber(one_book)
    for hour in (0, 2):
        one_book.observe("ACME,debt_ratio,2026-09-30,85.8", at=MONDAY + timedelta(hours=hour))
        assert acknowledged_by(one_book) == [None]
        one_book.observe("ACME,debt_ratio,2026-09-30,0.859", at=MONDAY + timedelta(hours=hour + 1))
        assert acknowledged_by(one_book) == ["U0OMAR"]

    (alert, shown), *_others = one_book.told()
    assert alert.operation == "update"
    assert "Acknowledged" in text_of(shown.blocks)
    assert "please acknowledge" not in text_of(shown.blocks)


def test_a_later_reading_that_eases_a_breach_is_no_correction(one_book):
    acknowledged_amber(one_book)
    one_book.observe("ACME,debt_ratio,2026-10-31,0.97", at=MONDAY)
    one_book.observe("ACME,debt_ratio,2026-11-20,0.85", at=MONDAY + timedelta(hours=1))

    assert acknowledged_by(one_book) == [None]


def test_a_correction_acknowledges_nothing_that_nobody_has_acknowledged(one_book):
    one_book.observe("ACME,debt_ratio,2026-09-30,0.858", at=MONDAY - timedelta(days=2))
    one_book.observe("ACME,debt_ratio,2026-09-30,85.8", at=MONDAY)
    one_book.observe("ACME,debt_ratio,2026-09-30,0.858", at=MONDAY + timedelta(hours=1))

    assert acknowledged_by(one_book) == [None]


def test_a_worsening_is_told_in_the_thread_and_asks_again(book):
    book.observe("ACME,dscr,2026-06-30,1.17", at=MONDAY - timedelta(days=60))
    (_alert,) = book.told()
    key = buttons_of(_alert[1].blocks)["breach.ack"]
    book.press("breach.ack", key=key, at=MONDAY - timedelta(days=59))
    book.told()

    book.observe("ACME,dscr,2026-09-30,1.00")
    (alert, shown), (reply, said) = book.told()

    assert ([alert.operation, reply.operation], happened(book)) == (["update", "reply"], ["opened", "acknowledged", "worsened"])
    assert "please acknowledge by 24 Nov 2026 09:00" in text_of(shown.blocks)
    assert "B-1: Debt service cover of Acme Steel has worsened to 1.00×" in said.text


def test_an_easing_rewrites_the_alert_without_a_word(one_book):
    one_book.observe("ACME,dscr,2026-08-31,1.00")
    one_book.told()

    one_book.observe("ACME,dscr,2026-09-30,1.15", at=LATER)

    assert (one_book.notices(), happened(one_book), running(one_book)[0][2:]) == (
        ["breach.alert update"],
        ["opened", "eased"],
        (Colour.AMBER, 1.15),
    )


def test_a_new_reading_of_the_same_colour_stands_in_the_alert(one_book):
    one_book.observe("ACME,dscr,2026-08-31,1.17")
    one_book.told()

    one_book.observe("ACME,dscr,2026-09-30,1.12", at=LATER)
    ((delivery, message),) = one_book.told()

    assert delivery.operation == "update"
    assert "1.12× (limit 1.20×)" in message.text


def test_back_within_bounds_closes_it_and_a_new_crossing_is_a_new_episode(book):
    book.observe("ACME,dscr,2026-07-31,1.17")
    book.observe("ACME,dscr,2026-08-31,1.40", at=LATER)
    _opened, _rewritten, (_delivery, said) = book.told()
    book.observe("ACME,dscr,2026-09-30,1.00", at=LATER + timedelta(hours=1))

    assert said.text == "✅ B-1: Debt service cover of Acme Steel is back within bounds at 1.40×."
    assert happened(book) == ["opened", "closed", "opened"]
    assert [id for id, *_rest in running(book)] == ["B-2"]


def test_within_the_dead_band_it_stays_open(one_book):
    one_book.observe("ACME,dscr,2026-08-31,1.17")
    one_book.observe("ACME,dscr,2026-09-30,1.22", at=LATER)

    assert running(one_book)[0][2] is Colour.AMBER


def test_a_correction_of_the_newest_reading_closes_what_it_had_opened(one_book):
    one_book.observe("ACME,dscr,2026-09-30,1.00")
    one_book.observe("ACME,dscr,2026-09-30,1.40", at=LATER)

    assert running(one_book) == []


def test_a_missing_value_neither_opens_nor_closes(book):
    book.observe("ACME,dscr,2026-08-31,1.00")
    book.observe("ACME,dscr,2026-09-30,", at=LATER)

    assert (running(book)[0][2:], happened(book)) == ((Colour.RED, 1.0), ["opened"])


def test_of_several_sources_on_one_date_the_newest_known_counts_also_when_another_is_missing(book):
    for hours, row in enumerate(["0.90,customer", ",market", "1.40,relationship"]):
        book.observe(f"NOVA,dscr,2026-09-30,{row}", at=MONDAY + timedelta(hours=hours))

    with book.database.begin(EVERYTHING) as tx:
        who = customers.get(tx, "NOVA")
        shown = standings(tx, book.policy, who, today=MONDAY.date())
    assert running(book) == []
    assert [(standing.colour, standing.newest.value, standing.previous) for standing in shown] == [(Colour.GREEN, 1.40, None)]


def test_an_indicator_of_one_sector_leaves_the_others_alone(one_book):
    mine = Kri(name="Wind", indicator="wind", direction="low", amber=5, red=3, frequency="monthly", sector="Energy", owner="U0ZOE")
    policy = one_book.policy.model_copy(update={"kri": (mine,)})

    one_book.observe("ACME,wind,2026-11-20,1", "NORD,wind,2026-11-20,4", policy=policy)

    assert running(one_book) == [("B-1", "NORD", Colour.AMBER, 4.0)]
    assert "@U0ZOE" in text_of(one_book.told()[0][1].blocks)


@pytest.mark.parametrize(("count", "grouped"), [(5, False), (6, True)])
def test_many_crossings_at_once_are_one_message(one_book, count, grouped):
    one_book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(count)))

    one_book.observe(*(f"X{n:02},dscr,2026-09-30,{'1.00' if n < 2 else '1.17'}" for n in range(count)))
    told = one_book.told()

    assert len(running(one_book)) == count
    assert len(told) == (1 if grouped else count)
    if grouped:
        assert told[0][1].text == "6 indicators have crossed their thresholds"
        assert "🔴 2 red, 🔶 4 amber" in text_of(told[0][1].blocks)


def test_a_grouped_message_lists_the_worst_breaches_first(one_book):
    one_book.load("customers", "id,name\n" + "".join(f"X{n},Xylo {n}\n" for n in range(6)))
    values = ("1.17", "1.16", "1.00", "1.18", "0.40", "0.90")

    one_book.observe(*(f"X{n},dscr,2026-09-30,{value}" for n, value in enumerate(values)))

    said = text_of(one_book.told()[0][1].blocks)
    assert re.findall(r"Xylo \d", said) == ["Xylo 4", "Xylo 5", "Xylo 2", "Xylo 1", "Xylo 0", "Xylo 3"]


def test_every_breach_of_a_grouped_message_can_be_acknowledged_from_the_list(one_book):
    one_book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(9)))
    one_book.observe(*(f"X{n:02},dscr,2026-09-30,1.00" for n in range(9)))

    reply = one_book.ask("breaches")
    keys = [each["value"] for block in reply.blocks if block["type"] == "actions" for each in block["elements"][:1]]

    assert reply.text.startswith("9 breaches: Xylo 00, ")
    said = [one_book.press("breach.ack", key=key).text for key in keys]
    assert said[0] == "You have acknowledged B-1; the alert shows it."
    assert one_book.ask("breaches open").text.startswith("1 breach: ")


def test_a_large_book_is_walked_at_once(book):
    book.load("customers", "id,name\n" + "".join(f"X{n:03},Xylo {n:03}\n" for n in range(150)))
    rows = [f"X{n:03},dscr,2026-0{month}-28,{1.0 if n == 77 and month == 9 else 1.5}" for n in range(150) for month in range(9 - n % 4, 10)]

    book.observe(*rows)

    assert running(book) == [("B-1", "X077", Colour.RED, 1.0)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.sampled_from(["1.40", "1.22", "1.17", "1.00", ""]), min_size=1, max_size=6), again=st.booleans())
def test_whatever_arrives_there_is_one_open_episode_at_most_and_repeating_changes_nothing(one_book, values, again):
    at, customer = MONDAY, f"H{abs(hash((tuple(values), again))):x}"
    one_book.load("customers", f"id,name\n{customer},Somebody\n")
    for month, value in enumerate(values, 4):
        at += timedelta(seconds=1)
        one_book.observe(f"{customer},dscr,2026-{month:02}-28,{value}", at=at)
        if again:
            with one_book.database.begin(EVERYTHING, write=True) as tx:
                assert evaluate(tx, one_book.policy, [customer], ["dscr"], at=at) == 0

    with one_book.database.begin(EVERYTHING) as tx:
        count, found = breaches.not_closed(tx, customer=customer, limit=9)
    assert count <= 1
    assert all(breach.state is BreachState.OPEN for breach in found)
