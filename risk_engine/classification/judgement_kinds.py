"""The kinds of judgements about default."""

from __future__ import annotations

from enum import StrEnum


class JudgementKind(StrEnum):
    """An approved judgement about a customer's default.

    ``UNLIKELY_TO_PAY`` is a reason of default until it is ended. ``REBUTTAL`` sets the presumption of 90 days past due aside until it
    expires, for stage and expected credit loss only. ``VOID`` withdraws a default that was entered by mistake: it stays on record,
    and no probation follows. ``END`` ends an earlier judgement, and is no input of scoring by itself.

    Source: CRE36.68 ff.; CRR article 178 (3); IFRS 9 B5.5.37.
    """

    UNLIKELY_TO_PAY = "unlikely_to_pay"
    REBUTTAL = "rebuttal"
    VOID = "void"
    END = "end"
