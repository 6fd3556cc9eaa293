"""Time stamps that never repeat, and ids in Slack's form."""

from __future__ import annotations

import secrets
import string
import time

_ALPHABET = string.ascii_uppercase + string.digits


class Clock:
    """A source of Slack time stamps; each is later than all earlier ones, even across restarts."""

    def __init__(self, not_before: str = "0.000000") -> None:
        self._last = micros(not_before)

    def ts(self) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def micros(ts: str) -> int:
    """Return a time stamp as whole microseconds, for exact comparison.

    Raises:
        ValueError: ``ts`` is not a Slack time stamp.
    """
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int((fraction + "000000")[:6])


def new_id(prefix: str, length: int = 10) -> str:
    """Return a new id such as ``V0K3J9QX1ZT``."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def short_id(length: int = 5) -> str:
    """Return a short mixed-case id, as Slack gives to blocks and elements without one."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))
