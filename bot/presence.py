"""A watch on the database's identity, which reports a replacement loudly, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from commands.kit.i18n import Text, _
from storage.audit.anchoring.presence import Presence
from storage.database import Database

log = logging.getLogger(__name__)


@dataclass
class Lookout:
    """A periodic check of the database's identity."""

    database: Database
    _presence: Presence = field(init=False)
    _trouble: str | None = None

    def __post_init__(self) -> None:
        self._presence = Presence(self.database)

    def tick(self) -> None:
        """Check, and log changes."""
        before, self._trouble = self._trouble, self._presence.look()
        if self._trouble and self._trouble != before:
            log.critical("%s: nothing is read or written until this process is started on the right one", self._trouble)
        if before and not self._trouble:
            log.warning("the database is there again", extra={"was": before})

    def troubles(self) -> list[Text]:
        """Return the problem in words."""
        if self._trouble is None:
            return []
        sentence = _("The database is not the one I started with: {what}. Nothing is recorded until I am restarted on the right one.")
        return [sentence.format(what=self._trouble)]
