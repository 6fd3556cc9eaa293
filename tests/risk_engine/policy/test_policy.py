"""The team's own numbers: the packaged policy, a file laid over it, and mistakes named by their key."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from risk_engine.facts.reported_names import OBSERVED_AS
from risk_engine.policy.policy import Kri
from storage.policy import policies
from storage.policy.policies import PolicyError
from storage.sight import EVERYTHING

DAYS = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}


@pytest.fixture
def over(tmp_path):
    """The packaged policy with a text laid over it."""

    def read(text: str):
        file = tmp_path / "policy.toml"
        file.write_text(text, "utf-8")
        return policies.read(file)

    return read


def kri(**values):
    return Kri.model_validate(
        {"name": "K", "indicator": "k", "direction": "high", "amber": 1.0, "red": 2.0, "frequency": "monthly"} | values
    )


def test_tables_merge_and_what_is_left_out_keeps_its_packaged_value(policy, over):
    mine = over('[alerts]\nred_hours = 4\n\n[digest]\nat = "07:15"\n')

    assert (mine.alerts.red_hours, mine.alerts.amber_hours) == (4, policy.alerts.amber_hours)
    assert (mine.digest.at, mine.digest.timezone) == (time(7, 15), policy.digest.timezone)
    assert mine.kri == policy.kri


def test_arrays_replace_the_whole_array(over):
    mine = over('[[kri]]\nname = "Leverage"\nindicator = "leverage"\ndirection = "high"\namber = 4\nred = 6\nfrequency = "yearly"\n')

    assert [each.name for each in mine.kri] == ["Leverage"]
    assert over("[people]\napprovers = ['U0OMAR', 'S0RISK']\n").people.approvers == ("U0OMAR", "S0RISK")


def test_one_channel_can_have_a_language_of_its_own(policy, over):
    mine = over('[language.channels]\nrisk-china = "zh-CN"\n')

    assert (mine.language.default, mine.language.channels) == (policy.language.default, {"risk-china": "zh-CN"})


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("[alerts]\nred_hour = 4\n", "alerts.red_hour:", "4"),
        ("[alert]\nred_hours = 4\n", "alert:", "a table"),
        ("[alerts]\nred_hours = 0\n", "alerts.red_hours:", "0"),
        ("[alerts]\nred_hours = 'soon'\n", "alerts.red_hours:", "'soon'"),
        ("[alerts]\ngroup_over = 0\n", "alerts.group_over:", "0"),
        ("[digest]\ntimezone = 'London'\n", "digest.timezone: Value error, expected a time zone like Europe/Berlin", "'London'"),
        ("[digest]\nat = '25:00'\n", "digest.at:", "'25:00'"),
        ("[digest]\nweekdays = [1, 8]\n", "digest.weekdays[2]:", "8"),
        ("[digest]\nweekdays = []\n", "digest.weekdays:", "[]"),
        ("[people]\napprovers = ['omar']\n", "people.approvers[1]:", "'omar'"),
        ("[matrix]\nscope_shift = [0, 0]\n", "matrix.scope_shift:", "[0, 0]"),
        ("[scales]\nscope = ['a', 'b']\n", "scales.scope:", "['a', 'b']"),
        ("[matrix]\ngrid = ['00112', '01122', '11223', '12234', '00000']\n", "matrix: Value error, a cell is lower", "a table"),
        ("alerts = 3\n", "alerts:", "3"),
        (
            "[[kri]]\nname = 'K'\nindicator = 'K k'\ndirection = 'high'\namber = 1\nred = 2\nfrequency = 'yearly'\n",
            "kri[1].indicator:",
            "'K k'",
        ),
        ("[[kri]]\nname = 'K'\nindicator = 'k'\ndirection = 'up'\namber = 1\nred = 2\nfrequency = 'yearly'\n", "kri[1].direction:", "'up'"),
        (
            "[[kri]]\nname = 'K'\nindicator = 'k'\ndirection = 'low'\namber = 1\nred = 2\nfrequency = 'yearly'\n",
            "kri[1]: Value error, red must",
            "",
        ),
        ("[[kri]]\nname = 'K'\n", "kri[1].indicator: Field required", ""),
    ],
)
def test_a_mistake_is_named_by_file_key_and_value(over, tmp_path, text, key, value):
    with pytest.raises(PolicyError) as refused:
        over(text)

    line = next(line for line in str(refused.value).splitlines() if key in line)
    assert line.startswith(f"{tmp_path / 'policy.toml'}: {key}")
    assert line.endswith(f"(found {value})") if value else "(found " in line


def test_every_mistake_of_a_file_is_named_at_once(over):
    with pytest.raises(PolicyError) as refused:
        over("[alerts]\nred_hours = 0\namber_hours = 0\n[digest]\nat = 'noon'\n")

    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(("content", "said"), [(b"= 3", "not TOML"), (b"\xff\xfe", "not TOML"), (None, "No such file")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, said):
    file = tmp_path / "policy.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(PolicyError, match=f"policy.toml: {said}"):
        policies.read(file)


def test_of_several_files_each_is_laid_over_the_one_before(tmp_path):
    team, site = tmp_path / "team.toml", tmp_path / "site.toml"
    team.write_text("[audit]\nanchor_file = 'team.txt'\nanchor_minutes = 30\n[responses]\ndefault_days = 45\n")
    site.write_text("[audit]\nanchor_file = 'site.txt'\n")

    policy = policies.read(Path(f"{team}:{site}"))

    assert (policy.audit.anchor_file, policy.audit.anchor_minutes, policy.responses.default_days) == ("site.txt", 30, 45)


def test_of_several_files_the_one_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "team.toml").write_text("")

    with pytest.raises(PolicyError, match=r"^[^:]*site\.toml: No such file"):
        policies.read(Path(f"{tmp_path / 'team.toml'}:{tmp_path / 'site.toml'}"))


def test_two_indicators_of_one_name_are_refused(over):
    one = "[[kri]]\nname = 'K'\nindicator = 'k'\ndirection = 'high'\namber = 1\nred = 2\nfrequency = 'yearly'\n"

    with pytest.raises(PolicyError, match="two indicators are called K"):
        over(one * 2)


def kris(*indicators: str) -> str:
    return "".join(
        f"[[kri]]\nname = 'K{number}'\nindicator = '{indicator}'\ndirection = 'low'\namber = 2\nred = 1\nfrequency = 'yearly'\n"
        for number, indicator in enumerate(indicators)
    )


@pytest.mark.parametrize(("first", "second"), sorted([*OBSERVED_AS.items(), *(pair[::-1] for pair in OBSERVED_AS.items())]))
def test_two_spellings_of_one_indicator_are_refused_by_name(over, first, second):
    with pytest.raises(PolicyError, match=f'"K1" and "K2" name one indicator as {first} and as {second}: use one name in both'):
        over(kris("dscr", first, second))


CARD = """[scoring.card]
{more}
[[scoring.card.factors]]
name = "market"
weight = 1
components = [{{ measure = "{measure}", bounds = [1], points = [0, 100] }}]
"""


@pytest.mark.parametrize(
    ("measure", "more", "said"),
    [
        ("debt_raito", "", r"nobody computes debt_raito \(did you mean debt_ratio\?\); figures of observations must stand in"),
        ("order_backlog", "reported = ['order_backlog_month']", r"nobody computes order_backlog \(did you mean order_backlog_month\?\)"),
        ("return_on_assets", "", "return_on_assets is computed as roa: use that name"),
        ("dscr_rates_up", "", "nobody computes dscr_rates_up"),
    ],
)
def test_a_scorecard_over_a_figure_that_nobody_computes_is_refused_by_its_name(over, measure, more, said):
    with pytest.raises(PolicyError, match=said):
        over(CARD.format(measure=measure, more=more))


@pytest.mark.parametrize(
    ("measure", "more"),
    [
        ("debt_ratio", ""),
        ("dscr.rates_up", ""),
        ("order_backlog_months", ""),
        ("orders", "reported = ['orders']"),
        ("orders", "[[kri]]\nname = 'O'\nindicator = 'orders'\ndirection = 'low'\namber = 2\nred = 1\nfrequency = 'monthly'"),
    ],
)
def test_a_scorecard_may_contain_what_is_computed_reported_or_watched(over, measure, more):
    assert over(CARD.format(measure=measure, more=more)).scoring.card.measures == (measure,)


def test_an_indicator_may_be_watched_twice_under_one_name_whichever_it_is(over):
    assert len(over(kris("roa", "roa", "return_on_equity", "return_on_equity")).kri) == 4


@pytest.mark.parametrize(
    "values",
    [
        {"amber": 2.0, "red": 2.0},
        {"amber": 3.0, "red": 2.0},
        {"direction": "low"},
        {"amber": float("nan")},
        {"red": float("inf")},
        {"direction": "both"},
        {"direction": "both", "amber": (0.9, 1.1), "red": 1.5},
        {"direction": "both", "amber": (0.9, 1.1), "red": (0.95, 1.3)},
        {"amber": (0.9, 1.1)},
        {"dead_band": -0.1},
        {"up_for": 0},
        {"down_for": 13},
        {"frequency": "hourly"},
        {"surprise": 1},
    ],
)
def test_an_indicator_that_contradicts_itself_is_refused(values):
    with pytest.raises(ValidationError):
        kri(**values)


@pytest.mark.parametrize("frequency", list(DAYS))
def test_an_indicator_is_stale_after_its_frequency_and_grace(frequency):
    assert kri(frequency=frequency, grace=10).stale_after_days == DAYS[frequency] + 10


def test_a_policy_cannot_be_changed_in_place(policy):
    with pytest.raises(ValidationError, match="frozen"):
        policy.alerts.red_hours = 1


def test_the_same_policy_is_one_version_and_another_a_second(sqlite, policy, over):
    from tests.conftest import MONDAY

    with sqlite.begin(EVERYTHING, write=True) as tx:
        kept = [policies.record(tx, each, origin="test", at=MONDAY) for each in (policy, policy, over("[alerts]\nred_hours = 4\n"))]

    assert kept == [True, False, True]
