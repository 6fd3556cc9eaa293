"""One name has one value on one day: the screen, the list, the alert and the score show the same, wherever it comes from."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import Clock
from bot.scoring import scoring
from commands.indicators import out_of_step, standings
from commands.kit.contract import Refused
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Kri
from storage.customers import customers
from storage.indicators import breaches
from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, text_of
from tests.conftest import MONDAY

LATER = MONDAY + timedelta(hours=1)
# a year's accounts by line; EBITDA of 96 on a debt service of 100, an interest cover of 2.46
LINES = {
    "total_assets": 1000,
    "current_assets": 400,
    "current_liabilities": 300,
    "total_liabilities": 500,
    "equity": 500,
    "revenue": 800,
    "ebitda": 96,
    "tax": 0,
    "capex": 0,
    "working_capital_change": 0,
    "principal_repaid": 61,
    "interest_expense": 39,
}


class _Monday(Clock):
    def now(self):
        return MONDAY


def send(book: Book, *, end: str = "2026-09-30", customer: str = "NOVA", audited: str = "", **lines: float) -> None:
    """Import a year's accounts of a customer."""
    told = LINES | lines
    head = ",".join(["customer", "period_end", "months", "currency", "audited", *told])
    book.load("statements", f"{head}\n{customer},{end},12,EUR,{audited},{','.join(map(str, told.values()))}\n")


def lend(book: Book, *rows: str, **more: object) -> None:
    """Import facilities of a customer, each as ``K1,EUR,100,80,45,2026-11-20``: limit, drawn, days past due, the ledger's day."""
    lines = [f"{name},NOVA,revolver,{rest}" for name, rest in (row.split(",", 1) for row in rows)]
    book.load("facilities", "\n".join(["id,customer,kind,currency,limit,outstanding,days_past_due,as_of", *lines]) + "\n", **more)


def score(book: Book) -> None:
    scoring.score(book.database, book.policy, _Monday(), by="test")


def shown(book: Book, name: str, line: str = "show NOVA view=trend") -> list[str] | None:
    """The cells beside an indicator's name in a table; the customer's first screen must give the same value, if it names it."""
    try:
        table = text_of(book.ask(line).blocks)
    except Refused:
        # no reading of any indicator
        table = ""
    rows = (re.split(r" {2,}", row.strip()) for row in table.splitlines())
    found = next((row[1:] for row in rows if row[0].removeprefix("· ") == name), None)
    first = text_of(book.ask(line.partition(" view=")[0]).blocks)
    for value in re.findall(rf"(?:red|amber|green|stale|no reading)  {name} (\S+(?: days?)?)", first):
        assert (found or [None])[0] == value
    return found


def open_breaches(book: Book, customer: str = "NOVA") -> list[tuple[str, Colour, float, str]]:
    with book.database.begin(EVERYTHING) as tx:
        found = breaches.not_closed(tx, customer=customer, limit=99)[1]
    return [(one.kri, one.colour, one.reading.value, one.reading.source) for one in found]


def test_a_reported_figure_of_the_same_day_counts_before_draft_accounts_on_the_screen_and_in_the_score(one_book):
    send(one_book)
    one_book.observe("NOVA,interest_coverage,2026-09-30,2.25")
    score(one_book)

    assert shown(one_book, "Interest cover")[0] == "2.25×"
    assert shown(one_book, "Interest cover", "show NOVA view=score")[0] == "2.25×"


def test_an_auditors_figures_count_before_a_reported_one_of_the_same_day(one_book):
    send(one_book, audited="yes")
    one_book.observe("NOVA,interest_coverage,2026-09-30,2.25")
    score(one_book)

    screen = shown(one_book, "Interest cover")
    assert (screen[0], screen[-1]) == ("2.46×", "audited statement")
    assert shown(one_book, "Interest cover", "show NOVA view=score")[0] == "2.46×"


