"""Any course of people's acts on a risk, its responses and its controls keeps the laws of the register."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from risk_engine.approvals.proposal import NotOpen, ProposalState
from risk_engine.checks import ReasonMissing
from risk_engine.references import ControlId, ResponseId, RiskId
from risk_engine.register import assessing, control, register, response
from risk_engine.register.acts import NotNow
from risk_engine.register.assessment import Assessment, Category, RiskKind, level
from risk_engine.register.consensus import View
from risk_engine.register.control import Aspect, Control, ControlKind, Effects
from risk_engine.register.refusals import DesignFirst, NotAnOpportunity, NothingToDecide, NotLater, OwnerTests, RiskClosed, StillAnswered
from risk_engine.register.register import RiskState
from risk_engine.register.residual import AXES, lawful
from risk_engine.register.response import UNFINISHED, Response, Strategy
from storage.policy import policies
from tests.conftest import MONDAY

POLICY = policies.read(None)
PEOPLE = ("U0ANA", "U0MEI", "U0OMAR")
people, steps, shares = st.sampled_from(PEOPLE), st.integers(1, 5), st.sampled_from([None, 0.25, 0.5, 0.9, 1.0])
assessments = st.builds(Assessment, steps, steps, steps, st.one_of(st.none(), steps))
# what the state of a thing, or a rule of the register, refuses: nothing has happened then
REFUSED = (
    *(NotNow, NotOpen, RiskClosed, StillAnswered, NothingToDecide, NotLater, OwnerTests, DesignFirst, NotAnOpportunity, ReasonMissing),
)


class Register(RuleBasedStateMachine):
    """One risk with what people do to it; the clock only goes forward."""

    @initialize(kind=st.sampled_from(RiskKind), first=assessments, by=people)
    def logged(self, kind: RiskKind, first: Assessment, by: str) -> None:
        self.at, self.views = MONDAY, [View(by, first, MONDAY, "as logged")]
        self.risk, happened = register.log(
            RiskId(1),
            customer="ACME",
            kind=kind,
            category=Category.CREDIT,
            title="lost its main buyer",
            assessment=first,
            matrix=POLICY.matrix,
            by=by,
            at=self.at,
            rules=POLICY.risks,
        )
        self.kinds = [happened.kind]
        self.responses: list[Response] = []
        self.controls: list[Control] = []

    @property
    def today(self):
        return self.at.date()

    def tried(self, act) -> bool:
        """Do something that a rule may refuse; what is refused has changed nothing, as everything is frozen."""
        try:
            happened = act()
        except REFUSED:
            return False
        self.kinds.append(happened.kind)
        return True

    @rule(days=st.integers(1, 200))
    def days_pass(self, days: int) -> None:
        self.at += timedelta(days=days)
        found = register.retention_over(self.risk, today=self.today, at=self.at)
        if found:
            self.risk, happened = found
            self.kinds.append(happened.kind)
            assert self.risk.reassess_by == self.today

    @rule(said=assessments, by=people)
    def assess(self, said: Assessment, by: str) -> None:
        def act():
            view = View(by, said, self.at, "as I see it")
            self.risk, _found, happened = assessing.assess(self.risk, self.views, view, today=self.today, policy=POLICY)
            self.views.append(view)
            return happened

        self.tried(act)

    @rule(said=assessments, by=people)
    def decide(self, said: Assessment, by: str) -> None:
        def act():
            decided = {"reason": "agreed", "by": by, "at": self.at, "today": self.today, "policy": POLICY}
            self.risk, found, happened = assessing.decide(self.risk, self.views, said, **decided)
            assert found.disagree
            assert self.risk.assessed
            return happened

        self.tried(act)

    @rule(strategy=st.sampled_from(Strategy), days=st.integers(1, 300), by=people, likelihood=shares, severity=shares)
    def respond(self, strategy: Strategy, days: int, by: str, likelihood, severity) -> None:
        def act():
            proposed, happened = response.propose(
                ResponseId(len(self.responses) + 1),
                risk=self.risk,
                strategy=strategy,
                measure="a pledge",
                due=self.today + timedelta(days=days),
                by=by,
                at=self.at,
                today=self.today,
                effects=Effects(likelihood, severity),
            )
            self.responses.append(proposed)
            return happened

        self.tried(act)

    def _changed(self, place: int, act) -> bool:
        if not self.responses:
            return False
        at = place % len(self.responses)

        def done():
            self.responses[at], happened = act(self.responses[at])
            return happened

        return self.tried(done)

    @rule(place=st.integers(0, 9), by=people)
    def approve(self, place: int, by: str) -> None:
        waiting = [one for one in self.responses if one.state is ProposalState.PROPOSED]
        if waiting and self.risk.open:
            one = waiting[place % len(waiting)]
            self.responses[self.responses.index(one)] = one.into(ProposalState.APPROVED, by=by, at=self.at)
            keeps = one.strategy is Strategy.RETAIN
            retained = register.retain(self.risk, until=one.due, by=by, at=self.at)
            self.risk = retained if keeps else register.treat(self.risk, by=by, at=self.at)

    @rule(place=st.integers(0, 9), percent=st.integers(0, 100), by=people)
    def progress(self, place: int, percent: int, by: str) -> None:
        self._changed(place, lambda one: response.progress(one, percent=percent, note=None, customer="ACME", by=by, at=self.at))

    @rule(place=st.integers(0, 9), days=st.integers(1, 100), by=people)
    def extend(self, place: int, days: int, by: str) -> None:
        due = self.today + timedelta(days=days)
        more = {"due": due, "reason": "the notary is ill", "customer": "ACME", "by": by, "at": self.at, "today": self.today}
        self._changed(place, lambda one: response.extend(one, **more))

    @rule(place=st.integers(0, 9), by=people)
    def cancel(self, place: int, by: str) -> None:
        self._changed(place, lambda one: response.cancel(one, reason="no longer needed", customer="ACME", by=by, at=self.at))

    @rule(place=st.integers(0, 9), by=people, kind=st.sampled_from(ControlKind))
    def finish(self, place: int, by: str, kind: ControlKind) -> None:
        if not self._changed(place, lambda one: response.finish(one, result="the deed is signed", customer="ACME", by=by, at=self.at)):
            return
        self._enter(by, kind, self.responses[place % len(self.responses)])

    @rule(by=people)
    def record_a_control(self, by: str) -> None:
        self._enter(by, ControlKind.CONTROL, None)

    def _enter(self, by: str, kind: ControlKind, of: Response | None) -> None:
        made, happened = control.design(
            ControlId(len(self.controls) + 1),
            customer="ACME",
            risks=[1],
            title="monthly check",
            owner=by if of is None else of.owner,
            effects=Effects(0.5, 0.5) if of is None else of.effects,
            rules=POLICY.risks.controls,
            by=by,
            at=self.at,
            today=self.today,
            kind=kind,
            response=None if of is None else int(of.id),
        )
        self.controls.append(made)
        self.kinds.append(happened.kind)

    @rule(place=st.integers(0, 9), of=st.sampled_from(Aspect), effective=st.booleans(), by=people)
    def test_a_control(self, place: int, of: Aspect, effective: bool, by: str) -> None:
        if not self.controls:
            return
        at = place % len(self.controls)
        one = self.controls[at]
        more = {"evidence": "ten of ten", "by": by, "at": self.at, "today": self.today, "owns": by == one.owner}

        def act():
            self.controls[at], happened = control.record_test(one, of, effective=effective, **more)
            return happened

        if self.tried(act):
            assert by != one.owner

    @rule(place=st.integers(0, 9), by=people, out=st.booleans())
    def operate_or_retire(self, place: int, by: str, out: bool) -> None:
        if not self.controls:
            return
        at = place % len(self.controls)

        def act():
            one = self.controls[at]
            self.controls[at], happened = (
                control.retire(one, reason="repaid", by=by, at=self.at) if out else control.operate(one, by=by, at=self.at)
            )
            return happened

        self.tried(act)

    @rule(by=people)
    def close(self, by: str) -> None:
        def act():
            unfinished = [one.id for one in self.responses if one.state in UNFINISHED]
            self.risk, happened = register.close(self.risk, reason="repaid", unfinished=unfinished, by=by, at=self.at)
            assert not unfinished
            return happened

        self.tried(act)

    @rule(by=people)
    def reopen(self, by: str) -> None:
        def act():
            self.risk, happened = register.reopen(self.risk, reason="it was another loan", today=self.today, by=by, at=self.at)
            return happened

        self.tried(act)

    @invariant()
    def measures_never_worsen_a_risk(self) -> None:
        if not hasattr(self, "risk"):
            return
        after = control.standing(self.risk, self.controls, today=self.today, policy=POLICY)
        for axis in AXES:
            stands = [getattr(one, axis) for one in (self.risk.inherent, after.current, after.residual)]
            assert None in stands or lawful(*([step] for step in stands), [self.risk.kind is RiskKind.OPPORTUNITY]).all()
        assert after.residual_level == level(POLICY.matrix, after.residual)
        if not any(one.counts(self.today, POLICY.risks.controls) for one in self.controls):
            assert after.residual == self.risk.inherent

    @invariant()
    def a_state_says_what_has_happened(self) -> None:
        if not hasattr(self, "risk"):
            return
        assert self.risk.open is (self.risk.state is not RiskState.CLOSED)
        assert (self.risk.retained_until is not None) is (self.risk.state is RiskState.RETAINED)
        assert self.kinds.count("risk.closed") - self.kinds.count("risk.reopened") == (self.risk.state is RiskState.CLOSED)
        assert sum(one.state is ProposalState.DONE for one in self.responses) == self.kinds.count("response.done")
        assert all(one.progress == 100 for one in self.responses if one.state is ProposalState.DONE)


TestRegister = Register.TestCase
