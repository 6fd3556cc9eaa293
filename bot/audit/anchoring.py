"""The schedule of anchors, and their file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from commands.audit import anchoring
from commands.kit.i18n import Text, _
from storage.audit.anchoring import anchors
from storage.audit.anchoring.anchors import Anchored
from storage.audit.chain import Keys
from storage.audit.sealing import KeyIsMissing
from storage.database import Database
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# the newest anchors that may be missing in the file after failed writes
RECENT = 30


@dataclass
class Anchorer:
    """A taker of due anchors; any number of them may share a database."""

    database: Database
    policies: PolicyBook
    keys: Keys
    clock: Clock
    wake: Callable[[], None]

    def tick(self, *, stopping: bool = False) -> bool:
        """Check once; return True if an anchor was taken."""
        policy, now = self.policies.now, self.clock.now()
        with self.database.begin(EVERYTHING) as tx:
            if anchoring.due(tx, policy, now=now, stopping=stopping) is None:
                return False
        try:
            with self.database.begin(EVERYTHING, write=True) as tx:
                taken = anchoring.take_if_due(tx, policy, self.keys, now=now, stopping=stopping)
        except KeyIsMissing:
            # the sealer reports it
            return False
        self.wake()
        return taken is not None


@dataclass
class AnchorFile:
    """The file with a line for every anchor on record; failed writes are repeated later.

    Args:
        name: returns the file's name in the policy in force; empty: none.
    """

    database: Database
    name: Callable[[], str]
    _last: Anchored | None = None
    _trouble: Text | None = None

    def follow(self) -> Text | None:
        """Append missing anchors to the file; return the problem, if there is one."""
        name = self.name()
        if not name:
            self._trouble = None
            return None
        with self.database.begin(EVERYTHING) as tx:
            recorded = anchors.recorded(tx, limit=RECENT)
        if not recorded or recorded[-1] == self._last:
            return self._trouble
        try:
            anchors.append(Path(name), recorded)
        except OSError as error:
            trouble = _("The anchor file {file} cannot be written: {problem}.").format(
                file=name, problem=error.strerror or type(error).__name__
            )
            if self._trouble is None:
                log.error("%s", trouble)
            self._trouble = trouble
            return trouble
        self._last, self._trouble = recorded[-1], None
        return None

    def troubles(self) -> list[Text]:
        return [] if self._trouble is None else [self._trouble]
