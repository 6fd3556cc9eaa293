"""What the engine says no to: every refusal carries facts, never prose; the commands put it into words."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that the discipline does not allow; ``facts`` name the field, the value and what would be accepted."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(", ".join(f"{name}={value!r}" for name, value in facts.items()))
        self.facts = facts


class OutOfScale(Refusal):
    """An assessment lies outside its scale."""


class Impossible(Refusal):
    """A figure cannot be: ``field`` and ``value`` name it, ``accepted`` says what could, ``place`` where in its column it stands."""


class NotOpen(Refusal):
    """The thing that was to be changed is not in a state that allows it."""


class AlreadyDecided(Refusal):
    """Someone has decided this approval before."""


class MakerCannotDecide(Refusal):
    """Four eyes: whoever asks for an approval cannot give it."""


class NotAnApprover(Refusal):
    """The policy names the people who may decide, and this is not one of them."""


class ReasonMissing(Refusal):
    """This decision needs a reason."""


class DueInThePast(Refusal):
    """A response cannot be due before the day on which it is proposed."""


class NothingToOverride(Refusal):
    """The model gives this grade itself."""


class OverrideTooFar(Refusal):
    """The grade is better than the model's by more than the policy allows."""


class OverrideTooLong(Refusal):
    """An override ends in the past, or later than the policy allows."""
