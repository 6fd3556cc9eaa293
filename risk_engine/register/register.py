"""The register's entries: risks with their assessment, owner and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from risk_engine.checks import ReasonMissing
from risk_engine.policy.policy import Matrix
from risk_engine.references import ResponseId, RiskId
from risk_engine.register.acts import Act, allowed
from risk_engine.register.assessment import Assessment, Category, Level, RiskKind, level
from risk_engine.register.events import RetentionEnded, RiskEnded, RiskLogged, RiskReopened, RiskUndone
from risk_engine.register.refusals import StillAnswered
from risk_engine.register.register_policy import RegisterRules

CLOCK = "clock"


class RiskState(StrEnum):
    """The state of a risk."""

    IDENTIFIED = "identified"
    ASSESSED = "assessed"
    TREATED = "treated"
    RETAINED = "retained"
    CLOSED = "closed"


_OPEN = (Act.RESPOND, Act.ASSESS, Act.RETAIN, Act.CLOSE)
ACTS: Mapping[RiskState, tuple[Act, ...]] = {
    RiskState.IDENTIFIED: _OPEN,
    RiskState.ASSESSED: _OPEN,
    RiskState.TREATED: _OPEN,
    RiskState.RETAINED: _OPEN,
    RiskState.CLOSED: (Act.REOPEN,),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The assessments of a risk after its effective controls: those that were in operation, and those from responses as well."""

    current: Assessment
    current_level: Level
    residual: Assessment
    residual_level: Level


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk of one customer; ``inherent`` is its assessment before any measure.

    Attributes:
        objective: the objective that the risk threatens or serves.
        assessed: whether several people agree on the inherent assessment, or one has decided it.
        reassess_by: the day by which it is assessed anew.
        retained_until: the last day of a retention in force.
        moved_by, moved_at: the person who brought it into its state, and when; None since it was logged.
        after: the assessments after its effective controls; None without any.
    """

    id: RiskId
    customer: str
    kind: RiskKind
    category: Category
    title: str
    inherent: Assessment
    level: Level
    owner: str
    department: str | None
    source: str | None
    logged_by: str
    logged_at: datetime
    state: RiskState = RiskState.IDENTIFIED
    moved_by: str | None = None
    moved_at: datetime | None = None
    objective: str | None = None
    assessed: bool = False
    reassess_by: date | None = None
    retained_until: date | None = None
    after: Standing | None = None
    version: int = 1

    @property
    def open(self) -> bool:
        return self.state is not RiskState.CLOSED

    @property
    def state_by(self) -> str:
        return self.moved_by or self.logged_by

    @property
    def state_at(self) -> datetime:
        return self.moved_at or self.logged_at

    @property
    def standing(self) -> Standing:
        return self.after or Standing(self.inherent, self.level, self.inherent, self.level)


def log(
    id: RiskId,
    *,
    customer: str,
    kind: RiskKind,
    category: Category,
    title: str,
    assessment: Assessment,
    matrix: Matrix,
    by: str,
    at: datetime,
    owner: str | None = None,
    department: str | None = None,
    source: str | None = None,
    objective: str | None = None,
    rules: RegisterRules | None = None,
) -> tuple[Risk, RiskLogged]:
    """Enter a risk into the register; it belongs to the person who logs it unless an owner is named."""
    stands = level(matrix, assessment)
    risk = Risk(
        id=id,
        customer=customer,
        kind=kind,
        category=category,
        title=title,
        inherent=assessment,
        level=stands,
        owner=owner or by,
        department=department,
        source=source,
        logged_by=by,
        logged_at=at,
        objective=objective,
        reassess_by=None if rules is None else reassessment(stands, at.date(), rules),
    )
    logged = RiskLogged(
        subject=str(id),
        actor=by,
        at=at,
        customer=customer,
        risk_kind=kind,
        category=category,
        title=title,
        likelihood=assessment.likelihood,
        severity=assessment.severity,
        scope=assessment.scope,
        level=int(risk.level),
        owner=risk.owner,
        source=source,
        objective=objective,
        customer_severity=assessment.customer_severity,
    )
    return risk, logged


def reassessment(level: Level, day: date, rules: RegisterRules) -> date:
    """Return the day by which a risk of a level is assessed anew."""
    return day + timedelta(days=rules.reassess_days[level])


def undo(risk: Risk, *, by: str, at: datetime) -> tuple[Risk, RiskUndone]:
    """Take an entry back: it closes, and stays on record."""
    return moved(risk, RiskState.CLOSED, by, at), RiskUndone(
        subject=str(risk.id), actor=by, at=at, customer=risk.customer, title=risk.title
    )


def treat(risk: Risk, *, by: str, at: datetime) -> Risk:
    """Return the risk with a response that was approved."""
    return moved(risk, RiskState.TREATED, by, at) if risk.state in (RiskState.IDENTIFIED, RiskState.ASSESSED) else risk


def retain(risk: Risk, *, until: date, by: str, at: datetime) -> Risk:
    """Return the risk as retained until a day, that day included."""
    return replace(moved(risk, RiskState.RETAINED, by, at), retained_until=until)


def retention_over(risk: Risk, *, today: date, at: datetime) -> tuple[Risk, RetentionEnded] | None:
    """End a retention whose last day has passed: the risk returns to review at once. None while it runs."""
    if risk.state is not RiskState.RETAINED or risk.retained_until is None or today <= risk.retained_until:
        return None
    ended = replace(_rested(risk, CLOCK, at), retained_until=None, reassess_by=today)
    happened = RetentionEnded(subject=str(risk.id), actor=CLOCK, at=at, customer=risk.customer, owner=risk.owner, until=risk.retained_until)
    return ended, happened


def close(risk: Risk, *, reason: str, unfinished: Sequence[ResponseId], by: str, at: datetime) -> tuple[Risk, RiskEnded]:
    """Close a risk.

    Args:
        unfinished: its responses that are proposed, approved or in progress.

    Raises:
        NotNow: it is closed.
        StillAnswered: a response is unfinished.
        ReasonMissing: there is no reason.
    """
    allowed(risk, Act.CLOSE, ACTS)
    if unfinished:
        raise StillAnswered(risk=risk.id, responses=tuple(unfinished))
    happened = RiskEnded(subject=str(risk.id), actor=by, at=at, customer=risk.customer, before=risk.state, reason=given(reason))
    return replace(moved(risk, RiskState.CLOSED, by, at), retained_until=None), happened


def reopen(risk: Risk, *, reason: str, today: date, by: str, at: datetime) -> tuple[Risk, RiskReopened]:
    """Open a closed risk again, for review at once.

    Raises:
        NotNow: it is open.
        ReasonMissing: there is no reason.
    """
    allowed(risk, Act.REOPEN, ACTS)
    happened = RiskReopened(subject=str(risk.id), actor=by, at=at, customer=risk.customer, reason=given(reason))
    return replace(_rested(risk, by, at), reassess_by=today), happened


def rest(risk: Risk, *, by: str, at: datetime) -> Risk:
    """Return a treated or retained risk in the state that it has without a response; any other one unchanged."""
    return _rested(risk, by, at) if risk.state in (RiskState.TREATED, RiskState.RETAINED) else risk


def given(reason: str) -> str:
    """Return a reason.

    Raises:
        ReasonMissing: it is blank.
    """
    if not reason.strip():
        raise ReasonMissing
    return reason


def _rested(risk: Risk, by: str, at: datetime) -> Risk:
    return moved(risk, RiskState.ASSESSED if risk.assessed else RiskState.IDENTIFIED, by, at)


def moved(risk: Risk, state: RiskState, by: str, at: datetime) -> Risk:
    """Return the risk in a state, with the person who brought it there; unchanged if it is there already."""
    return risk if state is risk.state else replace(risk, state=state, moved_by=by, moved_at=at)
