"""The policy of capital: the regime's floors, LGDs, maturities and size bounds, and its standardised weights."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.currencies import Currency
from risk_engine.policy_part import Part

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=12.5)]
Above = Annotated[float, Field(gt=0)]


class PdFloors(Part):
    """The lowest PD allowed, by segment."""

    corporate: Share
    sme: Share
    large_financial: Share
    mortgage: Share
    revolving: Share
    other_retail: Share


class Size(Part):
    """The reduction of a small firm's correlation: ``reduction`` at a turnover of ``lowest``, none at ``highest``.

    Turnovers of the accounting group in millions of ``currency``; a lower one counts as ``lowest``.
    """

    currency: Currency = "EUR"
    lowest: Above
    highest: Above
    # more than the lowest corporate correlation would make it negative
    reduction: Annotated[float, Field(ge=0, lt=0.12)]

    @model_validator(mode="after")
    def _bounds_rise(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("highest must be above lowest")
        return self


class Maturity(Part):
    """Effective maturity in years, capped to these two; ``foundation`` applies where the bank may not estimate it."""

    shortest: Above
    longest: Above
    foundation: Above

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.shortest <= self.foundation <= self.longest:
            raise ValueError("foundation must lie between shortest and longest")
        return self


class Collateral(Part):
    """One kind of eligible collateral: the LGD of the secured part, and the haircut on its value."""

    kind: Annotated[str, Field(min_length=1)]
    lgd: Share
    haircut: Annotated[float, Field(ge=0, lt=1)]


class FoundationLgd(Part):
    """The foundation approach's LGD: unsecured by seniority, and by collateral in the order of use."""

    senior: Share
    senior_financial: Share
    subordinated: Share
    collateral: tuple[Collateral, ...] = ()

    @model_validator(mode="after")
    def _worse_claims_lose_more(self) -> Self:
        if self.subordinated < max(self.senior, self.senior_financial):
            raise ValueError("subordinated must not be below senior")
        kinds = [one.kind for one in self.collateral]
        if doubled := {kind for kind in kinds if kinds.count(kind) > 1}:
            raise ValueError(f"two kinds of collateral are called {', '.join(sorted(doubled))}")
        lgds = [one.lgd for one in self.collateral]
        if lgds != sorted(lgds) or any(lgd > self.senior for lgd in lgds):
            raise ValueError("collateral must come with the lowest lgd first, and none above that of a senior unsecured claim")
        return self


class Irb(Part):
    """The internal ratings-based approach of one regime.

    ``scaling`` multiplies every risk weight. ``financial_sectors``: the sectors of financial firms, which are never small firms.
    """

    pd_floor: PdFloors
    size: Size
    maturity: Maturity
    lgd: FoundationLgd
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    financial_multiplier: Annotated[float, Field(ge=1, le=2)]
    scaling: Annotated[float, Field(ge=1, le=2)]
    financial_sectors: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = ()


class Slotting(Part):
    """Specialised lending by supervisory category; the weights must rise from strong to weak."""

    strong: Weight
    good: Weight
    satisfactory: Weight
    weak: Weight
    default: Weight

    @model_validator(mode="after")
    def _weaker_weighs_more(self) -> Self:
        if not self.strong <= self.good <= self.satisfactory <= self.weak:
            raise ValueError("a weaker category must not weigh less than a stronger one")
        return self


class SlotLosses(Slotting):
    """The expected loss by supervisory category, as a share of the exposure; it must rise from strong to default."""

    strong: Share
    good: Share
    satisfactory: Share
    weak: Share
    default: Share


class SlotRules(Part):
    """The supervisory category of a project: for each ratio the values from which it is strong, good and satisfactory.

    ``before_operation``: the best category until the project operates.
    """

    dscr: tuple[float, float, float]
    dscr_minimum: tuple[float, float, float]
    llcr: tuple[float, float, float]
    before_operation: Literal["strong", "good", "satisfactory", "weak"]

    @model_validator(mode="after")
    def _bounds_fall(self) -> Self:
        for name in ("dscr", "dscr_minimum", "llcr"):
            strong, good, satisfactory = getattr(self, name)
            if not strong > good > satisfactory:
                raise ValueError(f"{name}: the bounds must fall from strong to satisfactory")
        return self


# CRE33's own, for a policy that does not state them
_LOSSES = SlotLosses(strong=0.004, good=0.008, satisfactory=0.028, weak=0.08, default=0.5)
_RULES = SlotRules(dscr=(1.4, 1.25, 1.1), dscr_minimum=(1.3, 1.15, 1.05), llcr=(1.5, 1.3, 1.15), before_operation="good")


class Standardised(Part):
    """Risk weights of the standardised approach, as shares of the exposure; a PD up to ``investment_grade_pd`` is investment grade."""

    corporate: Weight
    investment_grade: Weight
    investment_grade_pd: Share
    sme: Weight
    micro: Weight
    project_before_operation: Weight
    project_in_operation: Weight
    defaulted: Weight
    defaulted_provisioned: Weight
    slotting: Slotting
    slot_losses: SlotLosses = _LOSSES
    slots: SlotRules = _RULES

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.investment_grade > self.corporate:
            raise ValueError("investment_grade must not weigh more than corporate")
        if self.project_in_operation > self.project_before_operation:
            raise ValueError("project_in_operation must not weigh more than project_before_operation")
        return self


class CapitalRules(Part):
    """The rules of capital under the internal ratings-based and the standardised approach."""

    irb: Irb
    standardised: Standardised
