"""Controls: measures in operation, with tests of their design and of their operating effectiveness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np

from risk_engine import checks
from risk_engine.policy.policy import Policy
from risk_engine.references import ControlId
from risk_engine.register import residual
from risk_engine.register.acts import Act, allowed
from risk_engine.register.assessment import Assessment, RiskKind, level
from risk_engine.register.events import ControlDesigned, ControlOperated, ControlRetired, ControlTested
from risk_engine.register.refusals import DesignFirst, OwnerTests
from risk_engine.register.register import Risk, Standing, given
from risk_engine.register.register_policy import Controls
from risk_engine.register.residual import AXES, Axis, Measures


class ControlState(StrEnum):
    """The state of a control."""

    DESIGNED = "designed"
    OPERATING = "operating"
    TESTED = "tested"
    RETIRED = "retired"


class ControlKind(StrEnum):
    """A lasting control, or a one-off measure such as a repayment or a sale."""

    CONTROL = "control"
    ONE_OFF = "one_off"


class Aspect(StrEnum):
    """The object of a test: the design of a control, or its operating effectiveness (ISA 330, paragraphs 8 to 10)."""

    DESIGN = "design"
    OPERATION = "operation"


ACTS: Mapping[ControlState, tuple[Act, ...]] = {
    ControlState.DESIGNED: (Act.OPERATE, Act.TEST, Act.RETIRE),
    ControlState.OPERATING: (Act.TEST, Act.RETIRE),
    ControlState.TESTED: (Act.TEST, Act.RETIRE),
    ControlState.RETIRED: (),
}


@dataclass(frozen=True, slots=True)
class Effects:
    """The share that a measure takes off each axis, 0 to 1; None where it has no effect."""

    likelihood: float | None = None
    severity: float | None = None
    scope: float | None = None
    customer_severity: float | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            if (value := getattr(self, each.name)) is not None:
                checks.share(each.name, [value])

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A measure that is in operation, against one risk or several.

    Attributes:
        response: the number of the response from which it came; None for a control that was there before.
        every_days: days from one test to the next.
        next_test: the day by which it is tested again; None for a one-off measure that was verified.
        design, operation: results of the last tests; None if not tested.
    """

    id: ControlId
    customer: str
    risks: tuple[int, ...]
    response: int | None = None
    kind: ControlKind = ControlKind.CONTROL
    title: str
    owner: str
    department: str | None = None
    effects: Effects
    state: ControlState = ControlState.DESIGNED
    state_by: str
    state_at: datetime
    every_days: int
    next_test: date | None = None
    design: bool | None = None
    operation: bool | None = None
    tested_by: str | None = None
    tested_on: date | None = None
    version: int = 1

    @property
    def effective(self) -> bool:
        return self.state is ControlState.TESTED and bool(self.design and self.operation)

    def counts(self, today: date, rules: Controls) -> bool:
        """Return True if its effect counts: it was tested effective, and its next test is not overdue by more than the grace."""
        late = self.next_test is not None and today > self.next_test + timedelta(days=rules.grace_days)
        return self.effective and not late


def design(
    id: ControlId,
    *,
    customer: str,
    risks: Sequence[int],
    title: str,
    owner: str,
    effects: Effects,
    rules: Controls,
    by: str,
    at: datetime,
    today: date,
    kind: ControlKind = ControlKind.CONTROL,
    response: int | None = None,
    department: str | None = None,
    every_days: int | None = None,
) -> tuple[Control, ControlDesigned]:
    """Enter a control; a one-off measure is carried out when it is entered, and waits for somebody to verify its effect."""
    days = every_days or rules.test_days
    state = ControlState.OPERATING if kind is ControlKind.ONE_OFF else ControlState.DESIGNED
    made = Control(
        id=id,
        customer=customer,
        risks=tuple(risks),
        response=response,
        kind=kind,
        title=title,
        owner=owner,
        department=department,
        effects=effects,
        state=state,
        state_by=by,
        state_at=at,
        every_days=days,
        next_test=today + timedelta(days=days),
    )
    happened = ControlDesigned(
        subject=str(id),
        actor=by,
        at=at,
        customer=customer,
        risks=list(made.risks),
        title=title,
        owner=owner,
        control_kind=kind,
        response=response,
    )
    return made, happened


