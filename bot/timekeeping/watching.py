"""Looks after approvals that wait, in every replica: what is done to one of them is a transaction of its own."""

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
    """Ends requests whose time is over, reminds of the others, shows changed facts; any number of watches may share a database."""

    database: Database
    policies: PolicyBook
    clock: Clock
    wake: Callable[[], None]
    # up to which event the facts of those that wait were compared with what their cards show
    _compared: int = -1
    # the monotonic second of the last look that came to its end
    looked_at: float | None = None

    def tick(self) -> int:
        """Look once; returns how many requests were ended, reminded of or shown anew."""
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
            # somebody has decided, or another replica was faster; what is still due the next look finds
            return False
        except Exception:  # one that cannot be looked after must not keep the others waiting
            log.exception("an approval could not be looked after", extra={"approval": str(id)})
            return False
