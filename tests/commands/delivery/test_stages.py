"""Each stage of the pipeline decides with a code; nothing is told twice, and nothing disappears without a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.delivery.stages import NOBODY, Decided, Draft, Known, decide, deduplicate, deliver, group, mute, route
from commands.kit.contract import Many, Notice, To
from risk_engine.audit.secrecy import Secrecy
from storage.delivery.deliveries import Decision, Operation
from storage.events import Recorded
from tests.conftest import MONDAY

MANY = Many("many", lambda policy: policy.alerts.group_over, "many at once")
ALERTS = To("route:alerts", "a threshold was crossed")


def draft(number: int = 1, to: To = ALERTS, **more) -> Draft:
    return Draft(**{"notice": "alert", "to": to, "facts": {}, "thread": f"B-{number}", "at": MONDAY, "events": (number,), **more})


def drafted(count: int, **more) -> list[Decided]:
    return [Decided(draft(number, kind="breach.opened", many=MANY, **more)) for number in range(1, count + 1)]


def decisions(decided: list[Decided]) -> list[Decision | None]:
    return [each.decision for each in decided]


@pytest.fixture
def known(policy) -> Known:
    return Known(policy)


# --- route ---------------------------------------------------------------------------------------------------------------

OPENED = Recorded(7, "breach.opened", "B-7", "monitor", MONDAY, {"value": 1.17})


def noticed(name: str) -> Notice:
    return Notice(name, (OPENED.kind,), lambda event, policy, tx: (), lambda facts, policy, tx: None, classification=Secrecy.PUBLIC)


def test_route_drafts_each_notice_once_for_each_audience_with_the_facts_of_the_event():
    first, second, third = (
        each.draft for each in route(OPENED, [(noticed("alert"), [ALERTS, To("person:U1", "theirs")]), (noticed("b"), [ALERTS])])
    )

    assert [(each.notice, each.to.audience) for each in (first, second, third)] == [
        ("alert", "route:alerts"),
        ("alert", "person:U1"),
        ("b", "route:alerts"),
    ]
    assert first.facts == {"value": 1.17, "subject": "B-7", "actor": "monitor", "at": MONDAY.isoformat(), "kind_of_event": "breach.opened"}
    assert (first.thread, first.events) == ("B-7", (7,))


def test_route_ends_a_notice_that_concerns_nobody():
    (decided,) = route(OPENED, [(noticed("alert"), [])])

    assert (decided.decision, decided.draft.to) == (Decision.NOBODY, NOBODY)


# --- mute ----------------------------------------------------------------------------------------------------------------


def test_mute_stops_history_and_lets_pass_what_happens_now(known):
    assert decisions(mute([Decided(draft(history=True)), Decided(draft())], known)) == [Decision.HISTORY, None]


# --- group ---------------------------------------------------------------------------------------------------------------


def test_group_lets_pass_as_many_as_the_policy_allows(known):
    assert decisions(group(drafted(known.policy.alerts.group_over), known)) == [None] * known.policy.alerts.group_over


def test_group_puts_one_notice_in_the_place_of_more(known):
    *alone, together = group(drafted(known.policy.alerts.group_over + 1), known)

    assert set(decisions(alone)) == {Decision.GROUPED}
    assert together.decision is None
    assert (together.draft.notice, together.draft.to) == ("many", To("route:alerts", "many at once"))
    assert together.draft.facts["subjects"] == {"breach.opened": ["B-1", "B-2", "B-3", "B-4", "B-5", "B-6"]}
    assert (together.draft.thread, together.draft.events) == ("B-1…B-6", (1, 2, 3, 4, 5, 6))


def test_group_counts_events_and_each_audience_by_itself(known):
    # one event that is told by a reply and by a post is one
    twice = [Decided(replace(each.draft, notice="follow_up")) for each in drafted(5)]
    elsewhere = drafted(5, to=To("route:fallback", "theirs"))

    assert decisions(group([*drafted(5), *twice, *elsewhere], known)) == [None] * 15


def test_group_leaves_rewrites_and_notices_without_a_notice_of_many_alone(known):
    rewrites = drafted(9, to=To("route:alerts", "it stands so", Operation.UPDATE))
    single = [Decided(draft(number)) for number in range(9)]

    assert decisions(group([*rewrites, *single], known)) == [None] * 18


def test_group_does_not_count_what_was_stopped_before(known):
    muted = [Decided(each.draft, Decision.HISTORY) for each in drafted(9)]

    assert decisions(group([*muted, *drafted(5)], known)) == [Decision.HISTORY] * 9 + [None] * 5


# --- deduplicate, deliver ------------------------------------------------------------------------------------------------


def test_deduplicate_stops_a_key_that_was_delivered_and_the_second_of_two_equal_ones(known):
    drafts = [draft(1, dedup="d1"), draft(2, dedup="d2"), draft(3, dedup="d2"), draft(4), draft(4), draft(5)]

    decided = deduplicate([Decided(each) for each in drafts], replace(known, delivered={"d1"}))

    assert decisions(decided) == [Decision.TOLD_BEFORE, None, Decision.TOLD_BEFORE, None, Decision.TOLD_BEFORE, None]


def test_deliver_lets_go_what_is_left(known):
    assert decisions(deliver([Decided(draft()), Decided(draft(), Decision.HISTORY)], known)) == [Decision.DELIVERED, Decision.HISTORY]


# --- the law -------------------------------------------------------------------------------------------------------------

DRAFTS = st.builds(
    draft,
    st.integers(1, 9),
    st.sampled_from([ALERTS, To("person:U1", "theirs"), To("route:alerts", "it stands so", Operation.UPDATE)]),
    notice=st.sampled_from(["alert", "follow_up"]),
    kind=st.sampled_from(["breach.opened", "breach.closed"]),
    history=st.booleans(),
    many=st.sampled_from([None, MANY]),
    dedup=st.sampled_from([None, None, "d1", "d2"]),
)
ROUTED = DRAFTS | st.builds(draft, st.integers(1, 9), st.just(NOBODY))


@given(st.lists(ROUTED, max_size=25), st.sets(st.sampled_from(["d1", "d2"])))
def test_nothing_is_told_twice_and_nothing_disappears_without_a_reason(policy, drafts, delivered):
    routed = [Decided(each, Decision.NOBODY if each.to is NOBODY else None) for each in drafts]

    decided = decide(routed, Known(policy, delivered))

    told = [each.draft for each in decided if each.decision is Decision.DELIVERED]
    assert [each.draft for each in decided][: len(drafts)] == drafts
    assert None not in decisions(decided)
    assert max(Counter(each.sameness for each in told).values(), default=1) == 1
    assert not {each.dedup for each in told} & delivered
    for each in decided:
        if each.decision is Decision.GROUPED:
            assert any(
                one.notice == MANY.notice
                and one.to.audience == each.draft.to.audience
                and each.draft.thread in one.facts["subjects"][each.draft.kind]
                for one in told
            )
        if each.decision is Decision.TOLD_BEFORE:
            assert each.draft.dedup in delivered or any(one.sameness == each.draft.sameness for one in told)
