"""Bounds of figures as they are typed in lines and in sentences, in both languages."""

from __future__ import annotations

import pytest

from commands.kit.input import bounds
from commands.kit.input.bounds import Unit

AMOUNT, PERCENT, DAYS = Unit.AMOUNT, Unit.PERCENT, Unit.DAYS


@pytest.mark.parametrize(
    ("typed", "unit", "meant"),
    [
        (">50m", AMOUNT, ">50m"),
        ("50m", AMOUNT, ">=50m"),
        ("EUR 50 m", AMOUNT, ">=EUR50m"),
        ("> 1亿", AMOUNT, ">100m"),
        ("5000万以上", AMOUNT, ">=50m"),
        ("＞５０ｍ", AMOUNT, ">50m"),
        ("10m-50m", AMOUNT, "10m..50m"),
        ("10–50m", AMOUNT, "10m..50m"),
        ("≤ 2.5bn USD", AMOUNT, "<=USD2.5bn"),
        ("50.000.000", AMOUNT, ">=50m"),
        ("1,250,000", AMOUNT, ">=1.25m"),
        ("12.5k", AMOUNT, ">=12.5k"),
        (">5%", PERCENT, ">5%"),
        ("0.125%", PERCENT, ">=0.125%"),
        ("2%-5%", PERCENT, "2..5%"),
        (">30", DAYS, ">30"),
        ("90+ days", DAYS, ">=90"),
        ("超过30天", DAYS, ">30"),
    ],
)
def test_bounds_are_read_and_written_so_that_they_can_be_typed_again(typed, unit, meant):
    found = bounds.parse(typed, unit)

    assert str(found) == meant
    assert bounds.parse(meant, unit) == found


@pytest.mark.parametrize(
    ("typed", "unit"),
    # 1.000 may be a thousand or one
    [
        *(("1.000", AMOUNT), ("lots", AMOUNT), ("50m-10m", AMOUNT), ("EUR 5m USD", AMOUNT), ("5%", AMOUNT), ("30 days", AMOUNT)),
        *(("50m", PERCENT), ("5%", DAYS), ("", AMOUNT), (">", AMOUNT), ("9" * 30, AMOUNT)),
    ],
)
def test_bounds_that_may_mean_two_things_or_nothing_are_refused(typed, unit):
    assert bounds.parse(typed, unit) is None


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("customers above EUR 100 million", [">EUR100m"]),
        ("clients between 10m and 50m in Germany", ["10m..50m"]),
        ("who is more than 90 days past due", [">90"]),
        ("loans of at least 20 million euros", [">=EUR20m"]),
        ("over 50m the worst", [">50m"]),
        ("敞口超过1亿元的客户", [">CNY100m"]),
        ("PD over 5% and exposure below 1bn", [">5%", "<1bn"]),
        ("top 10 customers", []),
        ("since 2026-01-01 to 2026-03-04", []),
        ("customers over 100", []),
        ("the last 7 days", []),
    ],
)
def test_bounds_are_found_in_sentences_only_where_they_name_a_unit(sentence, meant):
    assert [str(found) for _start, _end, found in bounds.find(sentence)] == meant
