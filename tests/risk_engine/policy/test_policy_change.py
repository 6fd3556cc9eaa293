"""A change of the policy: read as it is typed, valid with all the rest, never one that nobody could undo."""

from __future__ import annotations

from dataclasses import replace

import pytest

from risk_engine.approvals.proposal import ProposalState
from risk_engine.policy.policy_change import PACKAGED as TAKE_BACK
from risk_engine.policy.policy_change import PolicyChange, contradicted, enacted, overlaid, propose, readings
from risk_engine.policy.policy_keys import put, resolve, value_at
from risk_engine.policy.refusals import NobodyCouldUndoIt, NotASetting, NothingToChange, PolicyMovedOn, SettingRefused
from risk_engine.references import PolicyChangeId
from storage.policy import policies
from tests.conftest import MONDAY
from tests.risk_engine.deciding import GUARDED

BASE = policies.read(None).model_dump(mode="json")
DAYS, AMBER = ("responses", "default_days"), ("kri", "Debt service cover", "amber")


def proposed(key: str, text: str, *, base=BASE, changes=()) -> PolicyChange:
    change, _event = propose(
        PolicyChangeId(1),
        path=resolve(base, key),
        text=text,
        base=base,
        changes=changes,
        reason="the book has grown",
        roles_given=True,
        by="U0ANA",
        at=MONDAY,
    )
    return change


def approved(key: str, text: str, **more) -> PolicyChange:
    return replace(proposed(key, text, **more), state=ProposalState.APPROVED)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("responses.default_days", "60", 60),
        ("responses.default_days", "60.0", 60),
        ("scoring.pd_floor", "6e-4", 0.0006),
        ("digest.at", "09:15", "09:15:00"),
        ("digest.timezone", "Asia/Shanghai", "Asia/Shanghai"),
        ("digest.weekdays", "[1, 2]", [1, 2]),
        ("channels.alerts", "deals", "deals"),
        ("channels.alerts", '"deals"', "deals"),
        # a number where a text is asked for is a text
        ("channels.alerts", "123", "123"),
        ("scoring.internal_first", "false", False),
        ("roles.analyst.rights", "[write, read]", ["read", "write"]),
        ("roles.analyst.rights", '["write", "read"]', ["read", "write"]),
        ("people.approvers", "[]", None),
        ("kri.Debt service cover.amber", "1.3", 1.3),
        ("kri.Debt service cover.owner", "U0MEI", "U0MEI"),
        ("language.channels.risk-china", "zh-CN", "zh-CN"),
        ("matrix.grid", '["00112", "01122", "11223", "12234", "22444"]', ["00112", "01122", "11223", "12234", "22444"]),
    ],
)
def test_a_value_is_read_as_it_is_meant(key, text, value):
    if value is None:
        with pytest.raises(NothingToChange):
            proposed(key, text)
    else:
        assert proposed(key, text).value == value


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("responses.default_days", "0", None),
        ("responses.default_days", "731", None),
        ("responses.default_days", "60.5", None),
        ("responses.default_days", "true", None),
        ("responses.default_days", "sixty", None),
        ("responses.default_days", "inf", None),
        ("scoring.pd_floor", "nan", None),
        ("relationship.plane.raroc", "[0.0, inf]", None),
        ("responses.default_days", "60\nother = 1", None),
        ("responses.default_days", "", None),
        ("digest.weekdays", "[1, 8]", None),
        ("digest.weekdays", "[]", None),
        ("digest.timezone", "Mars/Olympus", "expected a time zone like Europe/Berlin"),
        ("kri.Debt service cover.amber", "1.0", "red must lie beyond amber, and both must be finite"),
        ("matrix.grid", '["40112", "01122", "11223", "12234", "22344"]', "a cell is lower than its neighbour"),
        ("roles.administrator.rights", "[decide]", "administrators do not decide approvals"),
        ("language.channels.risk-china", "Chinese", None),
    ],
)
def test_a_policy_that_would_not_be_one_is_refused_by_name(key, text, why):
    with pytest.raises(SettingRefused) as refused:
        proposed(key, text)

    assert refused.value.key == key
    assert (refused.value.why or "None").startswith(str(why))
    assert refused.value.schema


@pytest.mark.parametrize("key", ["responses", "kri", "kri.Debt service cover", "language.channels", "kri.Debt service cover.name"])
def test_tables_and_names_of_entries_are_not_changed_by_themselves(key):
    with pytest.raises(NotASetting):
        proposed(key, "3")


def test_what_is_so_already_is_no_change():
    with pytest.raises(NothingToChange):
        proposed("responses.default_days", "90")
    with pytest.raises(NothingToChange):
        proposed("responses.default_days", "packaged")


@pytest.mark.parametrize(("role", "right"), [("approver", "decide")])
def test_nobody_can_take_from_everybody_the_right_to_undo_it(role, right):
    with pytest.raises(NobodyCouldUndoIt) as refused:
        proposed(f"roles.{role}.rights", "[read]")

    assert refused.value.right == right