def test_the_later_date_counts_whatever_the_source(one_book):
    send(one_book, end="2026-06-30", audited="yes")
    one_book.observe("NOVA,current_ratio,2026-09-30,0.64")
    score(one_book)

    assert shown(one_book, "Current ratio")[0] == "0.64×"
    assert shown(one_book, "Current ratio", "show NOVA view=score")[:2] == ["0.64×", "20"]
    assert ("Current ratio", Colour.RED, 0.64, "customer") in open_breaches(one_book)


def test_accounts_alone_open_a_breach(one_book):
    send(one_book)

    ((_delivery, message),) = one_book.told()
    assert open_breaches(one_book) == [("Debt service cover", Colour.RED, 0.96, "statement")]
    assert message.text == "🔴 red Nova Power: Debt service cover 0.96× (limit 1.05×) (B-1)"
    assert "As of  30 Sept 2026, from the statement" in text_of(message.blocks)


def test_a_derived_value_is_judged_of_the_kinds_of_customers_that_owe_it_and_a_reported_one_always(one_book):
    one_book.load("customers", "id,name,kind\nNOVA,Nova Power,manufacturer\n")
    send(one_book)
    assert (open_breaches(one_book), shown(one_book, "Debt service cover")) == ([], None)

    one_book.observe("NOVA,dscr,2026-06-30,1.30", at=LATER)
    assert open_breaches(one_book) == [("Debt service cover", Colour.RED, 0.96, "statement")]


def test_annual_accounts_are_good_until_the_next_ones_are_due(one_book):
    # a year and the indicator's grace of 45 days
    send(one_book, end="2025-12-31")

    assert open_breaches(one_book) == [("Debt service cover", Colour.RED, 0.96, "statement")]
    assert "stale" not in " ".join(shown(one_book, "Debt service cover"))


def test_days_past_due_of_the_ledger_raise_an_alert_and_stand_on_the_screen(one_book):
    lend(one_book, "K1,EUR,100,50,45,", "K2,EUR,100,50,0,")

    assert open_breaches(one_book) == [("Days past due", Colour.RED, 45.0, "ledger")]
    assert shown(one_book, "Days past due")[0] == "45 days"
    assert "from the ledger" in text_of(one_book.told()[0][1].blocks)


def test_arrears_that_end_close_the_breach(one_book):
    lend(one_book, "K1,EUR,100,50,45,2026-10-31")
    lend(one_book, "K1,EUR,100,50,0,2026-11-20", at=LATER)

    assert open_breaches(one_book) == []


def test_a_ledger_that_is_loaded_last_holds_on_the_screen_and_in_the_score_also_if_it_is_of_an_earlier_day(one_book):
    lend(one_book, "K1,EUR,100,50,45,2026-11-20")
    lend(one_book, "K1,EUR,100,50,3,2026-11-10", at=LATER)
    score(one_book)

    assert shown(one_book, "Days past due")[0] == shown(one_book, "Days past due", "show NOVA view=score")[0] == "3 days"
    assert open_breaches(one_book) == [("Days past due", Colour.AMBER, 3.0, "ledger")]


def test_arrears_by_schedule_and_payments_count_as_in_the_score(one_book):
    lend(one_book, "K1,EUR,100,50,0,2026-11-20")
    one_book.load("instalments", "facility,due,principal,interest\nK1,2026-10-11,10,1\nK1,2026-12-11,10,1\n")
    one_book.load("payments", "facility,paid,amount\nK1,2026-10-12,5\n", at=LATER)
    score(one_book)

    assert open_breaches(one_book) == [("Days past due", Colour.RED, 43.0, "ledger")]
    assert shown(one_book, "Days past due")[0] == shown(one_book, "Days past due", "show NOVA view=score")[0] == "43 days"


