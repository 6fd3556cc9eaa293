"""Figures, dates and sentences as their reader is used to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kit import i18n
from commands.kit.i18n import Reader, _, ngettext, reading, supported_locale
from commands.kit.wording import words
from risk_engine.approvals.proposal import ProposalState
from risk_engine.indicators.breach import BreachState as BreachState
from risk_engine.indicators.monitoring import Colour
from risk_engine.register.assessment import Category, Level, RiskKind
from risk_engine.register.response import Strategy

BRITISH = Reader("en_GB", "Europe/London", masked=False)
AMERICAN = Reader("en_US", "America/New_York", masked=False)
CHINESE = Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)
EVENING = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        ("0", "EUR 0", "EUR 0"),
        ("12.5", "EUR 12.5", "EUR 12.5"),
        ("999.99", "EUR 999.99", "EUR 999.99"),
        ("1000", "EUR 1 k", "EUR 1,000"),
        ("12345", "EUR 12.3 k", "EUR 1.23 万"),
        ("4200000", "EUR 4.2 m", "EUR 420 万"),
        ("1234567", "EUR 1.23 m", "EUR 123 万"),
        ("12400000", "EUR 12.4 m", "EUR 1,240 万"),
        ("123456789", "EUR 123 m", "EUR 1.23 亿"),
        ("999999", "EUR 1 m", "EUR 100 万"),
        ("99999999", "EUR 100 m", "EUR 1 亿"),
        ("999999999.99", "EUR 1 bn", "EUR 10 亿"),
        ("2500000000000", "EUR 2,500 bn", "EUR 25,000 亿"),
        ("-4200000", "EUR -4.2 m", "EUR -420 万"),
    ],
)
def test_money_is_three_figures_in_the_readers_steps(amount, english, chinese):
    with reading(BRITISH):
        assert words.money(Decimal(amount), "EUR") == english
    with reading(CHINESE):
        assert words.money(Decimal(amount), "EUR") == chinese


def test_a_column_of_money_is_in_the_unit_of_its_largest_amount():
    amounts = [Decimal(1_250_000), Decimal(-999), None, Decimal(0), Decimal(20_000), Decimal(7_000)]

    with reading(BRITISH):
        assert words.money_column(amounts, "EUR") == ("EUR m", ["1.25", "<0.01", "–", "0.00", "0.02", "0.01"])
        assert words.money_column([Decimal("812.5"), Decimal(3)], "EUR") == ("EUR", ["812.5", "3.0"])
        assert words.money_column([None], "EUR") == ("EUR", ["–"])
    with reading(CHINESE):
        assert words.money_column(amounts, "EUR") == ("EUR 万", ["125.0", "-0.1", "–", "0.0", "2.0", "0.7"])
        assert words.money_column([Decimal(775_000_000), Decimal(5_150_000)], "EUR") == ("EUR 万", ["77,500", "515"])


def test_columns_of_one_table_share_the_unit_of_the_smaller_amounts():
    losses, exposures = [Decimal(41_250_000), Decimal(930_000)], [Decimal(1_205_600_000), None]

    with reading(BRITISH):
        assert words.money_columns(losses, exposures, currency="EUR") == ("EUR m", [["41.25", "0.93"], ["1,205.6", "–"]])
        assert words.money_columns([Decimal(12)], exposures, currency="EUR") == ("EUR bn", [["<0.01"], ["1.21", "–"]])


@pytest.mark.parametrize(
    ("change", "unit", "said"),
    [
        (0.12, "percent", "▲12 pp"),
        (-0.005, "percent", "▼0.5 pp"),
        (0.0001, "percent", "="),
        (-0.23, "ratio", "▼0.23×"),
        (1, "days", "▲1 day"),
    ],
)
def test_a_change_says_its_direction_and_that_of_a_share_its_points(change, unit, said):
    assert words.difference(change, unit) == said


@given(st.decimals(-(10**13), 10**13, places=2), st.sampled_from([BRITISH, CHINESE]))
def test_money_is_never_off_by_more_than_a_figure(amount, who):
    with reading(who):
        _currency, figure, *step = words.money(amount, "EUR").split()

    size = {"k": 10**3, "m": 10**6, "bn": 10**9, "万": 10**4, "亿": 10**8}[step[0]] if step else 1
    assert abs(Decimal(figure.replace(",", "")) * size - amount) <= abs(amount) / 199


@pytest.mark.parametrize(
    ("who", "day", "moment"),
    [
        (BRITISH, "23 Nov 2026", "23 Nov 2026 18:05"),
        (AMERICAN, "Nov 23, 2026", "23 Nov 2026 13:05"),
        (CHINESE, "2026年11月23日", "2026年11月24日 02:05"),
    ],
)
def test_dates_are_written_in_the_readers_habit_and_zone(who, day, moment):
    with reading(who):
        assert words.day(date(2026, 11, 23)) == day
        assert words.moment(EVENING) == moment


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (1.17, "ratio", "1.17×"),
        (1.0, "ratio", "1.00×"),
        (0.873, "percent", "87.3%"),
        (31.0, "days", "31 days"),
        (1234.5, "number", "1,234.5"),
        (None, "ratio", "–"),
        (None, "percent", "–"),
    ],
)
def test_a_reading_is_written_in_its_unit_and_a_missing_one_is_a_dash(value, unit, written):
    assert words.reading(value, unit) == written


def test_what_is_left_and_what_is_overdue_are_said_apart():
    assert words.until(EVENING + timedelta(hours=5), EVENING) == "due in 5 hours"
    assert words.until(EVENING - timedelta(days=2), EVENING) == "2 days overdue"
    assert words.ago(EVENING - timedelta(hours=3), EVENING) == "3 hours ago"


def test_colour_never_carries_meaning_alone():
    assert [words.colour(colour) for colour in Colour] == ["⚪ no reading", "🟢 green", "🔶 amber", "🔴 red"]
    assert words.colour(Colour.GREEN, stale=True) == "🟢 green · stale"
    assert [words.level(level) for level in Level] == ["○○○○ negligible", "●○○○ low", "●●○○ medium", "●●●○ high", "●●●● critical"]


@pytest.mark.parametrize("value", [*RiskKind, *Category, *Strategy, *ProposalState, *BreachState], ids=str)
def test_every_value_of_the_engine_has_its_word(value):
    assert value.value in words._LABELS


def test_a_word_of_a_file_that_nobody_knows_is_shown_as_it_is():
    assert words.label("rumour") == "rumour"


# --- sentences -------------------------------------------------------------------------------------------------------


def test_a_sentence_is_written_when_it_is_read():
    when = _("It is {amount}.").format(amount=_Amount())
    with reading(CHINESE):
        chinese = str(when)

    assert (str(when), chinese) == ("It is EUR 4.2 m.", "It is EUR 420 万.")


class _Amount:
    """Something whose spelling depends on the reader."""

    def __str__(self) -> str:
        return words.money(Decimal(4_200_000), "EUR")


def test_who_reads_changes_for_a_block_and_back_again():
    with reading(CHINESE):
        assert i18n.reader() is CHINESE
        with pytest.raises(ZeroDivisionError), reading(AMERICAN):
            raise ZeroDivisionError
        assert i18n.reader() is CHINESE

    assert i18n.reader() == Reader(masked=False)


@pytest.mark.parametrize(("count", "said"), [(0, "0 risks"), (1, "1 risk"), (2, "2 risks"), (21, "21 risks")])
def test_one_and_many_are_said_apart(count, said):
    assert str(ngettext("{n} risk", "{n} risks", count)) == said


def test_braces_in_a_value_are_characters():
    assert str(_("{who} said it").format(who="{what} {0} %s")) == "{what} {0} %s said it"


def test_values_can_be_filled_in_one_after_another_and_figures_keep_their_format():
    sentence = _("{a} and {b:.2f}").format(a=1)

    assert str(sentence.format(b=2.0)) == "1 and 2.00"
    assert f"{_('right'):>7}" == "  right"


@pytest.mark.parametrize(
    ("slack", "ours"),
    [
        ("zh-CN", "zh_Hans_CN"),
        ("zh-TW", "zh_Hans_CN"),
        ("en-US", "en_US"),
        ("en-GB", "en_GB"),
        ("de-DE", "en_GB"),
        (None, "en_GB"),
        ("", "en_GB"),
    ],
)
def test_slacks_locale_becomes_one_of_ours(slack, ours):
    assert supported_locale(slack) == ours


def test_a_name_that_ends_in_a_stop_ends_the_sentence_too():
    sentence = _("Logged for {customer}.")

    assert str(sentence.format(customer="Vltava Kov a.s.")) == "Logged for Vltava Kov a.s."
    assert str(sentence.format(customer="Wait...")) == "Logged for Wait...."
