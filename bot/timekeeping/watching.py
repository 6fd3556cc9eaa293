"""Supervision of pending approvals, in every replica, with one transaction per approval."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from commands.approvals import pending_approvals
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId
from storage.database import Busy, Database
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)


@dataclass
class Watch:
    """A supervisor that expires requests, sends reminders and shows changed facts; any number may share a database."""

    database: Database
    policies: PolicyBook
    clock: Clock
    wake: Callable[[], None]
    # the last event up to which facts of pending requests were compared with their cards
    _compared: int = -1
    # the monotonic second of the last completed look
    looked_at: float | None = None

    def tick(self) -> int:
        """Check once; return the number of requests expired, reminded of or updated."""
        policy = self.policies.now
        with self.database.begin(EVERYTHING) as tx:
            ids = pending_approvals.due(policy, tx, now=self.clock.now())
            newest = pending_approvals.newest_change(tx)
            outdated = pending_approvals.outdated(policy, tx, now=self.clock.now()) if newest != self._compared else []
        done = sum(self._one(pending_approvals.look_after, id, policy) for id in ids)
        done += sum(self._one(pending_approvals.show_anew, id, policy) for id in outdated)
        self._compared = newest
        self.looked_at = self.clock.monotonic()
        if done:
            self.wake()
        return done

    def _one(self, look: Callable[..., bool], id: ApprovalId, policy: Policy) -> bool:
        try:
            with self.database.begin(EVERYTHING, write=True) as tx:
                return look(id, policy, tx, now=self.clock.now())
        except Busy:
            # a decision or another replica was faster; the next look finds the rest
            return False
        except Exception:  # a failure with one must not delay the others
            log.exception("an approval could not be looked after", extra={"approval": str(id)})
            return False
