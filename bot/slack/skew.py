"""The difference between this machine's clock and Slack's, from the dates of Slack's answers."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from statistics import median

from bot.clock import Clock
from commands.kit.i18n import Text, _

log = logging.getLogger(__name__)

# seconds: above the first it is reported, above the second the bot is not ready
NAMED, TOO_MUCH = 60.0, 300.0
# the number of recent answers compared; with fewer than the minimum there is no result
ANSWERS, LEAST, RECENT = 9, 3, 600.0
# slower answers are too inexact about the time of their date
SLOW = 5.0


class Skew:
    """The difference between the clocks, as the median of the last answers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # the time of measurement, and Slack's clock minus the monotonic one, which steps of this machine's clock do not affect
        self._measured: deque[tuple[float, float]] = deque(maxlen=ANSWERS)
        self._lock = threading.Lock()
        self._said = False

    def starts(self) -> float:
        """Return the monotonic second at which a call begins."""
        return self._clock.monotonic()

    def hear(self, headers: Mapping[str, str], started: float) -> None:
        """Note the date of an answer to a call that began at this monotonic second."""
        ended = self._clock.monotonic()
        date = _date(headers)
        if date is None or ended - started > SLOW:
            return
        # dates are truncated to whole seconds
        with self._lock:
            self._measured.append((ended, date.timestamp() + 0.5 - (started + ended) / 2))
        self._say()

    def seconds(self) -> float | None:
        """Return the seconds by which this machine's clock is ahead of Slack's; None with too few recent answers."""
        now = self._clock.monotonic()
        with self._lock:
            recent = [beyond for at, beyond in self._measured if now - at <= RECENT]
        if len(recent) < LEAST:
            return None
        return self._clock.now().timestamp() - now - median(recent)

    @property
    def too_much(self) -> bool:
        """Return True if the clocks differ by more than the bot can tolerate."""
        return abs(self.seconds() or 0.0) > TOO_MUCH

    def troubles(self) -> list[Text]:
        """Return the problem with the clock, and the remedy."""
        ahead = self.seconds()
        if ahead is None or abs(ahead) <= NAMED:
            return []
        if ahead > 0:
            sentence = _("This machine's clock is {n} seconds ahead of Slack's, and so are recorded times. Synchronise it (NTP).")
        else:
            sentence = _("This machine's clock is {n} seconds behind Slack's, and so are recorded times. Synchronise it (NTP).")
        return [sentence.format(n=round(abs(ahead)))]

    def _say(self) -> None:
        """Log the problem once when it begins, and once when it is over."""
        ahead = self.seconds()
        if ahead is None or (abs(ahead) > NAMED) is self._said:
            return
        self._said = not self._said
        what = "the clock differs from Slack's" if self._said else "the clock agrees with Slack's again"
        log.warning(what, extra={"seconds": round(ahead)})


def _date(headers: Mapping[str, str]) -> datetime | None:
    written = next((value for name, value in headers.items() if name.lower() == "date"), None)
    try:
        return parsedate_to_datetime(str(written)) if written else None
    except ValueError:
        return None
