"""The facts of a refusal, for comparing."""

from __future__ import annotations

from typing import Any

from risk_engine.refusals import Refusal


def facts_of(refusal: Refusal) -> dict[str, Any]:
    """Its facts by name, without those that it leaves open."""
    return {name: value for name, value in vars(refusal).items() if value is not None}
