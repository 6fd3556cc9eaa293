"""What every table of the policy has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A table of the policy: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
