"""Effects of a load, in its transaction: the record, and the evaluation of affected indicators."""

from __future__ import annotations

from collections.abc import Callable

from commands.indicators import Tell, evaluate
from risk_engine.facts.events import ImportLoaded
from risk_engine.policy.policy import Policy
from storage import events
from storage.data import facts
from storage.data.facts import Loaded
from storage.database import Tx


def follow_up(policy: Policy, *, file: str, by: str, tell: bool = True) -> Callable[[Tx, Loaded], None]:
    """Return a function for ``run_import``, which records and evaluates a load; without notices if ``tell`` is False."""

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
        # no notice is about a load, so that none needs to be imported
        events.record(tx, happened)
        customers, indicators = facts.touched(tx, loaded, {kri.indicator for kri in policy.kri})
        evaluate(tx, policy, customers, indicators, at=loaded.at, tell=Tell.NOW if tell else Tell.NEVER)

    return after
