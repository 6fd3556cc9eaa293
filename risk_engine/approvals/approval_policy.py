"""The policy's [approvals]: authorities by kind and amount, steps, committees, and the term of a request."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Stage
from risk_engine.currencies import Currency
from risk_engine.people.roles import GUARDS, Role
from risk_engine.policy_part import Part

SlackId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")]


class Committee(Part):
    """A voting committee: its members, the members with a veto, and the share of seats that an approval needs."""

    members: Annotated[tuple[SlackId, ...], Field(min_length=2)]
    veto: tuple[SlackId, ...] = ()
    share: Annotated[str, Field(pattern=r"^[1-9][0-9]?/[1-9][0-9]?$")] = "2/3"

    @field_validator("share")
    @classmethod
    def _at_most_all(cls, share: str) -> str:
        if not Fraction(1, 2) <= Fraction(share) <= 1:
            raise ValueError("between 1/2 and 1/1 of the seats")
        return share

    @model_validator(mode="after")
    def _a_veto_is_a_members(self) -> Self:
        if strangers := set(self.veto) - set(self.members):
            raise ValueError(f"veto: {', '.join(sorted(strangers))} is not a member")
        if len(set(self.members)) < len(self.members):
            raise ValueError("members: somebody is named twice")
        return self


class Step(Part):
    """One step: a number of holders of a role, a number of named people, or a committee by name."""

    role: Role = Role.APPROVER
    people: tuple[SlackId, ...] = ()
    quorum: Annotated[int, Field(ge=1, le=20)] = 1
    committee: str | None = None

    @model_validator(mode="after")
    def _enough_people(self) -> Self:
        if self.people and self.quorum > len(set(self.people)):
            raise ValueError(f"quorum {self.quorum} of {len(set(self.people))} people can never be reached")
        return self


class AuthorityRule(Part):
    """The steps for a kind of request up to an amount; without ``up_to``, for any amount."""

    kind: ApprovalKind | None = None
    up_to: Annotated[Decimal, Field(gt=0)] | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=5)]


class Approvals(Part):
    """The table of authorities.

    Attributes:
        currency: the currency of ``up_to``; the amount is the total exposure of the customer's group.
        days: the number of days until a request expires.
        remind_hours: hours after the request at which the approvers are reminded, once each.
        warn_hours: hours before expiry at which they are warned.
        condition_days: the default term of a condition.
        authority: the rules; the first one that fits kind and amount applies.
    """

    currency: Currency
    days: Annotated[int, Field(ge=1, le=90)]
    remind_hours: tuple[Annotated[int, Field(ge=1, le=2160)], ...]
    warn_hours: Annotated[int, Field(ge=0, le=2160)]
    condition_days: Annotated[int, Field(ge=1, le=366)]
    authority: Annotated[tuple[AuthorityRule, ...], Field(min_length=1)]
    committees: dict[str, Committee] = Field(default={})

    @model_validator(mode="after")
    def _complete(self) -> Self:
        named = {step.committee for rule in self.authority for step in rule.steps if step.committee}
        if unknown := named - set(self.committees):
            raise ValueError(f"authority names the committee {', '.join(sorted(unknown))}, which is not under committees")
        if self.authority[-1].kind is not None or self.authority[-1].up_to is not None:
            raise ValueError("the last authority must hold for every kind and amount: leave its kind and up_to out")
        return self

    def stages(self, kind: ApprovalKind, amount: Decimal | None) -> tuple[Stage, ...]:
        """Return the steps for a kind and an amount in ``currency``; an unknown amount (None) matches only rules without a limit."""
        return tuple(self._stage(step) for step in self._rule(kind, amount).steps)

    def guarded_stages(self, kind: ApprovalKind) -> tuple[Stage, ...]:
        """Return the steps for a protected key of the policy: always an administrator and a risk manager.

        Where the table requires more than one vote on this very kind, those steps come first.
        """
        rule, own = self._rule(kind, None), self.stages(kind, None)
        several = rule.kind is kind and (len(own) > 1 or own[0].committee is not None or own[0].quorum > 1)
        return (*(own if several else ()), *(Stage(role, in_person=True) for role in GUARDS))

    def _rule(self, kind: ApprovalKind, amount: Decimal | None) -> AuthorityRule:
        return next(rule for rule in self.authority if rule.kind in (None, kind) and _within(amount, rule.up_to))

    def _stage(self, step: Step) -> Stage:
        if step.committee is None:
            return Stage(step.role, step.people, step.quorum)
        body = self.committees[step.committee]
        return Stage(step.role, body.members, committee=step.committee, veto=body.veto, share=body.share)


def _within(amount: Decimal | None, bound: Decimal | None) -> bool:
    return bound is None or (amount is not None and amount <= bound)
