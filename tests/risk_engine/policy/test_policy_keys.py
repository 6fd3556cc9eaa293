"""Keys of the policy: every setting has one, it is found as people type it, and says what it accepts."""

from __future__ import annotations

import pytest

from risk_engine.policy.policy_keys import children, differences, leaves, name_field, put, resolve, schema_at, spelled, value_at
from risk_engine.policy.refusals import UnknownKey
from storage.policy import policies

PACKAGED = policies.read(None).model_dump(mode="json")
SETTINGS = dict(leaves(PACKAGED))


def test_every_setting_is_found_by_its_own_spelling_and_says_what_it_accepts():
    assert len(SETTINGS) > 300
    for path, value in SETTINGS.items():
        assert resolve(PACKAGED, spelled(path)) == path
        assert value_at(PACKAGED, path) == value
        assert {"type", "enum", "anyOf"} & set(schema_at(path)), path


def _array(path):
    around = value_at(PACKAGED, path[:-2])
    return around if isinstance(around, list) else []


def test_every_setting_can_be_put_back_where_it_was_and_nothing_else_moves():
    for path, value in SETTINGS.items():
        assert put(PACKAGED, path, value) == PACKAGED
        if path[-1] == name_field(_array(path)):
            # with another name an entry is another
            continue
        assert dict(leaves(put(PACKAGED, path, "another")))[path] == "another"
        assert differences(PACKAGED, put(PACKAGED, path, "another")) == [(path, value, "another")]


def test_the_order_of_a_master_scale_is_kept():
    letters = list(value_at(PACKAGED, ("scoring", "master_scale", "1", "pd")))
    changed = put(PACKAGED, ("scoring", "master_scale", "1", "pd", letters[3]), 0.5)

    assert list(value_at(changed, ("scoring", "master_scale", "1", "pd"))) == letters


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("kri.Debt service cover.amber", ("kri", "Debt service cover", "amber")),
        ("KRI.debt_service_cover.Amber", ("kri", "Debt service cover", "amber")),
        ("  responses.default_days ", ("responses", "default_days")),
        ("capital.irb.lgd.collateral.cash.lgd", ("capital", "irb", "lgd", "collateral", "cash", "lgd")),
        ("approvals.authority.2.up_to", ("approvals", "authority", "2", "up_to")),
        ("alerts", ("alerts",)),
        ("alerts.", ("alerts",)),
        # not there yet, where the policy takes any key
        ("language.channels.risk-china", ("language", "channels", "risk-china")),
        ("digest.channels.risk-asia.timezone", ("digest", "channels", "risk-asia", "timezone")),
        ("data.plausible.net.debt", ("data", "plausible", "net.debt")),
    ],
)
def test_a_key_is_read_as_people_type_it(typed, path):
    assert resolve(PACKAGED, typed) == path


@pytest.mark.parametrize(
    ("typed", "table", "known"),
    [
        ("respnses.default_days", "", "responses"),
        ("responses.days", "responses", "default_days"),
        ("kri.Debt cover.amber", "kri", "Debt service cover"),
        ("kri.Debt service cover.ambre", "kri.Debt service cover", "amber"),
        ("digest.channels.risk-asia.hour", "digest.channels.risk-asia", "at"),
        ("responses.default_days.more", "responses.default_days", None),
    ],
)
def test_a_key_that_there_is_not_is_refused_with_what_there_is(typed, table, known):
    with pytest.raises(UnknownKey) as refused:
        resolve(PACKAGED, typed)

    assert refused.value.table == table
    assert known in refused.value.known if known else refused.value.known == ()


def test_an_entry_goes_by_its_name_or_else_by_its_number():
    assert next(iter(children(PACKAGED["kri"]))) == "Debt service cover"
    assert list(children(PACKAGED["sensitivity"]["move"])) == ["rates_up", "currency_down", "commodity_up"]
    assert list(children(PACKAGED["scoring"]["master_scale"])) == ["1", "2"]


def test_two_policies_differ_where_one_has_a_key_that_the_other_has_not():
    more = put(PACKAGED, ("language", "channels", "deals"), "zh-CN")

    assert differences(PACKAGED, more) == [(("language", "channels", "deals"), None, "zh-CN")]
    assert differences(more, PACKAGED) == [(("language", "channels", "deals"), "zh-CN", None)]
