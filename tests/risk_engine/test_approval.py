"""Four eyes: whoever asks never decides, and whatever is decided stays decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from risk_engine import approval as engine
from risk_engine.approval import Verdict
from risk_engine.references import ApprovalId
from risk_engine.refusals import AlreadyDecided, MakerCannotDecide, NotAnApprover, ReasonMissing, Refusal

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)

ABOUT = {"key": "k" * 32, "subject": "T-4", "customer": "ACME", "title": "assign the receivables"}


@pytest.fixture
def asked():
    waiting, _requested = engine.request(ApprovalId(3), by="U0ANA", at=MONDAY, **ABOUT)
    return waiting


def test_a_request_waits_and_says_who_asks():
    waiting, requested = engine.request(ApprovalId(3), by="U0ANA", at=MONDAY, **ABOUT)

    assert (waiting.verdict, waiting.maker, waiting.subject) == (None, "U0ANA", "T-4")
    assert (requested.kind, requested.subject, requested.actor) == ("approval.requested", "A-3", "U0ANA")
    assert requested.facts == {"subject": "T-4", "maker": "U0ANA", "customer": "ACME", "title": "assign the receivables"}


def test_somebody_else_approves_without_a_reason(asked):
    decided, happened = engine.decide(asked, Verdict.APPROVED, by="U0OMAR", at=LATER)

    assert (decided.verdict, decided.decided_by, decided.decided_at, decided.reason) == (Verdict.APPROVED, "U0OMAR", LATER, None)
    assert (happened.kind, happened.subject, happened.facts["verdict"]) == ("approval.decided", "A-3", "approved")


def test_the_maker_cannot_decide_not_even_as_a_named_approver(asked):
    with pytest.raises(MakerCannotDecide) as refused:
        engine.decide(asked, Verdict.APPROVED, by="U0ANA", at=LATER, approvers=["U0ANA"])

    assert refused.value.facts == {"approval": 3, "maker": "U0ANA"}


def test_a_second_decision_is_told_who_said_what_and_when(asked):
    decided, _happened = engine.decide(asked, Verdict.REJECTED, by="U0OMAR", at=LATER, reason="too dear")

    with pytest.raises(AlreadyDecided) as refused:
        engine.decide(decided, Verdict.APPROVED, by="U0MEI", at=LATER)

    assert refused.value.facts == {"approval": 3, "verdict": Verdict.REJECTED, "by": "U0OMAR", "at": LATER}


def test_where_the_policy_names_approvers_nobody_else_decides(asked):
    with pytest.raises(NotAnApprover):
        engine.decide(asked, Verdict.APPROVED, by="U0OMAR", at=LATER, approvers=["U0MEI"])

    assert engine.decide(asked, Verdict.APPROVED, by="U0MEI", at=LATER, approvers=["U0MEI"])[0].decided_by == "U0MEI"


@pytest.mark.parametrize("verdict", [Verdict.REJECTED, Verdict.RETURNED])
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_a_no_needs_its_reason(asked, verdict, reason):
    with pytest.raises(ReasonMissing):
        engine.decide(asked, verdict, by="U0OMAR", at=LATER, reason=reason)


def test_what_stands_is_never_changed_in_place(asked):
    engine.decide(asked, Verdict.APPROVED, by="U0OMAR", at=LATER)

    assert asked.verdict is None


PEOPLE = ["U0ANA", "U0MEI", "U0OMAR", "U0ZOE"]


class AnApproval(RuleBasedStateMachine):
    """Anybody tries to decide anything at any time, under any policy."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = "U0ANA"
        self.approval, requested = engine.request(
            ApprovalId(1), key="k" * 32, subject="T-1", customer="ACME", title="sell the plant", by=self.maker, at=MONDAY
        )
        self.clock, self.first, self.events = MONDAY, None, [requested]

    @rule(
        by=st.sampled_from(PEOPLE),
        verdict=st.sampled_from(Verdict),
        reason=st.sampled_from([None, " ", "because"]),
        approvers=st.lists(st.sampled_from(PEOPLE), max_size=2),
        minutes=st.integers(0, 90),
    )
    def somebody_decides(self, by, verdict, reason, approvers, minutes):
        self.clock += timedelta(minutes=minutes)
        before = self.approval
        try:
            self.approval, happened = engine.decide(before, verdict, by=by, at=self.clock, approvers=approvers, reason=reason)
        except Refusal:
            assert self.approval is before
            return
        self.events.append(happened)
        self.first = self.first or self.approval
        assert by != self.maker
        assert not approvers or by in approvers
        assert verdict is Verdict.APPROVED or (reason or "").strip()

    @invariant()
    def there_is_one_decision_at_most_and_it_stays(self):
        assert len(self.events) <= 2
        assert self.first is None or self.approval == self.first

    @invariant()
    def nobody_decides_what_they_asked_for(self):
        assert self.approval.decided_by != self.maker

    @invariant()
    def a_decision_is_whole(self):
        done = (self.approval.verdict, self.approval.decided_by, self.approval.decided_at)
        assert all(done) or not any(done)


TestAnApproval = AnApproval.TestCase