def test_a_ledger_of_a_later_day_alerts_nobody_before_its_payments_have_come(one_book):
    schedule = "facility,due,principal,interest\nK1,2026-10-11,10,1\nK1,2026-11-11,10,1\n"
    before = MONDAY - timedelta(days=20)
    lend(one_book, "K1,EUR,100,50,0,2026-10-31", at=before)
    one_book.load("instalments", schedule, at=before)
    one_book.load("payments", "facility,paid,amount\nK1,2026-10-11,11\n", at=before)
    lend(one_book, "K1,EUR,100,39,0,2026-11-20", at=LATER)
    one_book.load("payments", "facility,paid,amount\nK1,2026-11-11,11\n", at=LATER + timedelta(minutes=1))

    assert one_book.told() == []


def test_a_limit_that_is_drawn_keeps_its_colour_within_the_dead_band(one_book):
    lend(one_book, "K1,EUR,100,96,0,2026-08-31")
    lend(one_book, "K1,EUR,100,92,0,2026-10-31", at=LATER)

    # red from 95 %, and back only below 90 %
    assert shown(one_book, "Limit utilisation")[-3:-2] == ["🔴 red"]
    assert open_breaches(one_book) == [("Limit utilisation", Colour.RED, 0.92, "ledger")]


def test_a_loan_that_is_drawn_once_and_repaid_has_no_utilisation(one_book):
    one_book.load("facilities", "id,customer,kind,currency,limit,outstanding\nK1,NOVA,term_loan,EUR,100,100\n")

    assert (shown(one_book, "Limit utilisation"), open_breaches(one_book)) == (None, [])


@pytest.mark.parametrize(("rate", "expected"), [("USD,EUR,2026-11-20,0.5\n", "75%"), ("", None)])
def test_limits_in_several_currencies_are_added_up_by_a_dated_rate_or_not_at_all(one_book, rate, expected):
    if rate:
        one_book.load("rates", f"currency,base,as_of,rate\n{rate}")
    lend(one_book, "K1,EUR,100,50,,2026-11-20", "K2,USD,200,200,,2026-11-20")

    found = shown(one_book, "Limit utilisation")
    assert (found and found[0]) == expected


def test_a_ratio_that_the_newest_accounts_do_not_give_is_not_taken_from_older_ones(one_book):
    send(one_book, end="2025-12-31", current_assets=100)
    send(one_book, end="2026-09-30", current_assets="")
    score(one_book)

    assert shown(one_book, "Current ratio")[0] == "–"
    assert shown(one_book, "Current ratio", "show NOVA view=score")[0] == "–"


def test_an_empty_reading_leaves_the_one_before_on_the_screen_and_in_the_score(one_book):
    one_book.observe("NOVA,dscr,2026-06-30,1.30")
    one_book.observe("NOVA,dscr,2026-09-30,", at=LATER)
    score(one_book)

    assert shown(one_book, "Debt service cover")[0] == "1.30×"
    assert shown(one_book, "Debt service cover", "show NOVA view=score")[0] == "1.30×"


def test_a_policy_may_prefer_what_is_derived(one_book):
    one_book.policy = one_book.policy.model_copy(update={"indicators": one_book.policy.indicators.model_copy(update={"prefer": "derived"})})
    send(one_book, end="2026-06-30")
    one_book.observe("NOVA,interest_coverage,2026-09-30,2.25")
    score(one_book)

    assert shown(one_book, "Interest cover")[0] == "2.46×"
    assert shown(one_book, "Interest cover", "show NOVA view=score")[0] == "2.46×"


def with_amber(book: Book, indicator: str, amber: float) -> None:
    """Another threshold, as an approved change puts it in force."""
    kris = tuple(Kri(**kri.model_dump() | {"amber": amber}) if kri.indicator == indicator else kri for kri in book.policy.kri)
    book.policy = book.policy.model_copy(update={"kri": kris})


