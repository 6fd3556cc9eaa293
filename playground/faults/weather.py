"""Slack's weather: faults that stay on until they are switched off."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from playground.block_kit.data_blocks import CHART, TABLE
from playground.faults.faults import Fault
from playground.shapes import Json, SlackError

SLOWEST_SECONDS = 30.0
FARTHEST_SECONDS = 86_400.0
RESETS = ("", "before", "after")
NEWER = frozenset({TABLE, CHART})


@dataclass
class Weather:
    """The faults of every call of the bot. None at the start.

    Args:
        slow: seconds by which every answer is delayed.
        limited: every call is answered 429.
        reset: the connection is cut ``before`` a call is carried out, or ``after``.
        down: an outage: sockets are closed, calls are refused.
        older: the workspace does not have Slack's newer blocks, ``data_table`` and ``data_visualization``, yet.
        ahead: seconds by which Slack's clock, which dates its answers, is ahead of this machine's.
    """

    slow: float = 0.0
    limited: bool = False
    reset: str = ""
    down: bool = False
    ahead: float = 0.0
    older: bool = False

    def change(self, given: Json) -> None:
        """Apply all given values or, if one is wrong, none.

        Raises:
            SlackError: invalid_fault, with the field, the value and the accepted values.
        """
        checked = {name: _checked(name, value) for name, value in given.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def fault(self) -> Fault | None:
        """Return the fault of a call besides slowness; None without one."""
        if self.down:
            return Fault("*", "down")
        if self.reset:
            return Fault("*", f"reset_{self.reset}")
        return Fault("*", "429") if self.limited else None

    @property
    def lacking(self) -> frozenset[str]:
        """Return the types of blocks that the workspace refuses as unknown."""
        return NEWER if self.older else frozenset()

    def public(self) -> Json:
        return asdict(self)


def _checked(name: str, value: Any) -> Any:
    if name == "slow":
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if number and 0 <= value <= SLOWEST_SECONDS:
            return float(value)
        raise _wrong(name, value, f"a number of seconds from 0 to {SLOWEST_SECONDS:g}")
    if name == "ahead":
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) <= FARTHEST_SECONDS:
            return float(value)
        raise _wrong(name, value, f"a number of seconds from -{FARTHEST_SECONDS:g} to {FARTHEST_SECONDS:g}")
    if name == "reset":
        if value in RESETS:
            return value
        raise _wrong(name, value, "before, after or an empty text")
    if name in ("limited", "down", "older"):
        if isinstance(value, bool):
            return value
        raise _wrong(name, value, "true or false")
    raise SlackError("invalid_fault", say=f"There is no fault {name!r}; these are: slow, limited, reset, down, ahead, older.")


def _wrong(name: str, value: Any, accepted: str) -> SlackError:
    return SlackError("invalid_fault", say=f"The fault {name!r} cannot be {value!r}; it takes {accepted}.")
