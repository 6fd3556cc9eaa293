"""The kinds of approval requests."""

from __future__ import annotations

from enum import StrEnum


class ApprovalKind(StrEnum):
    """A kind of approval request; the policy assigns authorities to each kind."""

    RESPONSE = "response"
    RETENTION = "retention"
    OVERRIDE = "override"
    DEFAULT = "default"
    WAIVER = "waiver"
    EXCESS = "excess"
    POLICY = "policy"
    INDICATOR = "indicator"
    MESSAGE = "message"
    EXPORT = "export"
