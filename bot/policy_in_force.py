"""The policy in force while the process runs: one look at the database a request, built anew only after a change."""

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
# more keys than this are not named in the event
NAMED = 50


class PolicyBook:
    """What holds now, the same for every process that shares the database.

    Args:
        policy: the packaged policy with the team's file over it; it holds until the first start is on record.
    """

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy, self._seen = database, policy, 0
        self._lock = threading.Lock()

    @property
    def now(self) -> Policy:
        """The policy in force: frozen, so that whoever has asked sees one policy to the end."""
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
                # put in force by a newer version of the bot: this one goes on by the last that it understands
                log.error("the policy in force cannot be read: %s", error)
            self._seen = newest

    def begin(self, *, file: Path | None, at: datetime) -> None:
        """Put the policy in force with which this process starts, the approved changes over it.

        Raises:
            PolicyError: the file has changed a key that was changed by approval, or does not go with what was approved.
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
    """That an approved change holds no more, since the model has floors, ceilings or keys for the file alone that it does not keep."""
    log.warning("%s (%s = %r) is set aside: the policy's model does not take it any more", change.id, change.key, change.value)
    return PolicySetAside(subject=str(change.id), actor="start", at=at, key=change.key, before=change.value, after=change.base)


def _changed(before: PolicyInForce, policy: Policy, file: Path | None, at: datetime) -> PolicyChanged:
    """That a start has put another policy in force: what its scores follow, and who wants to know why finds it."""
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
