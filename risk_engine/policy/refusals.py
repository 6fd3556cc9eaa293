"""Why a key of the policy cannot be changed, each reason with its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk_engine.people.roles import Right
from risk_engine.references import PolicyChangeId
from risk_engine.refusals import Refusal


class UnknownKey(Refusal):
    """The policy has no such key; ``table`` is how far it was understood, ``known`` are the keys that stand there."""

    key: str
    table: str
    known: tuple[str, ...]


class NotASetting(Refusal):
    """A key is a table with these ``keys``, or the name of an entry: it is not changed by itself."""

    key: str
    keys: tuple[str, ...]


class SettingRefused(Refusal):
    """The policy would not be valid with this value.

    Attributes:
        why: the rule over several keys that it breaks; None where ``schema``, which says what the key accepts, says enough.
    """

    key: str
    value: Any
    why: str | None
    schema: Mapping[str, Any]


class NothingToChange(Refusal):
    """The policy has this value already."""

    key: str
    value: Any


class FileOnly(Refusal):
    """A key stands in the policy file alone, and is never set from Slack."""

    key: str


class FileUntilRoles(Refusal):
    """A key is protected, and nobody has a role yet who could guard it."""

    key: str


class AskedUnderOtherRules(Refusal):
    """A protected key was to change by a request that did not ask an administrator and a risk manager."""

    thing: PolicyChangeId
    key: str


class NobodyCouldUndoIt(Refusal):
    """With this value nobody would have this right, which it takes to change the policy again."""

    right: Right


class PolicyMovedOn(Refusal):
    """A key has another value by now than the change was proposed from."""

    thing: PolicyChangeId
    key: str
    before: Any
    present: Any
