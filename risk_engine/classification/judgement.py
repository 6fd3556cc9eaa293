"""Judgements about default that people propose and others approve."""

from __future__ import annotations

from enum import StrEnum


class JudgementKind(StrEnum):
    """An approved judgement about a customer's default.

    ``UNLIKELY_TO_PAY`` is a reason of default until it is ended. ``REBUTTAL`` sets the presumption of 90 days past due aside until it
    expires, for stage and expected credit loss only. ``VOID`` withdraws a default that was entered by mistake: it stays on record,
    and no probation follows.

    Source: CRE36.68 ff.; CRR article 178 (3); IFRS 9 B5.5.37.
    """

    UNLIKELY_TO_PAY = "unlikely_to_pay"
    REBUTTAL = "rebuttal"
    VOID = "void"
