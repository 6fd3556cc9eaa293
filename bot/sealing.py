"""The sealer, which goes on with the audit chain, and the file in which its anchors are kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import Settings
from commands.kit.i18n import Text, _
from commands.kit.proof import Keys
from storage.audit import anchors, rows
from storage.audit.anchors import Anchored
from storage.audit.chain import PLAIN, Key
from storage.audit.sealing import Floor, KeyIsMissing, seal_all
from storage.database import Database

log = logging.getLogger(__name__)

# an hour of looks; then the whole table is looked at once more, in case that something was passed over
AGAIN = 3600
# the newest anchors that may have to be written, after a time in which the file could not be
RECENT = 30

NO_KEY = _("The audit trail is sealed without a key (RISKBOT_AUDIT_KEY is not set): whoever may write to the database could rebuild it.")
KEY_GONE = _("The audit trail is not sealed: it goes on with a key, and RISKBOT_AUDIT_KEY is not set.")


def keys(env: Settings) -> Keys:
    """The keys of the environment: the one to seal with, and those that were used before."""
    present = env.riskbot_audit_key.get_secret_value() if env.riskbot_audit_key else None
    return Keys(Key.of(present), [Key.of(key.get_secret_value()) for key in env.riskbot_audit_old_keys])


@dataclass
class Sealer:
    """Seals what is committed; any number of sealers may share a database."""

    database: Database
    key: Key
    _floor: Floor = field(default_factory=Floor)
    _looks: int = 0
    _key_gone: bool = False

    def begin(self) -> None:
        """Say in the log under which key the trail goes on."""
        if self.key.id == PLAIN:
            log.warning("%s", NO_KEY)
        with self.database.begin() as tx:
            before = rows.head(tx).key_id
        if PLAIN not in (before, self.key.id) and before != self.key.id:
            log.warning("the audit trail goes on with another key", extra={"before": before, "now": self.key.id})

    def tick(self) -> int:
        """Seal what is not sealed yet; returns how many."""
        self._looks += 1
        if self._looks % AGAIN == 0:
            self._floor = Floor()
        try:
            done = seal_all(self.database, self.key, self._floor)
        except KeyIsMissing:
            if not self._key_gone:
                log.error("%s", KEY_GONE)
            self._key_gone = True
            return 0
        self._key_gone = False
        return done

    def troubles(self) -> list[Text]:
        """What is wrong with the key."""
        if self._key_gone:
            return [KEY_GONE]
        return [NO_KEY] if self.key.id == PLAIN else []


def seal_now(database: Database, key: Key) -> int:
    """Seal what is not sealed yet, unless it waits for a key that is not here."""
    try:
        return seal_all(database, key)
    except KeyIsMissing:
        log.error("%s", KEY_GONE)
        return 0


@dataclass
class AnchorFile:
    """Keeps a line for every anchor on record; what could not be written is written later.

    Args:
        name: of the file, by the policy in force; empty: there is none.
    """

    database: Database
    name: Callable[[], str]
    _last: Anchored | None = None
    _trouble: Text | None = None

    def follow(self) -> Text | None:
        """Append what the file does not have yet; returns what is wrong, if something is."""
        name = self.name()
        if not name:
            self._trouble = None
            return None
        with self.database.begin() as tx:
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
