"""Recording of events, with the decision about notices in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from commands.delivery.stages import Decided, Draft, Known, decide, route
from commands.kit.registry import registry
from risk_engine.events import Event, kinds
from risk_engine.policy.policy import Policy
from storage import events
from storage.database import Tx
from storage.delivery import deliveries
from storage.delivery.deliveries import Decision, Withheld
from storage.events import Recorded


def record(tx: Tx, event: Event, policy: Policy, *, request_key: str | None = None, tell: bool = True) -> Recorded:
    """Write the event and its notices; history (``tell`` is False) sends none."""
    written = events.record(tx, event, request_key=request_key)
    tell_of(tx, [written], policy, history=not tell)
    return written


def tell_of(tx: Tx, happened: Sequence[Recorded], policy: Policy, *, history: bool = False) -> None:
    """Send notices of events recorded at once, grouped or one by one."""
    drafts = []
    for event in happened:
        listening = [notice for notice in registry().notices.values() if event.kind in kinds(*notice.on)]
        drafts += route(event, [(notice, notice.route(event, policy, tx)) for notice in listening], history=history)
    _decided(tx, drafts, policy)


def tell(tx: Tx, draft: Draft, policy: Policy) -> bool:
    """Send a notice without an event, such as an answer; return False if its key was delivered before."""
    return _decided(tx, [Decided(draft)], policy)


def _decided(tx: Tx, drafts: Sequence[Decided], policy: Policy) -> bool:
    """Decide about drafts and write every decision; return True if anything is sent."""
    keys = [each.draft.dedup for each in drafts if each.draft.dedup]
    decided = decide(drafts, Known(policy, deliveries.delivered(tx, keys)))
    deliveries.keep_withheld(tx, [_withheld(each.draft, each.decision) for each in decided if each.decision and _leaves_a_row(each)])
    on_their_way = [_enqueued(tx, each.draft) for each in decided if each.decision is Decision.DELIVERED]
    return any(on_their_way)


def _leaves_a_row(each: Decided) -> bool:
    """Return True if a decision against sending is written; for a repeated key the row exists already."""
    return each.decision is not Decision.DELIVERED and not (each.decision is Decision.TOLD_BEFORE and each.draft.dedup)


def _withheld(draft: Draft, decision: Decision) -> Withheld:
    return Withheld(draft.notice, draft.to.audience, draft.to.reason, decision, draft.at, _last(draft))


def _last(draft: Draft) -> int | None:
    return draft.events[-1] if draft.events else None


def _enqueued(tx: Tx, draft: Draft) -> bool:
    return deliveries.enqueue(
        tx,
        draft.notice,
        facts=draft.facts,
        audience=draft.to.audience,
        reason=draft.to.reason,
        operation=draft.to.operation,
        thread=draft.thread,
        event=_last(draft),
        at=draft.at,
        dedup=draft.dedup,
        expires_at=draft.expires_at,
    )
