"""Somebody decides with another's authority: for a while, on record, and not for a request that came first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from risk_engine.approvals import delegation as engine
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.refusals import DelegationEnded, DelegationTooLong, OnesOwnDelegate
from risk_engine.references import DelegationId
from tests.risk_engine.deciding import MONDAY
from tests.risk_engine.refused import facts_of

DAY = timedelta(days=1)


def give(**more):
    told = {"giver": "U0OMAR", "delegate": "U0EVA", "since": MONDAY, "until": MONDAY + 10 * DAY, "reason": "holiday", "kinds": ()}
    return engine.delegate(DelegationId(3), longest_days=60, at=MONDAY, **{**told, **more})


def test_a_delegation_is_on_record_with_its_days_and_kinds():
    given, happened = give(kinds=(ApprovalKind.OVERRIDE,))

    assert (given.giver, given.delegate, given.created_at, given.revoked_at) == ("U0OMAR", "U0EVA", MONDAY, None)
    assert (happened.kind, happened.subject, happened.actor) == ("delegation.given", "D-3", "U0OMAR")
    assert happened.facts == {
        "giver": "U0OMAR",
        "delegate": "U0EVA",
        "since": "2026-11-23T09:00:00+00:00",
        "until": "2026-12-03T09:00:00+00:00",
        "kinds": ["override"],
        "reason": "holiday",
    }


def test_nobody_stands_in_for_themselves():
    with pytest.raises(OnesOwnDelegate) as refused:
        give(delegate="U0OMAR")

    assert facts_of(refused.value) == {"delegate": "U0OMAR"}


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (MONDAY, MONDAY),
        (MONDAY - 2 * DAY, MONDAY - DAY),
        (MONDAY + 5 * DAY, MONDAY + 4 * DAY),
        (MONDAY, MONDAY + 60 * DAY + timedelta(seconds=1)),
    ],
)
def test_it_ends_after_it_begins_in_time_and_not_too_late(since, until):
    with pytest.raises(DelegationTooLong) as refused:
        give(since=since, until=until)

    assert facts_of(refused.value) == {"until": until, "first": max(since, MONDAY), "last": MONDAY + 60 * DAY}


def test_the_longest_is_allowed():
    assert give(until=MONDAY + 60 * DAY)[0].until == MONDAY + 60 * DAY


@pytest.mark.parametrize(
    ("days", "holds"), [(-0.001, False), (0, True), (9.999, True), (10, False)], ids=["before", "at its first", "at its last", "after"]
)
def test_it_holds_from_its_first_moment_to_before_its_last(days, holds):
    given, _happened = give(since=MONDAY, until=MONDAY + 10 * DAY)

    assert given.holds(kind=ApprovalKind.RESPONSE, requested_at=MONDAY, at=MONDAY + days * DAY) is holds


def test_it_is_older_than_what_is_decided_by_it():
    given, _happened = give()
    at = MONDAY + DAY

    assert given.holds(kind=ApprovalKind.RESPONSE, requested_at=MONDAY, at=at)
    assert not given.holds(kind=ApprovalKind.RESPONSE, requested_at=MONDAY - timedelta(microseconds=1), at=at)


def test_it_holds_for_its_kinds_alone():
    given, _happened = give(kinds=(ApprovalKind.OVERRIDE, ApprovalKind.WAIVER))

    assert given.holds(kind=ApprovalKind.WAIVER, requested_at=MONDAY, at=MONDAY)
    assert not given.holds(kind=ApprovalKind.RESPONSE, requested_at=MONDAY, at=MONDAY)


def test_taken_back_it_holds_no_more_and_cannot_be_taken_back_twice():
    given, _happened = give()
    taken, happened = engine.revoke(given, by="U0OMAR", at=MONDAY + DAY)

    assert (taken.revoked_at, happened.kind, happened.actor) == (MONDAY + DAY, "delegation.revoked", "U0OMAR")
    assert not taken.holds(kind=ApprovalKind.RESPONSE, requested_at=MONDAY, at=MONDAY + DAY)
    with pytest.raises(DelegationEnded):
        engine.revoke(taken, by="U0OMAR", at=MONDAY + DAY)
    with pytest.raises(DelegationEnded):
        engine.revoke(given, by="U0OMAR", at=given.until)
