"""The policy in force at run time: one database look-up per request, rebuilt only after a change."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path

from commands.delivery import record
from risk_engine.policy.events import PolicyChanged, PolicySetAside
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_change import PolicyChange
from risk_engine.policy.policy_keys import differences, spelled
from storage.database import Conflict, Database, Tx
from storage.policy import policies, policies_in_force
from storage.policy.policies import PolicyError
from storage.policy.policies_in_force import PolicyInForce
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

TRIES = 5
# the largest number of keys named in the event
NAMED = 50


class PolicyBook:
    """The policy in force, shared by all processes of a database.

    Args:
        policy: the packaged policy merged with the team's file; it applies until the first start is on record.
    """

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy, self._seen = database, policy, 0
        self._lock = threading.Lock()

    @property
    def now(self) -> Policy:
        """Return the policy in force; it is frozen, so a request sees one policy to the end."""
        with self._database.begin(EVERYTHING) as tx:
            newest = policies_in_force.newest(tx)
            if newest != self._seen:
                self._read(newest, tx)
        return self._policy

    def _read(self, newest: int, tx: Tx) -> None:
        with self._lock:
            if newest <= self._seen:
                return
            try:
                self._policy = policies.valid(policies_in_force.values(tx), origin="the policy in force")
            except PolicyError as error:
                # put in force by a newer version of the bot: this one keeps the last that it understands
                log.error("the policy in force cannot be read: %s", error)
            self._seen = newest

    def begin(self, *, file: Path | None, at: datetime) -> None:
        """Put this process's policy in force, with the approved changes.

        Raises:
            PolicyError: the file has changed a key that was changed by approval, or contradicts the approved changes.
        """
        base = self._policy
        for attempt in range(1, TRIES + 1):
            try:
                with self._database.begin(EVERYTHING, write=True) as tx:
                    ended = policies_in_force.set_aside(tx, base)
                    policy, before = policies_in_force.begin(tx, base, file=file, at=at)
                    for change in ended:
                        record(tx, _set_aside(change, at), policy)
                    if before is not None:
                        record(tx, _changed(before, policy, file, at), policy)
                    newest = policies_in_force.newest(tx)
            except Conflict:
                # other replicas start at the same instant
                if attempt == TRIES:
                    raise
            else:
                self._policy, self._seen = policy, newest
                return


def _set_aside(change: PolicyChange, at: datetime) -> PolicySetAside:
    """Return the event that an approved change no longer applies, as the model refuses it."""
    log.warning("%s (%s = %r) is set aside: the policy's model does not take it any more", change.id, change.key, change.value)
    return PolicySetAside(subject=str(change.id), actor="start", at=at, key=change.key, before=change.value, after=change.base)


def _changed(before: PolicyInForce, policy: Policy, file: Path | None, at: datetime) -> PolicyChanged:
    """Return the event that a start has put another policy in force."""
    keys = [spelled(path) for path, _before, _after in differences(before.values, policy.model_dump(mode="json"))]
    return PolicyChanged(
        subject="policy",
        actor="start",
        at=at,
        before=before.digest,
        after=policies.digest(policy),
        origin=str(file or policies.PACKAGED),
        keys=keys[:NAMED],
    )
