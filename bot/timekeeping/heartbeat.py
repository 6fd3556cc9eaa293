"""The heartbeat for outside monitoring: a beat every minute while evaluation and delivery work."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.clock import Clock
from bot.settings import Settings
from bot.slack import outgoing_calls
from commands.kit.i18n import Text, _
from storage.database import Database
from storage.delivery import outbox
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

EVERY, TIMEOUT = 60.0, 5.0
# older looks mean that evaluation has stopped
LOOKS = 120.0
OLDEST = timedelta(minutes=10)
CLOSING_SECONDS = TIMEOUT + 1


@dataclass
class Pulse:
    """The bot's vital signs.

    Attributes:
        looked_at: returns the monotonic second of each evaluator's last look, None before its first.
    """

    database: Database
    clock: Clock
    looked_at: Callable[[], list[float | None]]
    began: float

    def fault(self) -> str | None:
        """Return the reason for not beating; None if all is well."""
        now = self.clock.monotonic()
        if any(now - (at if at is not None else self.began) > LOOKS for at in self.looked_at()):
            return "nothing was evaluated for two minutes"
        if self.database.unwell is not None:
            return self.database.unwell.value
        try:
            with self.database.begin(EVERYTHING) as tx:
                since = outbox.oldest_due(tx, now=self.clock.now())
        except Exception as error:  # whatever keeps the database from answering
            return f"the database does not answer: {type(error).__name__}"
        if since is not None and self.clock.now() - since > OLDEST:
            return "a message has waited for more than ten minutes"
        return None


@dataclass
class Heartbeat:
    """Calls to an address, or writes to a file, once a minute while the pulse is good; on a thread of its own."""

    pulse: Pulse
    url: str | None
    file: Path | None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    # the last logged state
    _said: str | None = None
    _trouble: Text | None = None

    def start(self) -> None:
        """Begin to beat, if an address or a file is set."""
        if self.url or self.file:
            self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(CLOSING_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.beat()
            self._stop.wait(EVERY)

    def beat(self) -> bool:
        """Beat once, if the pulse is good; return True on success."""
        fault = self.pulse.fault()
        if fault is None:
            fault = self._give()
        if fault != self._said:
            log.log(logging.WARNING if fault else logging.INFO, "the heartbeat %s", f"is silent: {fault}" if fault else "is heard again")
            self._said = fault
        return fault is None

    def _give(self) -> str | None:
        """Give the sign, or return the reason for a failure, without the address, which may hold a secret."""
        try:
            if self.url:
                outgoing_calls.beat(self.url, timeout=TIMEOUT)
            if self.file:
                _write(self.file, f"{self.pulse.clock.now().isoformat()}\n")
        except Exception as error:  # the bot continues without a heartbeat
            self._trouble = _("The heartbeat fails: {problem}.").format(problem=type(error).__name__)
            return f"it cannot be given: {type(error).__name__}"
        self._trouble = None
        return None

    def troubles(self) -> list[Text]:
        """Return the problems with the address or the file."""
        return [] if self._trouble is None else [self._trouble]


def for_house(env: Settings, pulse: Pulse) -> Heartbeat:
    """Return the heartbeat configured in the environment."""
    url = env.riskbot_heartbeat_url.get_secret_value() if env.riskbot_heartbeat_url else None
    return Heartbeat(pulse, url, env.riskbot_heartbeat_file)


def _write(file: Path, text: str) -> None:
    """Replace a file atomically, readable by other users who watch it."""
    new = file.with_name(f".{file.name}.{os.getpid()}")
    new.write_text(text, "utf-8")
    os.replace(new, file)