def operate(control: Control, *, by: str, at: datetime) -> tuple[Control, ControlOperated]:
    """Put a designed control into operation.

    Raises:
        NotNow: it is in operation, or retired.
    """
    allowed(control, Act.OPERATE, ACTS)
    happened = ControlOperated(subject=str(control.id), actor=by, at=at, customer=control.customer)
    return replace(control, state=ControlState.OPERATING, state_by=by, state_at=at), happened


def record_test(
    control: Control,
    of: Aspect,
    *,
    effective: bool,
    evidence: str,
    by: str,
    at: datetime,
    today: date,
    owns: bool,
) -> tuple[Control, ControlTested]:
    """Record the test of a control by somebody other than its owner.

    The effect of a one-off measure is verified by one test of its operation. An ineffective design takes the effect away at once.

    Args:
        owns: whether the tester is the owner, under any account.

    Raises:
        NotNow: it is retired.
        OwnerTests: the tester owns it.
        DesignFirst: the operation of a control is tested whose design was not found effective, or that does not operate.
        ReasonMissing: there is no evidence.
    """
    allowed(control, Act.TEST, ACTS)
    if owns:
        raise OwnerTests(control=control.id, owner=control.owner)
    if control.kind is ControlKind.ONE_OFF:
        of, control = Aspect.OPERATION, replace(control, design=True)
    if of is Aspect.OPERATION and (not control.design or control.state is ControlState.DESIGNED):
        raise DesignFirst(control=control.id, state=control.state, design=control.design)
    happened = ControlTested(
        subject=str(control.id), actor=by, at=at, customer=control.customer, of=of, effective=effective, evidence=given(evidence)
    )
    if of is Aspect.DESIGN:
        return replace(control, design=effective, tested_by=by, tested_on=today), happened
    due = None if control.kind is ControlKind.ONE_OFF and effective else today + timedelta(days=control.every_days)
    tested = replace(control, operation=effective, tested_by=by, tested_on=today, next_test=due)
    return replace(tested, state=ControlState.TESTED, state_by=by, state_at=at), happened


def retire(control: Control, *, reason: str, by: str, at: datetime) -> tuple[Control, ControlRetired]:
    """Take a control out of operation: its effect ends.

    Raises:
        NotNow: it is retired.
        ReasonMissing: there is no reason.
    """
    allowed(control, Act.RETIRE, ACTS)
    happened = ControlRetired(subject=str(control.id), actor=by, at=at, customer=control.customer, reason=given(reason))
    return replace(control, state=ControlState.RETIRED, state_by=by, state_at=at, next_test=None), happened


def standing(risk: Risk, controls: Sequence[Control], *, today: date, policy: Policy) -> Standing:
    """Return the assessments of a risk after its controls that count; those without a response were in operation before."""
    kept = [control for control in controls if control.counts(today, policy.risks.controls)]
    pairs = [_course(axis, risk.inherent, kept, risk.kind, policy.assessing.cap) for axis in AXES]
    current, after = (_assessment([pair[place] for pair in pairs]) for place in (0, 1))
    return Standing(current, level(policy.matrix, current), after, level(policy.matrix, after))


def _assessment(steps: Sequence[int | None]) -> Assessment:
    likelihood, severity, scope, customer_severity = steps
    assert likelihood is not None and severity is not None and scope is not None, "a risk is assessed on these axes"  # noqa: PT018
    return Assessment(likelihood, severity, scope, customer_severity)


def _course(axis: Axis, inherent: Assessment, kept: Sequence[Control], kind: RiskKind, cap: float) -> tuple[int | None, int | None]:
    """Return one axis after the controls in operation, and after those from responses as well."""
    start = getattr(inherent, axis)
    if start is None:
        return None, None
    effects = [getattr(control.effects, axis) for control in kept]
    measures = Measures(
        risk=np.zeros(len(kept), dtype=np.int64),
        effect=np.array([0.0 if effect is None else effect for effect in effects]),
        effective=np.ones(len(kept), dtype=bool),
        in_operation=np.array([control.response is None for control in kept], dtype=bool),
    )
    found = residual.course([start], measures, [kind is RiskKind.OPPORTUNITY], cap)
    return int(found.current[0]), int(found.residual[0])
