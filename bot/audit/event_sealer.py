"""The sealer, which continues the audit chain only from its known end, and its keys."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.audit.heads import HeadKeeper
from bot.audit.sealing_keys import keys
from bot.metrics import SEALING
from bot.settings import Settings, SettingsError
from commands.audit.rekeying import HOW_TO_MAKE_ONE
from commands.audit.verification import trail_doubts
from commands.kit.i18n import Text, _
from storage.audit import rows
from storage.audit.anchoring import guarding
from storage.audit.anchoring.guarding import Behind, Doubt, WentBack
from storage.audit.anchoring.heads import BadHead
from storage.audit.anchoring.known import Known
from storage.audit.chain import GENESIS, LONG_ENOUGH, PLAIN, Head, Key, Keys
from storage.audit.sealing import Floor, KeyIsMissing, seal_all
from storage.database import Database, Tx
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# an hour of looks; then the whole table is searched again, in case an event was missed
AGAIN = 3600

NO_KEY = _(
    "The audit trail is sealed without a key (RISKBOT_AUDIT_KEY is not set): anyone with write access to the database could rebuild it."
)
KEY_GONE = _(
    "The audit trail is not being sealed, and nothing is erased from it: it was sealed with a key, and RISKBOT_AUDIT_KEY is not set."
)
SHORT_KEY = _("RISKBOT_AUDIT_KEY is short enough to guess: move the trail to a longer key with python -m bot audit rekey.")


def usable_keys(database: Database, env: Settings) -> Keys:
    """Return the keys of the environment, after checking that they can seal.

    Raises:
        SettingsError: the present key is too short for a trail that it has not sealed yet.
    """
    found = keys(env)
    key = found.present
    with database.begin(EVERYTHING) as tx:
        before = rows.head(tx).key_id
    if key.is_short and key.id != before:
        assert key.secret is not None, "without a secret no key is short"
        raise SettingsError(
            f"RISKBOT_AUDIT_KEY is too short: found {len(key.secret)} bytes; expected at least {LONG_ENOUGH}."
            f" To make one, type: {HOW_TO_MAKE_ONE}"
        )
    return found


@dataclass
class Sealer:
    """The sealer of committed events; any number of sealers may share a database.

    Args:
        heads: stores the end of the trail outside the database.
        alarm: called once when the trail does not continue from its known end.
    """

    database: Database
    keys: Keys
    heads: HeadKeeper
    alarm: Callable[[Behind], None] = lambda behind: None
    _floor: Floor = field(default_factory=Floor)
    _looks: int = 0
    _key_gone: bool = False
    _known: Known | None = None
    _held: Behind | None = None
    _head: Head = field(default_factory=lambda: Head(0, GENESIS, PLAIN))

    @property
    def key(self) -> Key:
        return self.keys.present

    @property
    def key_gone(self) -> bool:
        """Return True if the trail waits for a missing key."""
        return self._key_gone

    @property
    def held(self) -> Behind | None:
        """Return the discontinuity of the trail that prevents sealing, if there is one."""
        return self._held

    def begin(self) -> None:
        """Log the key of the trail, and compare the trail with its known ends outside the database."""
        for trouble in self.troubles():
            log.warning("%s", trouble)
        with self.database.begin(EVERYTHING) as tx:
            before = rows.head(tx).key_id
            anchored = guarding.last_anchor(tx, self.keys.known)
            foreign = guarding.of_a_foreign_key(tx, self.keys.known)
        if foreign is not None:
            self._foreign(foreign)
            return
        if before in {key.id for key in self.keys.older} - {self.key.id}:
            log.warning("the audit trail goes on with another key", extra={"before": before, "now": self.key.id})
        try:
            claims = self.heads.claims()
        except BadHead:
            self._hold(Behind(Doubt.FILE, None, 0, before))
            return
        for known in [*claims, *([anchored] if anchored else [])]:
            self.learn(known)
        if self._held is None:
            self.heads.put_others_aside()

    def learn(self, known: Known) -> None:
        """Learn a known end of the trail; stop sealing if the trail does not continue from it."""
        with self.database.begin(EVERYTHING) as tx:
            found = guarding.behind(tx, known, self.keys.known)
        if found is not None:
            self._hold(found)
        elif self._known is None or (known.epoch, known.count) > (self._known.epoch, self._known.count):
            self._known = known

    def tick(self) -> int:
        """Seal unsealed events; return their number."""
        self._looks += 1
        if self._looks % AGAIN == 0:
            self._floor = Floor()
        try:
            done = seal_all(self.database, self.key, self._floor, guard=self._guard)
        except WentBack as error:
            self._hold(error.behind)
            return 0
        except KeyIsMissing:
            self._lose_key()
            return 0
        self._key_gone = False
        self._go_on()
        return done

    def close(self) -> None:
        """Write down the end of the trail."""
        if self._known is not None and self._held is None:
            self.heads.keep(self._known, at_once=True)

    def troubles(self) -> list[Text]:
        """Return the problems with the key, the trail, or its known ends."""
        if self._held is not None:
            return [trail_doubts.told(self._held)]
        if self._key_gone:
            return [KEY_GONE]
        weak = [NO_KEY] if self.key.id == PLAIN else [SHORT_KEY] if self.key.is_short else []
        return [*weak, *self.heads.troubles()]

    def _guard(self, tx: Tx) -> None:
        """Refuse to continue a discontinuous trail; called in every sealing transaction, as a cut may happen at any time."""
        if foreign := guarding.of_a_foreign_key(tx, self.keys.known):
            raise KeyIsMissing if self.key.id == PLAIN else WentBack(foreign)
        if self._held is not None and self._held.doubt is Doubt.FILE:
            self._read_again()
        for known in (self._held.known if self._held else None, self._known):
            if known is not None and (found := guarding.behind(tx, known, self.keys.known)):
                raise WentBack(found)
        self._head = rows.head(tx)

    def _foreign(self, behind: Behind) -> None:
        if self.key.id == PLAIN:
            self._lose_key()
        else:
            self._hold(behind)

    def _lose_key(self) -> None:
        if not self._key_gone:
            log.error("%s", KEY_GONE)
        self._key_gone = True

    def _read_again(self) -> None:
        try:
            claims = self.heads.claims()
        except BadHead:
            assert self._held is not None, "only what is held is read again"
            raise WentBack(self._held) from None
        self._held = None
        self._known = max(claims, key=lambda known: known.epoch, default=None)

    def _hold(self, behind: Behind) -> None:
        before, self._held = self._held, behind
        SEALING.set(0)
        if before is None or (before.doubt, before.known) != (behind.doubt, behind.known):
            log.critical("%s", trail_doubts.told(behind))
            if behind.known is not None and behind.doubt is not Doubt.OTHER:
                # write it down here, so that the next start knows it, regardless of its source
                self.heads.keep(behind.known, at_once=True)
            self.alarm(behind)

    def _go_on(self) -> None:
        """Remember the present end of the trail; after an accepted break, forget the earlier end."""
        accepted = self._held is not None
        if accepted:
            log.warning("the audit trail is sealed again")
            self._held, self._known, self._floor = None, None, Floor()
            self.heads.put_others_aside()
        SEALING.set(1)
        head, known = self._head, self._known
        if not head.count or self.key.id == PLAIN != head.key_id:
            return
        if known is None or (known.count, known.hash, known.key) != (head.count, head.hash, self.key.id):
            with self.database.begin(EVERYTHING) as tx:
                known = self._known = Known.signed(*guarding.standing(tx, self.keys.known), head, self.key)
        self.heads.keep(known, at_once=accepted)
