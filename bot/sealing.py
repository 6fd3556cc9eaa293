"""The sealer, which goes on with the audit chain, and the keys that it does so with."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from bot.settings import Settings, SettingsError
from commands.kit.i18n import Text, _
from commands.kit.proof import Keys
from commands.rekeying import HOW_TO_MAKE_ONE
from storage.audit import rows
from storage.audit.chain import LONG_ENOUGH, PLAIN, Key
from storage.audit.sealing import Floor, KeyIsMissing, seal_all
from storage.database import Database

log = logging.getLogger(__name__)

# an hour of looks; then the whole table is looked at once more, in case that something was passed over
AGAIN = 3600
NO_KEY = _("The audit trail is sealed without a key (RISKBOT_AUDIT_KEY is not set): whoever may write to the database could rebuild it.")
KEY_GONE = _("The audit trail is not sealed, and nothing is erased from it: it goes on with a key, and RISKBOT_AUDIT_KEY is not set.")
SHORT_KEY = _("RISKBOT_AUDIT_KEY is short enough to be guessed: move the trail to a longer one with python -m bot audit rekey.")


def keys(env: Settings) -> Keys:
    """The keys of the environment: the one to seal with, and those that were used before."""
    present = env.riskbot_audit_key.get_secret_value() if env.riskbot_audit_key else None
    return Keys(Key.of(present), [Key.of(key.get_secret_value()) for key in env.riskbot_audit_old_keys])


def usable_key(database: Database, env: Settings) -> Key:
    """The key to seal with.

    Raises:
        SettingsError: it is too short for a trail that it has not sealed yet.
    """
    key = keys(env).present
    with database.begin() as tx:
        before = rows.head(tx).key_id
    if key.is_short and key.id != before:
        assert key.secret is not None, "without a secret no key is short"
        raise SettingsError(
            f"RISKBOT_AUDIT_KEY is too short: found {len(key.secret)} bytes; expected at least {LONG_ENOUGH}."
            f" To make one, type: {HOW_TO_MAKE_ONE}"
        )
    return key


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
        for trouble in self.troubles():
            log.warning("%s", trouble)
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
        if self.key.id == PLAIN:
            return [NO_KEY]
        return [SHORT_KEY] if self.key.is_short else []


def seal_now(database: Database, key: Key) -> int:
    """Seal what is not sealed yet, unless it waits for a key that is not here."""
    try:
        return seal_all(database, key)
    except KeyIsMissing:
        log.error("%s", KEY_GONE)
        return 0
