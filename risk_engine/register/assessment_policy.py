"""The policy of assessing: the cap on combined measures, and the conditions of a consensus."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part


class Assessing(Part):
    """The parameters of assessing.

    ``cap`` is the largest combined reduction of an axis by measures; ``spread`` the steps by which views may differ and
    still agree; ``quorum`` the number of people that a consensus needs.
    """

    cap: Annotated[float, Field(ge=0, le=1)]
    spread: Annotated[int, Field(ge=0, le=4)]
    quorum: Annotated[int, Field(ge=1, le=20)]
