"""Judge the whole book: read without any lock, and the write lock only for the few episodes that change."""

from __future__ import annotations

from collections.abc import Collection

from bot.clock import Clock
from commands.indicators import evaluate, out_of_step
from risk_engine.policy.policy import Policy
from storage.customers import customers
from storage.database import Database
from storage.sight import EVERYTHING


def judge(database: Database, policy: Policy, clock: Clock, indicators: Collection[str]) -> int:
    """Bring every customer's episodes of these indicators up to date, all in one transaction; return the number of changes.

    Customers are read in parts, on one snapshot. Those whose episodes would change are judged once more where they are
    changed, as other facts may have come meanwhile.
    """
    if not indicators:
        return 0
    with database.begin(EVERYTHING) as tx:
        found = out_of_step(tx, policy, customers.ids(tx), indicators, at=clock.now())
    if not found:
        return 0
    with database.begin(EVERYTHING, write=True) as tx:
        return evaluate(tx, policy, found, indicators, at=clock.now())
