"""What follows from a load, in its transaction: it goes on record, and the customers whose indicators it touched are judged."""

from __future__ import annotations

from collections.abc import Callable

from commands.delivery import record
from commands.indicators import evaluate
from risk_engine.facts.events import ImportLoaded
from risk_engine.policy.policy import Policy
from storage.data import facts
from storage.data.facts import Loaded
from storage.database import Tx


def follow_up(policy: Policy, *, file: str, by: str, tell: bool = True) -> Callable[[Tx, Loaded], None]:
    """A function for ``run_import``; a load that changed nothing leaves no event, and one of history (``tell`` is False) no notice."""

    def after(tx: Tx, loaded: Loaded) -> None:
        if loaded.import_id is None:
            return
        happened = ImportLoaded(
            subject=f"import {loaded.import_id}",
            actor=by,
            at=loaded.at,
            file_kind=loaded.kind,
            file=file,
            added=loaded.added,
            changed=loaded.changed,
        )
        record(tx, happened, policy, tell=tell)
        customers, indicators = facts.touched(tx, loaded, {kri.indicator for kri in policy.kri})
        # ledger and schedule come before the payments of their day: until then everybody would be in arrears by the schedule
        fed = facts.fed_with_payments(tx, customers) if loaded.kind in ("facilities", "instalments") else set()
        evaluate(tx, policy, [id for id in customers if id not in fed], indicators, at=loaded.at, tell=tell)
        evaluate(tx, policy, fed, set(indicators) - {"days_past_due"}, at=loaded.at, tell=tell)

    return after