def test_the_last_right_to_propose_is_not_taken_away_either():
    first = approved("roles.analyst.rights", "[read]")
    second = approved("roles.relationship_manager.rights", "[read]", changes=[first])

    with pytest.raises(NobodyCouldUndoIt):
        proposed("roles.risk_manager.rights", "[read]", changes=[first, second])


def test_a_proposal_keeps_what_was_before_and_its_event_says_from_what_to_what():
    change, event = propose(
        PolicyChangeId(4), path=DAYS, text="60", base=BASE, changes=[], reason="the book has grown", roles_given=True, by="U0ANA", at=MONDAY
    )

    assert (change.before, change.base, change.value, change.back, change.state) == (90, 90, 60, False, ProposalState.PROPOSED)
    assert (event.kind, event.subject, event.actor) == ("policy.proposed", "P-4", "U0ANA")
    assert event.facts == {"key": "responses.default_days", "from": 90, "to": 60, "back": False, "reason": "the book has grown"}


def test_going_back_is_going_back_to_what_the_file_says():
    file = put(BASE, DAYS, 45)
    first = approved("responses.default_days", "60", base=file)
    back = proposed("responses.default_days", TAKE_BACK, base=file, changes=[first])

    assert (back.before, back.value, back.back) == (60, 45, True)
    assert enacted(back, base=file, changes=[first], stages=()).responses.default_days == 45


def test_approved_changes_lie_over_the_file_and_the_last_of_a_key_counts():
    changes = [approved("responses.default_days", "60"), approved("kri.Debt service cover.amber", "1.3")]

    assert value_at(overlaid(BASE, changes), DAYS) == 60
    assert value_at(overlaid(BASE, changes), AMBER) == 1.3
    assert value_at(overlaid(BASE, changes), ("kri", "Interest cover", "amber")) == 2.0


# --- decide ----------------------------------------------------------------------------------------------------------


def test_a_value_that_has_moved_on_is_not_changed_from_what_it_was():
    change, other = proposed("responses.default_days", "60"), approved("responses.default_days", "70")

    with pytest.raises(PolicyMovedOn) as refused:
        enacted(change, base=BASE, changes=[other], stages=())

    assert (refused.value.before, refused.value.present) == (90, 70)


def test_a_file_that_has_moved_on_changes_what_going_back_means():
    first = approved("responses.default_days", "60")
    back = proposed("responses.default_days", TAKE_BACK, changes=[first])

    with pytest.raises(PolicyMovedOn):
        enacted(back, base=put(BASE, DAYS, 45), changes=[first], stages=())


def test_the_whole_policy_is_valid_at_the_decision_or_the_change_is_refused():
    amber, red = proposed("kri.Debt service cover.amber", "1.06"), approved("kri.Debt service cover.red", "1.1")

    with pytest.raises(SettingRefused, match="red must lie beyond amber"):
        enacted(amber, base=BASE, changes=[red], stages=())


def test_of_two_changes_that_together_leave_nobody_to_undo_them_the_second_is_refused(policy):
    left = {"analyst", "relationship_manager", "risk_manager"}
    changes = [proposed(f"roles.{role}.rights", "[read]") for role in sorted(left)]

    with pytest.raises(NobodyCouldUndoIt):
        enacted(changes[-1], base=BASE, changes=changes[:-1], stages=GUARDED)


# --- a file that changes what was changed by approval -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "contradicts"),
    [(None, False), (90, False), (60, False), (45, True)],
    ids=["nothing", "what it said before", "what was approved", "another value"],
)
def test_a_file_contradicts_a_change_if_it_says_neither_what_it_said_nor_what_was_approved(says, contradicts):
    change, file = approved("responses.default_days", "60"), {} if says is None else {"responses": {"default_days": says}}
    base = BASE if says is None else put(BASE, DAYS, says)

    assert [now for _change, now in contradicted([change], base, file)] == ([says] if contradicts else [])


def test_what_was_taken_back_is_the_files_again():
    back = approved("responses.default_days", TAKE_BACK, changes=[approved("responses.default_days", "60")])
    base = put(BASE, DAYS, 45)

    assert list(contradicted([back], base, {"responses": {"default_days": 45}})) == []
    assert value_at(overlaid(base, [back]), DAYS) == 45


def test_a_new_packaged_value_contradicts_nothing_as_the_file_does_not_name_it():
    change = approved("responses.default_days", "60")

    assert list(contradicted([change], put(BASE, DAYS, 120), {"alerts": {"red_hours": 4}})) == []


def test_a_file_that_replaces_an_array_speaks_of_every_entry_of_it():
    change, base = approved("kri.Debt service cover.amber", "1.3"), put(BASE, AMBER, 1.4)

    assert [now for _change, now in contradicted([change], base, {"kri": base["kri"]})] == [1.4]
    assert [now for _change, now in contradicted([change], {**BASE, "kri": BASE["kri"][1:]}, {"kri": BASE["kri"][1:]})] == [None]


def test_a_text_has_a_first_meaning_and_itself_as_the_last():
    assert list(readings("60")) == [60, "60"]
    assert list(readings("2026-11-23")) == ["2026-11-23", "2026-11-23"]
    assert list(readings("[a, 2]")) == [["a", 2], "[a, 2]"]
    assert list(readings("monthly")) == ["monthly"]
