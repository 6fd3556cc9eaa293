"""Refusals of changes of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk_engine.people.roles import Right
from risk_engine.references import PolicyChangeId
from risk_engine.refusals import Refusal


class UnknownKey(Refusal):
    """The policy has no such key; ``table`` is the part that was understood, ``known`` the keys there."""

    key: str
    table: str
    known: tuple[str, ...]


class NotASetting(Refusal):
    """The key is a table with these ``keys``, or the name of an entry, and cannot be set by itself."""

    key: str
    keys: tuple[str, ...]


class PartOfASetting(Refusal):
    """The key changes only together with the other ``keys`` of its table, ``whole``."""

    key: str
    whole: str
    keys: tuple[str, ...]


class SettingRefused(Refusal):
    """The policy would not be valid with this value.

    Attributes:
        why: the broken rule over several keys; None where ``schema``, the accepted values of the key, explains enough.
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
    """The key can be set in the policy file only, never from Slack."""

    key: str


class FileUntilRoles(Refusal):
    """The key is protected, and no role has been assigned yet to guard it."""

    key: str


class AskedUnderOtherRules(Refusal):
    """The request for a protected key did not ask an administrator and a risk manager."""

    thing: PolicyChangeId
    key: str


class NobodyCouldUndoIt(Refusal):
    """A value with which nobody would have the right to change the policy again."""

    right: Right


class PolicyMovedOn(Refusal):
    """The key's value has changed since the proposal."""

    thing: PolicyChangeId
    key: str
    before: Any
    present: Any
