"""The policy of indicators: precedence between derived and reported values, and the tolerance between them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Evidence = Literal["audited", "ledger", "reported", "unaudited"]


class Indicators(Part):
    """The precedence among values, and the tolerance beyond which two contradict each other.

    ``prefer``: the value of the later date ("later"), or always the derived or the reported one while there is one.
    ``on_one_date``: what counts first among values of one date: derived from an audited statement, from the bank's own
    records, reported, or derived from an unaudited statement. ``tolerance``: a share of the larger value; two values
    further apart contradict each other if at most ``compared_within_days`` lie between them.
    """

    prefer: Literal["later", "derived", "reported"]
    on_one_date: Annotated[tuple[Evidence, ...], Field(min_length=4, max_length=4)]
    tolerance: Annotated[float, Field(ge=0, le=1)]
    compared_within_days: Annotated[int, Field(ge=0, le=366)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.on_one_date)) != len(self.on_one_date):
            raise ValueError("on_one_date must name audited, ledger, reported and unaudited once each")
        return self