def test_another_threshold_judges_the_book_at_the_next_scoring_and_once_only(one_book):
    one_book.observe("NOVA,interest_coverage,2026-09-30,2.25", "NORD,interest_coverage,2026-09-30,2.40")
    assert open_breaches(one_book) == []

    with_amber(one_book, "interest_coverage", 2.3)
    score(one_book)
    assert open_breaches(one_book) == [("Interest cover", Colour.AMBER, 2.25, "customer")]
    assert "🔶 amber Nova Power: Interest cover 2.25× (limit 2.30×) (B-1)" in [message.text for _delivery, message in one_book.told()]
    score(one_book)
    assert one_book.notices() == []

    with_amber(one_book, "interest_coverage", 1.5)
    score(one_book)
    assert open_breaches(one_book) == []


def test_an_open_alert_shows_the_threshold_that_holds_now(one_book):
    one_book.observe("NOVA,interest_coverage,2026-09-30,1.80")
    one_book.told()

    with_amber(one_book, "interest_coverage", 2.3)
    score(one_book)

    assert any("1.80× (limit 2.30×)" in message.text for _delivery, message in one_book.told())


def test_reported_arrears_of_a_later_day_count_in_the_exposure_the_indicators_and_the_reasons(one_book):
    lend(one_book, "K1,EUR,100,50,12,2026-10-31")
    one_book.observe("NOVA,days_past_due,2026-11-20,33")
    score(one_book)

    screen = text_of(one_book.ask("show NOVA").blocks)
    assert "drawn of EUR 100 · 33 days past due" in screen
    assert shown(one_book, "Days past due")[0] == "33 days"
    assert "33 days past due, as reported" in text_of(one_book.ask("show NOVA view=score").blocks)


def test_a_fall_of_a_price_is_watched_like_any_other_indicator(one_book):
    mine = Kri(name="Share price", indicator="share_price_change", direction="low", amber=-0.2, red=-0.4, frequency="monthly")
    fed = Kri(name="Costs", indicator="input_costs_change", direction="high", amber=0.1, red=0.5, frequency="monthly")
    one_book.policy = one_book.policy.model_copy(update={"kri": (mine, fed)})
    one_book.observe("NOVA,share_price,2026-07-31,20", "NOVA,share_price,2026-08-20,10", "NOVA,share_price,2026-10-31,15", at=MONDAY)
    one_book.observe("NOVA,input_costs,2026-07-31,1.0", "NOVA,input_costs,2026-10-31,1.2")

    assert open_breaches(one_book) == [
        ("Share price", Colour.AMBER, -0.25, "prices"),
        ("Costs", Colour.AMBER, pytest.approx(0.2), "prices"),
    ]
    with one_book.database.begin(EVERYTHING) as tx:
        found = scoring.scoring.compute(one_book.policy, scoring.scoring.look(tx, one_book.policy, as_of=MONDAY.date()))
    assert found.figures["share_price_change"][found.customers == "NOVA"].tolist() == [-0.25]


def test_an_indicator_may_watch_what_the_scoring_offers(one_book):
    mine = Kri(name="Rating PD", indicator="pd", direction="high", amber=0.001, red=0.5, frequency="monthly", unit="percent")
    one_book.policy = one_book.policy.model_copy(update={"kri": (mine,)})
    score(one_book)

    with one_book.database.begin(EVERYTHING) as tx:
        pd = scores.of(tx, ["ACME"])["ACME"].pd
    assert open_breaches(one_book, "ACME") == [("Rating PD", Colour.AMBER, pytest.approx(pd), "score")]
    assert shown(one_book, "Rating PD", "show ACME view=trend")[-1] == "score"


