"""The team's policy as a model: scales, matrix, indicators, people, channels, schedules."""

from __future__ import annotations

import difflib
from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from risk_engine.approvals.approval_policy import Approvals
from risk_engine.arrears.arrears_policy import Arrears
from risk_engine.audit.audit_policy import Audit
from risk_engine.audit.privacy_policy import Privacy
from risk_engine.audit.reads_policy import Reads
from risk_engine.audit.second_line_policy import SecondLine
from risk_engine.capital.capital_policy import CapitalRules
from risk_engine.channel_names import ChannelName
from risk_engine.classification.categories_policy import Categories
from risk_engine.classification.default_policy import DefaultPolicy
from risk_engine.conduct.conduct_policy import Conduct
from risk_engine.digest.digest_policy import Digest
from risk_engine.facts.data_policy import Data
from risk_engine.facts.reported_names import called
from risk_engine.financials.financial_policy import Financial
from risk_engine.impairment.impairment_policy import Impairment
from risk_engine.indicators import derived
from risk_engine.indicators.indicator_policy import Indicators
from risk_engine.market.sensitivity_policy import Sensitivity
from risk_engine.operational.operational_policy import Operational
from risk_engine.people.people_policy import People
from risk_engine.people.roles_policy import Roles
from risk_engine.policy.scoring_policy import Scoring
from risk_engine.policy_part import ORDINARY, PROTECTED, Part
from risk_engine.portfolio.concentration_policy import ConcentrationRules
from risk_engine.projects.project_policy import Project
from risk_engine.ratings.migration_policy import Migration
from risk_engine.register.assessment_policy import Assessing
from risk_engine.register.register_policy import RegisterRules
from risk_engine.relationship.relationship_policy import RelationshipRules
from risk_engine.repayment.repayment_policy import Repayment
from risk_engine.scoring.override_policy import Overrides
from risk_engine.security.collateral_policy import Collateral
from risk_engine.security.guarantee_policy import GuaranteeRules
from risk_engine.validation.validation_policy import Validation

Label = Annotated[str, Field(min_length=1, max_length=60)]
FiveLabels = Annotated[tuple[Label, ...], Field(min_length=5, max_length=5)]


class Scales(Part):
    """The labels of 1 to 5 on each axis."""

    likelihood: FiveLabels
    severity: FiveLabels
    scope: FiveLabels


class Matrix(Part):
    """The grid: row = likelihood, column = severity, cell = level 0 to 4, and the shift by scope."""

    grid: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-4]{5}$")], ...], Field(min_length=5, max_length=5)]
    scope_shift: Annotated[tuple[Annotated[int, Field(ge=-4, le=4)], ...], Field(min_length=5, max_length=5)]

    @cached_property
    def cells(self) -> NDArray[np.int8]:
        return np.array([[int(cell) for cell in row] for row in self.grid], dtype=np.int8)

    @cached_property
    def shifts(self) -> NDArray[np.int8]:
        return np.array(self.scope_shift, dtype=np.int8)

    @model_validator(mode="after")
    def _monotone(self) -> Self:
        if (np.diff(self.cells, axis=0) < 0).any() or (np.diff(self.cells, axis=1) < 0).any():
            raise ValueError("a cell is lower than its neighbour: the grid must not fall along a row or a column")
        if (np.diff(self.shifts) < 0).any():
            raise ValueError("scope_shift must not fall from one scope to the next")
        return self


Frequency = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]
FREQUENCY_DAYS: dict[Frequency, int] = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
Threshold = float | Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]


class Kri(Part):
    """A key risk indicator: its reading, thresholds, patience and frequency."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    indicator: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]
    direction: Literal["high", "low", "both"]
    amber: Threshold
    red: Threshold
    dead_band: Annotated[float, Field(ge=0)] = 0.0
    up_for: Annotated[int, Field(ge=1, le=12)] = 1
    down_for: Annotated[int, Field(ge=1, le=12)] = 1
    frequency: Frequency
    grace: Annotated[int, Field(ge=0, le=400)] = 30
    unit: Literal["ratio", "percent", "days", "number"] = "number"
    owner: str | None = None
    department: str | None = None
    sector: str | None = None
    customer: str | None = None
    # the kinds of customers for which a missing reading is a data gap; empty: all kinds
    expected_of: tuple[str, ...] = ()

    @property
    def every_days(self) -> int:
        return FREQUENCY_DAYS[self.frequency]

    @property
    def stale_after_days(self) -> int:
        return self.every_days + self.grace

    @cached_property
    def sides(self) -> tuple[tuple[float, float, float], ...]:
        """Return (sign, amber, red) for each side: sign 1 if high is bad, -1 if low is bad."""
        if self.direction == "both":
            (amber_low, amber_high), (red_low, red_high) = self.amber, self.red  # type: ignore[misc]
            return (-1.0, amber_low, red_low), (1.0, amber_high, red_high)
        return ((1.0 if self.direction == "high" else -1.0, float(self.amber), float(self.red)),)  # type: ignore[arg-type]

    @model_validator(mode="after")
    def _red_is_worse_than_amber(self) -> Self:
        pair = self.direction == "both"
        if isinstance(self.amber, tuple) != pair or isinstance(self.red, tuple) != pair:
            raise ValueError('direction "both" takes a low and a high threshold, as in amber = [0.9, 1.1]; the others take one number')
        if isinstance(self.amber, tuple) and self.amber[0] >= self.amber[1]:
            raise ValueError('direction "both" takes the low threshold first, as in amber = [0.9, 1.1]')
        if not all(np.isfinite(amber) and np.isfinite(red) and sign * (red - amber) > 0 for sign, amber, red in self.sides):
            raise ValueError("red must lie beyond amber, and both must be finite")
        return self


class Channels(Part):
    """The channel of each kind of notice, by name or id; ``fallback`` takes undeliverable alerts, empty for nowhere."""

    alerts: ChannelName
    approvals: ChannelName
    digest: ChannelName
    signals: ChannelName
    audit: ChannelName
    fallback: ChannelName | Literal[""] = ""


class Language(Part):
    """The language of notices: a default, and exceptions by channel name or id."""

    default: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
    channels: dict[ChannelName, Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]] = Field(default={})


class Alerts(Part):
    """The deadlines of alerts, and the number from which they are grouped."""

    amber_hours: Annotated[int, Field(ge=1, le=720)]
    red_hours: Annotated[int, Field(ge=1, le=720)]
    group_over: Annotated[int, Field(ge=1, le=40)]


class Responses(Part):
    """Bounds of a response."""

    default_days: Annotated[int, Field(ge=1, le=730)]


class Delegations(Part):
    """Bounds of a delegation."""

    longest_days: Annotated[int, Field(ge=1, le=183)]


class Retention(Part):
    """Retention of bookkeeping and of the trail's payloads, in days."""

    answers: Annotated[int, Field(ge=1, le=366)]
    # not before the last of the buttons that a message may carry
    notices: Annotated[int, Field(ge=366, le=36500)]
    audit_days: Annotated[int, Field(ge=365, le=36500)]


