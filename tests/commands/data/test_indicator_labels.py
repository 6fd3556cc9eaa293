"""Labels of indicators: a file may name an indicator as our screens do, in either language."""

from __future__ import annotations

import pytest

from commands.kit.i18n import Reader, reading
from commands.scoring import measure_words
from risk_engine.indicators import derived
from risk_engine.policy.policy import Policy
from storage.data.files.cells import Formats
from storage.data.files.mapping.indicator_labels import indicator
from storage.data.files.refusals import BadCell
from tests.conftest import MONDAY

READ = indicator(Formats(MONDAY.date()))
SHOWN = sorted({*derived.STATEMENTS, *derived.LEDGER, *derived.CONDUCT, *derived.LIMITS, *derived.OFFERED} - {"order_backlog_months"})


@pytest.mark.parametrize("locale", ["en_GB", "zh_Hans"])
def test_every_label_on_a_screen_is_read_as_its_indicator(policy: Policy, locale: str):
    with reading(Reader(locale, masked=False)):
        labels = {name: measure_words.name(name, policy) for name in SHOWN}

    assert {name: READ(label) for name, label in labels.items()} == {name: name for name in SHOWN}


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Current ratio", "current_ratio"),
        ("current ratio", "current_ratio"),
        (" DSCR ", "dscr"),
        ("流动比率", "current_ratio"),
        ("逾期天数", "days_past_due"),
        ("Share price", "share_price"),
        ("npl.ratio_2", "npl.ratio_2"),
    ],
)
def test_an_indicator_is_read_by_name_or_label(cell: str, name: str):
    assert READ(cell) == name


def test_a_word_that_is_neither_is_refused():
    with pytest.raises(BadCell):
        READ("Mood of the board")
