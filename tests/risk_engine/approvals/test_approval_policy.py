"""The table of authorities: the first rule that fits kind and amount, and nothing left without one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.approval_policy import Approvals
from risk_engine.approvals.ballot import Stage
from risk_engine.people.roles import Role
from storage.policy import policies

PACKAGED = policies.read(None).approvals
TABLE = {
    "currency": "EUR",
    "days": 14,
    "remind_hours": [24],
    "warn_hours": 24,
    "condition_days": 30,
    "authority": [
        {"kind": "excess", "up_to": 1_000_000, "steps": [{"role": "risk_manager"}]},
        {"kind": "excess", "up_to": 10_000_000, "steps": [{"role": "risk_manager"}, {"quorum": 2}]},
        {"up_to": 5_000_000, "steps": [{"people": ["U0EVA", "U0OMAR"], "quorum": 2}]},
        {"steps": [{"role": "risk_manager"}, {"committee": "credit"}]},
    ],
    "committees": {"credit": {"members": ["U0ANA", "U0BEN", "U0EVA"], "veto": ["U0EVA"], "share": "3/4"}},
}
RULES = Approvals.model_validate(TABLE)
COMMITTEE = Stage(people=("U0ANA", "U0BEN", "U0EVA"), committee="credit", veto=("U0EVA",), share="3/4")
MANAGER = Stage(role=Role.RISK_MANAGER)


@pytest.mark.parametrize(
    ("kind", "amount", "stages"),
    [
        (ApprovalKind.EXCESS, "1000000", (MANAGER,)),
        (ApprovalKind.EXCESS, "1000000.01", (MANAGER, Stage(quorum=2))),
        (ApprovalKind.EXCESS, "10000000", (MANAGER, Stage(quorum=2))),
        (ApprovalKind.EXCESS, "10000000.01", (MANAGER, COMMITTEE)),
        (ApprovalKind.WAIVER, "5000000", (Stage(people=("U0EVA", "U0OMAR"), quorum=2),)),
        (ApprovalKind.WAIVER, "5000001", (MANAGER, COMMITTEE)),
        # what cannot be told may be large
        (ApprovalKind.EXCESS, None, (MANAGER, COMMITTEE)),
    ],
)
def test_who_decides_what_up_to_which_amount(kind, amount, stages):
    assert RULES.stages(kind, None if amount is None else Decimal(amount)) == stages


@given(st.sampled_from(ApprovalKind), st.none() | st.decimals(0, 10**12, places=2))
def test_the_packaged_table_leaves_nothing_without_a_decider(kind, amount):
    assert PACKAGED.stages(kind, amount)


@pytest.mark.parametrize(
    ("kind", "amount", "quorum"),
    [
        (ApprovalKind.RETENTION, 25_000_000, 1),
        (ApprovalKind.RETENTION, 25_000_001, 2),
        (ApprovalKind.EXCESS, 10_000_000, 1),
        (ApprovalKind.EXCESS, 10_000_001, 2),
        (ApprovalKind.RESPONSE, 10**12, 1),
        (ApprovalKind.OVERRIDE, 10**12, 1),
        (ApprovalKind.POLICY, 0, 1),
    ],
)
def test_the_packaged_authorities(kind, amount, quorum):
    assert PACKAGED.stages(kind, Decimal(amount)) == (Stage(quorum=quorum),)


def over(**changes):
    return Approvals.model_validate({**TABLE, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"authority": [{"kind": "response", "steps": [{}]}]}, "last authority must hold for every kind and amount"),
        ({"authority": [{"up_to": 5, "steps": [{}]}]}, "last authority must hold for every kind and amount"),
        ({"authority": [{"steps": [{"committee": "board"}]}]}, "names the committee board"),
        ({"authority": [{"steps": [{"people": ["U0EVA", "U0EVA"], "quorum": 2}]}]}, "quorum 2 of 1 people"),
        ({"authority": [{"steps": []}]}, "at least 1 item"),
        ({"authority": [{"kind": "gift", "steps": [{}]}]}, "Input should be"),
        ({"committees": {"credit": {"members": ["U0ANA", "U0BEN"], "veto": ["U0EVA"]}}}, "U0EVA is not a member"),
        ({"committees": {"credit": {"members": ["U0ANA", "U0ANA"]}}}, "named twice"),
        ({"committees": {"credit": {"members": ["U0ANA"]}}}, "at least 2 items"),
        ({"committees": {"credit": {"members": ["U0ANA", "U0BEN"], "share": "1/3"}}}, "between 1/2 and 1/1"),
        ({"committees": {"credit": {"members": ["U0ANA", "U0BEN"], "share": "4/3"}}}, "between 1/2 and 1/1"),
        ({"committees": {"credit": {"members": ["U0ANA", "U0BEN"], "share": "0.6"}}}, "should match pattern"),
        ({"days": 0}, "greater than or equal to 1"),
        ({"currency": "euro"}, "should match pattern"),
    ],
)
def test_a_table_that_could_not_decide_is_refused_by_name(changes, said):
    with pytest.raises(ValidationError, match=said):
        over(**changes)
