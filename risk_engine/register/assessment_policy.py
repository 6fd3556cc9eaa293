"""The policy of assessing: how far measures may be trusted together, and when several people's views are no agreement."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part


class Assessing(Part):
    """``cap`` is the most that measures take off an axis together; ``spread`` how many steps views may lie apart and still
    agree; ``quorum`` how many people's views make a consensus.
    """

    cap: Annotated[float, Field(ge=0, le=1)]
    spread: Annotated[int, Field(ge=0, le=4)]
    quorum: Annotated[int, Field(ge=1, le=20)]
