"""Slack's rate limits: a bucket per method and, for posting, per channel."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from playground.shapes import SlackError

PER_MINUTE = {2: 20, 3: 50, 4: 100}
POST_BURST = 5


class RateLimited(SlackError):
    """Too many calls; the reply is a 429 with the time to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Rates:
    """Token buckets that fill with time; ``on=False`` lets everything pass."""

    def __init__(self, on: bool = True, now: Callable[[], float] = time.monotonic) -> None:
        self.on = on
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}

    def call(self, method: str, tier: int) -> None:
        """Count one call of a method in Slack's tier 2, 3 or 4; tier 0 is unlimited."""
        if tier:
            self._take(method, PER_MINUTE[tier], PER_MINUTE[tier] / 60)

    def post(self, channel: str) -> None:
        """Count one message: about one per second and channel, with short bursts allowed."""
        self._take(f"post {channel}", POST_BURST, 1.0)

    def _take(self, key: str, size: float, rate: float) -> None:
        if not self.on:
            return
        now = self._now()
        tokens, then = self._buckets.get(key, (size, now))
        tokens = min(size, tokens + (now - then) * rate)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            raise RateLimited(max(1, math.ceil((1 - tokens) / rate)))
        self._buckets[key] = (tokens - 1, now)
