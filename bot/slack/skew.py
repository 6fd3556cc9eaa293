"""How far this machine's clock is from Slack's, by the date in the answers that Slack gives anyway."""

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

# seconds: from the first on it is named, beyond the second the bot is not ready
NAMED, TOO_MUCH = 60.0, 300.0
# so many answers are compared, from the last minutes; with fewer than the least nothing is said
ANSWERS, LEAST, RECENT = 9, 3, 600.0
# an answer that took longer says too little about the moment at which it was dated
SLOW = 5.0


class Skew:
    """The difference between the clocks, as the median of the last answers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # when it was measured, and what Slack's clock then showed beyond the monotonic one: a step of our own clock does not age it
        self._measured: deque[tuple[float, float]] = deque(maxlen=ANSWERS)
        self._lock = threading.Lock()
        self._said = False

    def starts(self) -> float:
        """The monotonic second at which a call begins."""
        return self._clock.monotonic()

    def hear(self, headers: Mapping[str, str], started: float) -> None:
        """Take the date of an answer to a call that began at this monotonic second."""
        ended = self._clock.monotonic()
        date = _date(headers)
        if date is None or ended - started > SLOW:
            return
        # a date is cut to whole seconds
        with self._lock:
            self._measured.append((ended, date.timestamp() + 0.5 - (started + ended) / 2))
        self._say()

    def seconds(self) -> float | None:
        """How many seconds our clock is ahead of Slack's; None if too little was heard of late."""
        now = self._clock.monotonic()
        with self._lock:
            recent = [beyond for at, beyond in self._measured if now - at <= RECENT]
        if len(recent) < LEAST:
            return None
        return self._clock.now().timestamp() - now - median(recent)

    @property
    def too_much(self) -> bool:
        """Whether the clocks differ by more than the bot can work with."""
        return abs(self.seconds() or 0.0) > TOO_MUCH

    def troubles(self) -> list[Text]:
        """What is wrong with the clock, and what to do."""
        ahead = self.seconds()
        if ahead is None or abs(ahead) <= NAMED:
            return []
        if ahead > 0:
            sentence = _("This machine's clock is {n} seconds ahead of Slack's, and so are recorded times. Synchronise it (NTP).")
        else:
            sentence = _("This machine's clock is {n} seconds behind Slack's, and so are recorded times. Synchronise it (NTP).")
        return [sentence.format(n=round(abs(ahead)))]

    def _say(self) -> None:
        """Log it once when it begins, and once when it is over."""
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
