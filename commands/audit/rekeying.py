"""Move the audit trail from one key to another, anchored on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commands.audit import anchoring
from commands.audit.verification.auditing import AuditRefused
from commands.delivery import record
from commands.kit.i18n import _
from risk_engine.policy.policy import Policy
from storage.audit import rows, sealing
from storage.audit.anchoring.anchors import SUBJECT, Anchored
from storage.audit.anchoring.guarding import TrailRekeyed
from storage.audit.chain import PLAIN, Key, Keys
from storage.database import Tx

HOW_TO_MAKE_ONE = 'python -c "import secrets; print(secrets.token_hex(32))"'
NO_NEW_KEY = _("RISKBOT_AUDIT_KEY is not set: set it to the new key. To make one, type: {command}")
GOES_ON = _("The trail continues with key {key}: start the bot with it, and keep the old key for audit verify.")


@dataclass(frozen=True, slots=True)
class Moved:
    """The last anchor under the old key, and the first under the new one."""

    old: Anchored
    new: Anchored

    def lines(self) -> Sequence[str]:
        """Return the result, with next steps."""
        lines = [
            GOES_ON.format(key=self.new.key_id),
            _("Last anchor under the old key: {anchor}").format(anchor=self.old.line()),
            _("First anchor under the new key: {anchor}").format(anchor=self.new.line()),
        ]
        return [str(line) for line in lines]


def rekey(tx: Tx, policy: Policy, keys: Keys, *, by: str, at: datetime) -> Moved:
    """Seal and anchor with the old key, then continue with the new one, in one transaction.

    Raises:
        AuditRefused: there is no new key, it seals the trail already, or the old one is unknown.
    """
    sealing.queue(tx)
    old, new = _old(tx, keys), keys.present
    sealing.seal_rest(tx, old)
    last = anchoring.take(tx, policy, Keys(old, [new]), by=by, at=at)
    if last is None:
        raise AuditRefused(anchoring.EMPTY)
    sealing.seal_rest(tx, old)
    record(tx, TrailRekeyed(subject=SUBJECT, actor=by, at=at, before=old.id, after=new.id), policy)
    sealing.seal_rest(tx, new)
    first = anchoring.take(tx, policy, Keys(new, [old]), by=by, at=at)
    assert first is not None, "what was sealed a moment ago can be anchored"
    sealing.seal_rest(tx, new)
    return Moved(last, first)


def _old(tx: Tx, keys: Keys) -> Key:
    name = rows.head(tx).key_id
    if keys.present.id == PLAIN:
        raise AuditRefused(NO_NEW_KEY.format(command=HOW_TO_MAKE_ONE))
    if name == keys.present.id:
        raise AuditRefused(_("The trail is already sealed with this key ({key}).").format(key=name))
    old = {PLAIN: Key.of(None), **keys.known}.get(name)
    if old is None:
        raise AuditRefused(_("The trail is sealed with the key {key}. Give that key in RISKBOT_AUDIT_OLD_KEYS.").format(key=name))
    return old
