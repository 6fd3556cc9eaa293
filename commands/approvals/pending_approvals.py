"""Look after approvals that wait: end those whose time is over, remind of the others, show those whose facts have changed anew.

Each is done once, whatever dies or races.
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
from risk_engine.indicators.events import BreachClosed, BreachEased, BreachOpened, BreachWorsened
from risk_engine.policy.events import PolicyChanged
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId
from risk_engine.scoring.events import ScoresUpdated
from storage import events
from storage.approvals import approvals
from storage.database import Tx

log = logging.getLogger(__name__)

# more of them than this wait for the next round
BATCH = 100
# what may change the facts that lie before those who decide
CHANGES = (
    *(ImportLoaded, ScoresUpdated, PolicyChanged),
    *(BreachOpened, BreachWorsened, BreachEased, BreachClosed),
)


def due(policy: Policy, tx: Tx, *, now: datetime) -> list[ApprovalId]:
    """Those to look after now; a look that takes no lock."""
    rules = policy.approvals
    return approvals.to_look_after(tx, now=now, remind_hours=rules.remind_hours, warn_hours=rules.warn_hours, limit=BATCH)


def newest_change(tx: Tx) -> int:
    """The number of the last event that may have changed the facts of a request; 0 before the first."""
    newest = events.newest(tx, CHANGES)
    return newest[0] if newest else 0


def look_after(id: ApprovalId, policy: Policy, tx: Tx, *, now: datetime) -> bool:
    """End or remind of one of them, with what is told, in one transaction; says whether there was anything to do.

    Raises:
        Conflict: somebody spoke, or another replica did it, meanwhile.
    """
    asked = approvals.get(tx, id)
    return asked is not None and (_expired(asked, policy, tx, now) or _reminded(asked, policy, tx, now))


def outdated(policy: Policy, tx: Tx, *, now: datetime) -> list[ApprovalId]:
    """Those that wait whose cards do not show the facts of now; a look that takes no lock."""
    return [id for id in approvals.waiting_ids(tx) if (asked := approvals.get(tx, id)) and _to_show(asked, policy, tx, now) is not None]


def show_anew(id: ApprovalId, policy: Policy, tx: Tx, *, now: datetime) -> bool:
    """Have the card show the facts as they are, if it does not; says whether it did not.

    A press on outdated facts is refused; so whoever looks at the card some seconds later sees those of now.
    """
    asked = approvals.get(tx, id, lock=True)
    present = None if asked is None else _to_show(asked, policy, tx, now)
    if asked is None or present is None:
        return False
    record(tx, deciding.refreshed(asked, present, by=engine.CLOCK, at=now), policy)
    return True


def _to_show(asked: Approval, policy: Policy, tx: Tx, now: datetime) -> decision_facts.Picture | None:
    """The facts of now, if the card of a request that waits does not show them."""
    if asked.verdict is not None or now >= asked.expires_at:
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
        # what it was about ended by another way; the request must not wait for ever
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