names = st.sampled_from(["NOVA", "NORD", "JIAN"])
moments = st.sampled_from(["2025-12-31", "2026-06-30", "2026-09-30", "2026-10-31"])
covers = st.sampled_from([0.9, 1.1, 1.3, 2.5])
files = st.lists(
    st.one_of(
        st.tuples(st.just("observations"), names, st.sampled_from(["dscr", "utilisation", "days_past_due"]), moments, covers),
        st.tuples(st.just("statements"), names, st.sampled_from(["", "yes"]), moments, covers),
        st.tuples(st.just("facilities"), names, st.sampled_from(["", "0", "12", "95"]), moments, covers),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda file: (file[0], file[1], file[2] if file[0] == "observations" else "", file[3] if file[0] != "facilities" else ""),
)
HEADS = {
    "observations": "customer,indicator,as_of,value,source",
    "statements": f"customer,period_end,months,currency,audited,{','.join(LINES)}",
    "facilities": "id,customer,kind,currency,limit,outstanding,days_past_due,as_of",
}


def row(prefix: str, kind: str, who: str, what: str, day: str, figure: float) -> str:
    if kind == "observations":
        return f"{prefix}{who},{what},{day},{figure},customer"
    if kind == "statements":
        lines = LINES | {"ebitda": round(figure * 100)}
        return f"{prefix}{who},{day},12,EUR,{what},{','.join(map(str, lines.values()))}"
    return f"K{prefix}{who},{prefix}{who},revolver,EUR,100,{figure * 30:.2f},{what},{day}"


def state_of(book: Book, prefix: str) -> dict[str, object]:
    """What the screen shows of each indicator, and the episodes, by customer without its prefix."""
    found: dict[str, object] = {}
    with book.database.begin(EVERYTHING) as tx:
        running = {(one.customer, one.kri): one for one in breaches.not_closed(tx, limit=999)[1]}
        for who in ("NOVA", "NORD", "JIAN"):
            customer = customers.get(tx, prefix + who)
            found |= {
                f"{who} {one.kri.name}": (one.newest.value, one.newest.as_of, one.newest.source, one.colour, one.stale)
                for one in standings(tx, book.policy, customer, today=MONDAY.date())
            }
            # an episode is of the value that the screen shows
            for (id, kri), one in running.items():
                if id == prefix + who and found[f"{who} {kri}"][0] is not None:
                    assert (one.reading.value, one.reading.as_of, one.colour) == (*found[f"{who} {kri}"][:2], found[f"{who} {kri}"][3])
    return found


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=files, random=st.randoms(use_true_random=False))
def test_screen_alert_and_score_show_one_value_whatever_the_order_of_the_imports(one_book, sent, random):
    screens = []
    for order in (sent, random.sample(sent, len(sent))):
        prefix = f"X{uuid.uuid4().hex[:8]}"
        one_book.load("customers", "id,name\n" + "".join(f"{prefix}{who},{prefix}{who}\n" for who in ("NOVA", "NORD", "JIAN")))
        for place, file in enumerate(order):
            one_book.load(file[0], f"{HEADS[file[0]]}\n{row(prefix, *file)}\n", at=MONDAY + timedelta(seconds=place))
        screens.append(state_of(one_book, prefix))
        # judging once more changes nothing
        with one_book.database.begin(EVERYTHING) as tx:
            everything = {kri.indicator for kri in one_book.policy.kri}
            mine = [id for id in customers.ids(tx) if id.startswith(prefix)]
            assert out_of_step(tx, one_book.policy, mine, everything, at=MONDAY) == []
            found = scoring.scoring.compute(one_book.policy, scoring.scoring.look(tx, one_book.policy, as_of=MONDAY.date()))
        at = {id: place for place, id in enumerate(found.customers)}
        for key, (value, day, source, _colour, _stale) in screens[-1].items():
            kri = next(one for one in one_book.policy.kri if one.name == key[5:])
            old = day is not None and MONDAY.date() - day > timedelta(days=one_book.policy.data.facility_days)
            if source == "ledger" and old:
                # shown with its date and as stale, but the score does not take it for today's
                value = float("nan")
            assert found.figures[kri.indicator][at[prefix + key[:4]]] == pytest.approx(value, nan_ok=True, abs=0) or value is None

    assert screens[0] == screens[1]
