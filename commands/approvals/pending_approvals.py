"""Supervision of pending approvals: expiry, reminders, and updates of changed facts.

Each happens once, despite crashes and races.
"""

from __future__ import annotations

import logging
from datetime import datetime

from commands.approvals import deciding, decision_facts
from commands.delivery import record
from risk_engine.approvals import approval as engine
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.events import ApprovalRefreshed
from risk_engine.approvals.proposal import NotOpen, ProposalState
from risk_engine.facts.events import ImportLoaded
from risk_engine.indicators.events import BreachClosed, BreachEased, BreachEnded, BreachOpened, BreachWorsened
from risk_engine.policy.events import PolicyChanged
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId
from risk_engine.scoring.events import ScoresUpdated
from storage import events
from storage.approvals import approvals
from storage.database import Busy, Tx

log = logging.getLogger(__name__)

# the number per round; others wait for the next
BATCH = 100
# events that may change the facts shown to approvers
CHANGES = (
    *(ImportLoaded, ScoresUpdated, PolicyChanged),
    *(BreachOpened, BreachWorsened, BreachEased, BreachClosed, BreachEnded),
)


def due(policy: Policy, tx: Tx, *, now: datetime) -> list[ApprovalId]:
    """Return approvals that need attention now; takes no lock."""
    rules = policy.approvals
    return approvals.to_look_after(tx, now=now, remind_hours=rules.remind_hours, warn_hours=rules.warn_hours, limit=BATCH)


def newest_change(tx: Tx) -> int:
    """Return the number of the last event that may have changed a request's facts; 0 before the first."""
    newest = events.newest(tx, CHANGES)
    return newest[0] if newest else 0


def look_after(id: ApprovalId, policy: Policy, tx: Tx, *, now: datetime) -> bool:
    """Expire one approval or remind of it, with notices, in one transaction; return True if there was something to do.

    Raises:
        Conflict: somebody voted, or another replica did it, meanwhile.
    """
    asked = approvals.get(tx, id)
    return asked is not None and (_expired(asked, policy, tx, now) or _reminded(asked, policy, tx, now))


def outdated(policy: Policy, tx: Tx, *, now: datetime) -> list[ApprovalId]:
    """Return pending approvals whose cards show outdated facts; takes no lock."""
    return [id for id in approvals.waiting_ids(tx) if _is_outdated(id, policy, tx, now)]


def _is_outdated(id: ApprovalId, policy: Policy, tx: Tx, now: datetime) -> bool:
    try:
        asked = approvals.get(tx, id)
        return asked is not None and _to_show(asked, policy, tx, now) is not None
    except Busy:
        raise
    except Exception:  # a fault of one request must not hide that others are outdated
        log.exception("an approval could not be compared with its card", extra={"approval": str(id)})
        return False


def show_anew(id: ApprovalId, policy: Policy, tx: Tx, *, now: datetime) -> bool:
    """Update a card that shows outdated facts; return True if it did.

    A press on outdated facts is refused, and the card shows the present ones some seconds later.
    """
    asked = approvals.get(tx, id, lock=True)
    present = None if asked is None else _to_show(asked, policy, tx, now)
    if asked is None or present is None:
        return False
    record(tx, deciding.refreshed(asked, present, by=engine.CLOCK, at=now), policy)
    return True


def _to_show(asked: Approval, policy: Policy, tx: Tx, now: datetime) -> decision_facts.Picture | None:
    """Return the present facts, if the card of a pending request does not show them."""
    if asked.verdict is not None or asked.is_over(now):
        return None
    last, present = events.last_of(tx, str(asked.id), ApprovalRefreshed), deciding.present(asked, policy, tx)
    shown = (last.facts or {}).get("shown") if last else decision_facts.digest(asked.picture)
    return None if decision_facts.digest(present) == shown else present


def _expired(asked: Approval, policy: Policy, tx: Tx, now: datetime) -> bool:
    if (found := engine.expire(asked, at=now)) is None:
        return False
    expired, happened = found
    try:
        deciding.settle(asked, ProposalState.EXPIRED, tx)
    except NotOpen as error:
        # its subject ended in another way; the request must not wait for ever
        log.warning("the subject of an expired approval was not open", extra={"approval": str(asked.id), "why": str(error)})
    approvals.save(tx, asked, expired)
    record(tx, happened, policy)
    return True


def _reminded(asked: Approval, policy: Policy, tx: Tx, now: datetime) -> bool:
    rules = policy.approvals
    found = engine.remind(asked, at=now, remind_hours=rules.remind_hours, warn_hours=rules.warn_hours)
    if found is None:
        return False
    reminded, happened = found
    approvals.save(tx, asked, reminded)
    record(tx, happened, policy)
    return True
