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


class AlreadySpoken(Refusal):
    """One person is one voice: this one, or this authority, has spoken before."""


class ApprovalExpired(Refusal):
    """The request waited too long and cannot be decided any more."""


class FactsHaveChanged(Refusal):
    """What lay before the decider is not what the facts are now."""


class NotTheMaker(Refusal):
    """Only whoever asked takes a request back."""


class OnesOwnDelegate(Refusal):
    """Nobody delegates to themselves."""


class DelegationTooLong(Refusal):
    """A delegation ends before it begins, in the past, or later than the policy allows."""


class ReasonMissing(Refusal):
    """This decision needs a reason."""


class DueInThePast(Refusal):
    """A response cannot be due before the day on which it is proposed."""


class DueTooFar(Refusal):
    """A response cannot be due later than anybody can promise."""


class NothingToOverride(Refusal):
    """The model gives this grade itself."""


class OverrideTooFar(Refusal):
    """The grade is better than the model's by more than the policy allows."""


class OverrideTooLong(Refusal):
    """An override ends in the past, or later than the policy allows."""


class OnesOwnRoles(Refusal):
    """Nobody changes what they may do themselves."""


class LastAdministrator(Refusal):
    """Nobody would be left who can give or take a role."""


class UnknownKey(Refusal):
    """The policy has no such key; ``table`` is how far it was understood, ``known`` what stands there."""


class NotASetting(Refusal):
    """A key of the policy is a table, or the name of an entry: it is not changed by itself."""


class SettingRefused(Refusal):
    """The policy would not be one with this value: ``why`` says what is wrong, ``schema`` what the key accepts."""


class NothingToChange(Refusal):
    """The policy has this value already."""


class FileOnly(Refusal):
    """A key that stands in the policy file alone, and is never set from Slack."""


class FileUntilRoles(Refusal):
    """A protected key, before there is anybody with a role who could guard it."""


class AskedUnderOtherRules(Refusal):
    """A protected key was to change by a request that did not ask an administrator and a risk manager."""


class NobodyCouldUndoIt(Refusal):
    """With these roles nobody could propose a change of the policy, or nobody approve it."""


class PolicyMovedOn(Refusal):
    """The key's value is not the one any more that the change was proposed from."""


class AlreadyReviewed(Refusal):
    """Somebody of the second line has looked at this entry before."""


class HadAHandInIt(Refusal):
    """Whoever acted on what an entry is about does not review it."""
