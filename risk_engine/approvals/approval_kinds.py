"""What can be asked of those who decide."""

from __future__ import annotations

from enum import StrEnum


class ApprovalKind(StrEnum):
    """A kind of request: the policy gives each its authorities."""

    RESPONSE = "response"
    RETENTION = "retention"
    OVERRIDE = "override"
    WAIVER = "waiver"
    EXCESS = "excess"
    POLICY = "policy"
    INDICATOR = "indicator"
    MESSAGE = "message"
    EXPORT = "export"
