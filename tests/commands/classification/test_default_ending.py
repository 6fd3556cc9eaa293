"""What would end a default, in words."""

from __future__ import annotations

import pytest

from commands.classification.default_ending import ending
from risk_engine.classification.evidence import Reason

THEN = "then a probation of at least 6 months"
LONGER = "then a probation of at least 12 months"


def said(policy, mask: Reason, ends: float | None = None) -> str | None:
    found = ending({"default_reasons": float(mask), "default_ends": ends}, policy)
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("mask", "ways"),
    [
        (Reason.PAST_DUE, f"all arrears paid; {THEN}"),
        (Reason.ARREARS, f"all arrears paid; {THEN}"),
        (Reason.JUDGEMENT | Reason.LETTER, f"a rating above default; an approved end of the judgement; {THEN}"),
        (Reason.EVASION | Reason.SALE_AT_LOSS, f"the incident resolved; {THEN}"),
        (Reason.DISTRESSED_RESTRUCTURING, f"the observation after the restructuring over; {LONGER}"),
        (Reason.PROBATION, THEN),
    ],
)
def test_each_reason_names_what_it_waits_for_and_the_probation_that_follows(policy, mask, ways):
    assert said(policy, mask) == ways


def test_every_reason_has_a_way_out(policy):
    assert {reason for reason in Reason if said(policy, reason) == THEN} == {Reason.PROBATION}


def test_on_probation_the_earliest_day_is_said(policy):
    day = "the probation, on 23 May 2027 at the earliest, if nothing falls overdue until then"

    assert said(policy, Reason.PROBATION, 20961.0) == day


def test_nobody_is_told_a_way_out_of_no_default(policy):
    assert said(policy, Reason(0)) is None