class Policy(Part):
    """The team's whole policy; each table states how its keys are guarded."""

    scales: Annotated[Scales, ORDINARY]
    matrix: Annotated[Matrix, ORDINARY]
    people: Annotated[People, PROTECTED]
    roles: Annotated[Roles, PROTECTED]
    approvals: Annotated[Approvals, PROTECTED]
    delegations: Annotated[Delegations, PROTECTED]
    channels: Annotated[Channels, PROTECTED]
    language: Annotated[Language, ORDINARY]
    digest: Annotated[Digest, ORDINARY]
    alerts: Annotated[Alerts, ORDINARY]
    responses: Annotated[Responses, ORDINARY]
    risks: Annotated[RegisterRules, ORDINARY]
    retention: Annotated[Retention, PROTECTED]
    audit: Annotated[Audit, PROTECTED]
    reads: Annotated[Reads, PROTECTED]
    second_line: Annotated[SecondLine, PROTECTED]
    privacy: Annotated[Privacy, PROTECTED]
    data: Annotated[Data, ORDINARY]
    indicators: Annotated[Indicators, ORDINARY]
    scoring: Annotated[Scoring, ORDINARY]
    overrides: Annotated[Overrides, ORDINARY]
    financial: Annotated[Financial, ORDINARY]
    impairment: Annotated[Impairment, ORDINARY]
    migration: Annotated[Migration, ORDINARY]
    capital: Annotated[CapitalRules, ORDINARY]
    arrears: Annotated[Arrears, ORDINARY]
    categories: Annotated[Categories, ORDINARY]
    default: Annotated[DefaultPolicy, ORDINARY]
    collateral: Annotated[Collateral, ORDINARY]
    guarantees: Annotated[GuaranteeRules, ORDINARY]
    repayment: Annotated[Repayment, ORDINARY]
    conduct: Annotated[Conduct, ORDINARY]
    sensitivity: Annotated[Sensitivity, ORDINARY]
    operational: Annotated[Operational, ORDINARY]
    project: Annotated[Project, ORDINARY]
    assessing: Annotated[Assessing, ORDINARY]
    relationship: Annotated[RelationshipRules, ORDINARY]
    concentration: Annotated[ConcentrationRules, ORDINARY]
    validation: Annotated[Validation, ORDINARY]
    kri: Annotated[tuple[Kri, ...], ORDINARY]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [kri.name for kri in self.kri]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two indicators are called {', '.join(sorted(doubled))}")
        return self

    @model_validator(mode="after")
    def _indicators_have_one_spelling(self) -> Self:
        used: dict[str, Kri] = {}
        for kri in self.kri:
            first = used.setdefault(called(kri.indicator), kri)
            if first.indicator != kri.indicator:
                raise ValueError(
                    f'"{first.name}" and "{kri.name}" name one indicator as {first.indicator} and as {kri.indicator}: use one name in both'
                )
        return self

    @model_validator(mode="after")
    def _somebody_knows_the_figures_of_the_card(self) -> Self:
        card, watched = self.scoring.card, {kri.indicator for kri in self.kri}
        for name in card.measures:
            if derived.called(name) != name:
                raise ValueError(f"scoring.card: {name} is computed as {derived.called(name)}: use that name")
            if not (derived.computed(name) or name in card.reported or name in watched):
                near = difflib.get_close_matches(name, [*derived.COMPUTED, *card.reported], n=1)
                meant = f" (did you mean {near[0]}?)" if near else ""
                raise ValueError(
                    f"scoring.card: nobody computes {name}{meant}; figures of observations must stand in scoring.card.reported or [[kri]]"
                )
        return self
