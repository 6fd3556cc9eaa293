"""Judge the whole book: read without any lock, and the write lock only for the few episodes that change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.clock import Clock
from commands.indicators import Tell, anything_untold, end_unlisted, evaluate, out_of_step, tell_untold
from risk_engine.policy.policy import Policy
from storage.customers import customers
from storage.database import Database
from storage.indicators import breaches
from storage.sight import EVERYTHING

# so many customers' episodes change in one transaction: others wait for it for about a second on a busy machine
AT_ONCE = 250
# so many changes are told of in one message, which is written in one transaction
TOLD_AT_ONCE = 5_000


def judge(
    database: Database,
    policy: Policy,
    clock: Clock,
    indicators: Collection[str],
    *,
    whose: Sequence[str] | None = None,
) -> int:
    """Bring every customer's episodes of these indicators up to date; return the number of changes.

    Customers are read in parts, on one snapshot. Those whose episodes would change are judged once more where they are
    changed, as other facts may have come meanwhile, and so few in a transaction that nobody waits long for the write lock. People are
    told of all changes together at the end. A judging that ends in between is taken up by the next one, which tells of its changes.

    Args:
        whose: the customers to be judged; None is everybody.
    """
    ended = _end_unlisted(database, policy, clock)
    if not indicators or (whose is not None and not whose):
        _tell(database, policy)
        return ended
    with database.begin(EVERYTHING) as tx:
        everybody = customers.ids(tx) if whose is None else list(whose)
        moved = out_of_step(tx, policy, everybody, indicators, at=clock.now())
    changed = _changed(database, policy, clock, moved, indicators)
    _tell(database, policy)
    return ended + changed


def _tell(database: Database, policy: Policy) -> None:
    with database.begin(EVERYTHING) as tx:
        left = anything_untold(tx)
    while left:
        with database.begin(EVERYTHING, write=True, gives_way=True) as tx:
            left = tell_untold(tx, policy, limit=TOLD_AT_ONCE) == TOLD_AT_ONCE


def _end_unlisted(database: Database, policy: Policy, clock: Clock) -> int:
    """End the episodes of indicators that the policy no longer has; return their number."""
    ended, left = 0, True
    names = {kri.name for kri in policy.kri}
    while left:
        with database.begin(EVERYTHING) as tx:
            left = bool(breaches.of_other_kris(tx, names, limit=1))
        if left:
            with database.begin(EVERYTHING, write=True, gives_way=True) as tx:
                ended += end_unlisted(tx, policy, at=clock.now(), limit=AT_ONCE)
    return ended


def _changed(database: Database, policy: Policy, clock: Clock, whose: Sequence[str], indicators: Collection[str]) -> int:
    changed = 0
    for start in range(0, len(whose), AT_ONCE):
        with database.begin(EVERYTHING, write=True, gives_way=True) as tx:
            changed += evaluate(tx, policy, whose[start : start + AT_ONCE], indicators, at=clock.now(), tell=Tell.LATER)
    return changed
