"""Assessing a risk: each person's view, the consensus of recent views, and the decision of a facilitator where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from risk_engine.policy.policy import Policy
from risk_engine.register import consensus
from risk_engine.register.acts import Act, allowed
from risk_engine.register.assessment import Assessment, level
from risk_engine.register.consensus import Consensus, View
from risk_engine.register.events import RiskAssessed
from risk_engine.register.refusals import NothingToDecide
from risk_engine.register.register import ACTS, Risk, RiskState, given, moved, reassessment


def recent(risk: Risk, views: Sequence[View], *, at: datetime, policy: Policy) -> list[View]:
    """Return the views that still count: older ones than the term of the risk's level are out of date."""
    oldest = at - timedelta(days=policy.risks.reassess_days[risk.level])
    return [view for view in views if view.at >= oldest]


def assess(risk: Risk, views: Sequence[View], view: View, *, today: date, policy: Policy) -> tuple[Risk, Consensus, RiskAssessed]:
    """Add one person's view of a risk.

    The median of the recent views becomes the inherent assessment, unless they differ by more than the policy's spread: then the
    earlier one stands until a facilitator decides. The risk counts as assessed once a quorum agrees.

    Raises:
        NotNow: it is closed.
        ReasonMissing: the view has no reason.
    """
    allowed(risk, Act.ASSESS, ACTS)
    given(view.reason)
    found = consensus.agreed([*recent(risk, views, at=view.at, policy=policy), view], risk.kind, policy.assessing)
    after = replace(risk, assessed=found.settled) if found.disagree else _settled(risk, found, view.by, view.at, today, policy)
    return after, found, _assessed(after, view, found)


def decide(
    risk: Risk, views: Sequence[View], assessment: Assessment, *, reason: str, by: str, at: datetime, today: date, policy: Policy
) -> tuple[Risk, Consensus, RiskAssessed]:
    """Decide the assessment of a risk on which people differ; their views stay on record.

    Raises:
        NotNow: it is closed.
        NothingToDecide: the views agree, or there are none.
        ReasonMissing: there is no reason.
    """
    allowed(risk, Act.ASSESS, ACTS)
    counted = recent(risk, views, at=at, policy=policy)
    if not counted or not (found := consensus.agreed(counted, risk.kind, policy.assessing)).disagree:
        raise NothingToDecide(risk=risk.id)
    decided = consensus.decided(found, assessment, by=by, reason=reason)
    after = _settled(risk, decided, by, at, today, policy)
    return after, decided, _assessed(after, View(by, assessment, at, reason), decided)


def _settled(risk: Risk, found: Consensus, by: str, at: datetime, today: date, policy: Policy) -> Risk:
    """Return the risk with this inherent assessment; the measures are applied to it anew when it is stored."""
    stands = level(policy.matrix, found.assessment)
    if found.settled and risk.state is RiskState.IDENTIFIED:
        risk = moved(risk, RiskState.ASSESSED, by, at)
    due = reassessment(stands, today, policy.risks) if found.settled else risk.reassess_by
    return replace(risk, inherent=found.assessment, level=stands, assessed=found.settled, reassess_by=due, after=None)


def _assessed(risk: Risk, view: View, found: Consensus) -> RiskAssessed:
    said = view.assessment
    return RiskAssessed(
        subject=str(risk.id),
        actor=view.by,
        at=view.at,
        customer=risk.customer,
        likelihood=said.likelihood,
        severity=said.severity,
        scope=said.scope,
        customer_severity=said.customer_severity,
        reason=view.reason,
        level=int(risk.level),
        spread=found.spread,
        people=len({one.by for one in found.views}),
        settled=found.settled,
        decided=found.chair is not None,
    )
