"""Looks after approvals that wait, in every replica: what is done to one of them is a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from commands.kit import watching
from risk_engine.policy import Policy
from risk_engine.references import ApprovalId
from storage.database import Busy, Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """Ends requests whose time is over, and reminds of the others; any number of watches may share a database."""

    database: Database
    policies: PolicyBook
    clock: Clock
    wake: Callable[[], None]

    def tick(self) -> int:
        """Look once; returns how many requests were ended or reminded of."""
        policy = self.policies.now
        with self.database.begin() as tx:
            ids = watching.due(policy, tx, now=self.clock.now())
        done = sum(self._look_after(id, policy) for id in ids)
        if done:
            self.wake()
        return done

    def _look_after(self, id: ApprovalId, policy: Policy) -> bool:
        try:
            with self.database.begin(write=True) as tx:
                return watching.look_after(id, policy, tx, now=self.clock.now())
        except Busy:
            # somebody has decided, or another replica was faster; what is still due the next look finds
            return False
        except Exception:  # one that cannot be looked after must not keep the others waiting
            log.exception("an approval could not be looked after", extra={"approval": str(id)})
            return False
