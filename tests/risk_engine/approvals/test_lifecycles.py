"""What a response and a breach may go through, and what they may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from risk_engine.approvals.proposal import ProposalState
from risk_engine.due import DueInThePast
from risk_engine.indicators import breach
from risk_engine.indicators.breach import AlreadyAcknowledged, NothingToAcknowledge, Reading
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Alerts, Kri, Matrix
from risk_engine.references import BreachId, ResponseId, RiskId
from risk_engine.refusals import Refusal
from risk_engine.register import register, response
from risk_engine.register.assessment import Assessment, Category, RiskKind
from risk_engine.register.refusals import NotAnOpportunity, RiskClosed
from risk_engine.register.register import RiskState
from risk_engine.register.response import Strategy
from tests.risk_engine.refused import facts_of

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = MONDAY.date()
MATRIX = Matrix(grid=("00112", "01122", "11223", "12234", "22344"), scope_shift=(-1, 0, 0, 1, 1))
ALERTS = Alerts(amber_hours=72, red_hours=24, group_over=5)
COVER = Kri(name="Debt service cover", indicator="dscr", direction="low", amber=1.2, red=1.05, frequency="quarterly")


def risk(kind: RiskKind = RiskKind.THREAT):
    what = {"customer": "ACME", "kind": kind, "category": Category.CREDIT, "title": "x", "assessment": Assessment(3, 3, 2)}
    return register.log(RiskId(17), **what, matrix=MATRIX, by="U0ANA", at=MONDAY)[0]


def propose(of=None, *, strategy: Strategy = Strategy.REDUCE, due: date = TODAY, **more):
    what = {"strategy": strategy, "measure": "assign the receivables", "due": due, "by": "U0ANA", "at": MONDAY, "today": TODAY}
    return response.propose(ResponseId(4), risk=of or risk(), **what, **more)


def opened(colour: Colour = Colour.AMBER, value: float = 1.17):
    reading = Reading(value, TODAY, "customer")
    where = {"key": "k" * 32, "kri": COVER, "customer": "ACME", "threshold": 1.2, "owner": "U0MEI", "alerts": ALERTS, "at": MONDAY}
    return breach.open_breach(BreachId(8), colour=colour, reading=reading, **where)


# --- responses -----------------------------------------------------------------------------------------------------


def test_a_proposal_waits_and_belongs_to_whoever_made_it():
    proposed, happened = propose()

    assert (proposed.state, proposed.owner, proposed.risk) == (ProposalState.PROPOSED, "U0ANA", 17)
    assert (happened.kind, happened.subject, happened.facts["customer"]) == ("response.proposed", "T-4", "ACME")


def test_a_response_cannot_be_due_before_today():
    with pytest.raises(DueInThePast) as refused:
        propose(due=TODAY - timedelta(days=1))

    assert facts_of(refused.value) == {"due": TODAY - timedelta(days=1), "today": TODAY}


def test_a_closed_risk_takes_no_response():
    with pytest.raises(RiskClosed):
        propose(replace(risk(), state=RiskState.CLOSED))


def test_one_takes_more_of_an_opportunity_and_not_of_a_threat():
    with pytest.raises(NotAnOpportunity):
        propose(strategy=Strategy.TAKE_MORE)

    assert propose(risk(RiskKind.OPPORTUNITY), strategy=Strategy.TAKE_MORE)[0].strategy is Strategy.TAKE_MORE


# --- breaches ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("colour", "hours"), [(Colour.AMBER, 72), (Colour.RED, 24)])
def test_the_policy_says_by_when_a_breach_is_to_be_acknowledged(colour, hours):
    assert opened(colour)[0].acknowledge_by == MONDAY + timedelta(hours=hours)


def test_an_opening_says_what_crossed_which_threshold_as_of_when_and_from_where():
    _open, happened = opened()

    assert (happened.kind, happened.subject, happened.actor) == ("breach.opened", "B-8", "monitor")
    assert happened.facts == {
        "kri": "Debt service cover",
        "customer": "ACME",
        "colour": "amber",
        "value": 1.17,
        "as_of": "2026-11-23",
        "source": "customer",
        "threshold": 1.2,
    }


def test_a_second_acknowledgement_is_told_who_was_first():
    taken, _happened = breach.acknowledge(opened()[0], by="U0MEI", at=MONDAY)

    with pytest.raises(AlreadyAcknowledged) as refused:
        breach.acknowledge(taken, by="U0OMAR", at=MONDAY)

    assert (refused.value.by, refused.value.at) == ("U0MEI", MONDAY)


def test_a_worsening_asks_for_attention_anew_and_within_its_own_time():
    taken, _happened = breach.acknowledge(opened()[0], by="U0MEI", at=MONDAY)
    later = MONDAY + timedelta(days=30)

    worse, happened = breach.move(taken, Colour.RED, Reading(1.0, TODAY, "customer"), 1.05, alerts=ALERTS, at=later)

    assert (worse.state, worse.acknowledged_by, worse.threshold, worse.reading.value) == (breach.BreachState.OPEN, None, 1.05, 1.0)
    assert worse.acknowledge_by == later + timedelta(hours=24)
    assert happened.kind == "breach.worsened"


def test_an_easing_keeps_whoever_is_on_it():
    taken, _happened = breach.acknowledge(opened(Colour.RED, 1.0)[0], by="U0MEI", at=MONDAY)

    eased, happened = breach.move(taken, Colour.AMBER, Reading(1.15, TODAY, "customer"), 1.2, alerts=ALERTS, at=MONDAY)

    assert (eased.state, eased.acknowledged_by, happened.kind) == (breach.BreachState.ACKNOWLEDGED, "U0MEI", "breach.eased")


def test_the_same_reading_is_no_news_and_a_new_one_is_kept():
    known = opened()[0]

    updated, happened = breach.move(known, Colour.AMBER, Reading(1.16, TODAY, "customer"), 1.2, alerts=ALERTS, at=MONDAY)

    assert breach.move(known, Colour.AMBER, known.reading, 1.2, alerts=ALERTS, at=MONDAY) is None
    assert (updated.reading.value, updated.state, happened.kind) == (1.16, breach.BreachState.OPEN, "breach.updated")


def test_back_within_bounds_closes_the_episode():
    closed, happened = breach.move(opened()[0], Colour.GREEN, Reading(1.3, TODAY, "customer"), None, alerts=ALERTS, at=MONDAY)

    assert (closed.state, closed.closed_at, happened.kind, happened.facts["value"]) == (
        breach.BreachState.CLOSED,
        MONDAY,
        "breach.closed",
        1.3,
    )
    with pytest.raises(NothingToAcknowledge):
        breach.acknowledge(closed, by="U0MEI", at=MONDAY)


class AnEpisode(RuleBasedStateMachine):
    """Readings of any colour arrive and people acknowledge, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.breach, self.clock, self.kinds = opened()[0], MONDAY, ["breach.opened"]

    @precondition(lambda self: self.breach.state is not breach.BreachState.CLOSED)
    @rule(
        colour=st.sampled_from([Colour.GREEN, Colour.AMBER, Colour.RED]), value=st.sampled_from([1.0, 1.1, 1.17]), hours=st.integers(1, 100)
    )
    def a_reading_arrives(self, colour, value, hours):
        self.clock += timedelta(hours=hours)
        before, reading = self.breach, Reading(value, TODAY, "customer")
        moved = breach.move(before, colour, reading, None, alerts=ALERTS, at=self.clock)
        assert (moved is None) == (colour == before.colour and reading == before.reading)
        if moved:
            self.breach, happened = moved
            self.kinds.append(happened.kind)
            assert happened.at == self.clock
            assert happened.kind != "breach.worsened" or self.breach.acknowledge_by > self.clock

    @rule(by=st.sampled_from(["U0MEI", "U0OMAR"]))
    def somebody_acknowledges(self, by):
        try:
            self.breach, happened = breach.acknowledge(self.breach, by=by, at=self.clock)
        except Refusal:
            assert self.breach.state is not breach.BreachState.OPEN
            return
        self.kinds.append(happened.kind)

    @invariant()
    def it_closes_once_and_then_nothing_more_happens(self):
        assert self.kinds.count("breach.opened") == 1
        assert "breach.closed" not in self.kinds[:-1]

    @invariant()
    def it_is_acknowledged_exactly_when_it_says_by_whom(self):
        if self.breach.state is not breach.BreachState.CLOSED:
            assert (self.breach.state is breach.BreachState.ACKNOWLEDGED) == (self.breach.acknowledged_by is not None)


TestAnEpisode = AnEpisode.TestCase
