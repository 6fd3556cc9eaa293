"""Look after approvals that wait: end those whose time is over, remind of the others, each once whatever dies or races."""

from __future__ import annotations

import logging
from datetime import datetime

from commands.kit import deciding
from commands.kit.record import record
from risk_engine import approval as engine
from risk_engine.approval import Approval
from risk_engine.ballot import Verdict
from risk_engine.policy import Policy
from risk_engine.references import ApprovalId
from risk_engine.refusals import NotOpen
from storage import approvals
from storage.database import Tx

log = logging.getLogger(__name__)

# more of them than this wait for the next round
BATCH = 100


def due(policy: Policy, tx: Tx, *, now: datetime) -> list[ApprovalId]:
    """Those to look after now; a look that takes no lock."""
    rules = policy.approvals
    return approvals.to_look_after(tx, now=now, remind_hours=rules.remind_hours, warn_hours=rules.warn_hours, limit=BATCH)


def look_after(id: ApprovalId, policy: Policy, tx: Tx, *, now: datetime) -> bool:
    """End or remind of one of them, with what is told, in one transaction; says whether there was anything to do.

    Raises:
        Conflict: somebody spoke, or another replica did it, meanwhile.
    """
    asked = approvals.get(tx, id)
    return asked is not None and (_expired(asked, policy, tx, now) or _reminded(asked, policy, tx, now))


def _expired(asked: Approval, policy: Policy, tx: Tx, now: datetime) -> bool:
    if (found := engine.expire(asked, at=now)) is None:
        return False
    expired, happened = found
    try:
        deciding.settle(asked, Verdict.EXPIRED, tx)
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
