"""Approved judgements about default, chosen by a seed: payment unlikely, rebuttals, and defaults withdrawn as mistakes."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import insert

from storage.schema import ApprovalRow, JudgementRow
from tests.recomputation.stored import hour


def write(tx, seed, day, later, book, defaults):
    """Write approved judgements about some customers, and return them by customer as (kind, first day, last day)."""
    turn = random.Random(seed)
    performing = sorted({one["id"] for one in book.rows["customers"]} - defaults.keys())
    late = sorted(id for id, who in defaults.items() if who.by == {"past_due"})
    others = sorted(id for id, who in defaults.items() if who.by != {"past_due"})
    chosen = {id: ("unlikely_to_pay", day + timedelta(days=turn.randrange(7)), None) for id in turn.sample(performing, 5)}
    chosen |= {id: ("rebuttal", day, later + timedelta(days=turn.randrange(3))) for id in late[::2]}
    chosen |= dict.fromkeys((*late[1::4], *turn.sample(others, min(4, len(others)))), ("void", later, None))
    for number, (customer, (kind, since, until)) in enumerate(chosen.items(), start=9001):
        _insert(tx, number, customer, kind, since, until, hour(later, 8))
    return {customer: [one] for customer, one in chosen.items()}


def _insert(tx, number, customer, kind, since, until, at):
    judged = {"id": number, "customer_id": customer, "kind": kind, "since": since, "until": until, "reason": "as the seed says"}
    tx.connection.execute(insert(JudgementRow).values(**judged, state="approved", proposed_by="U1", proposed_at=at, version=1))
    asked = {"id": number, "key": f"k{number}", "subject_kind": "J", "subject_id": number, "customer_id": customer, "kind": "default"}
    asked |= {"maker": "U1", "requested_at": at, "expires_at": at + timedelta(days=9), "stages": [], "picture": {}}
    asked |= {"step": 0, "reminded": 0, "version": 1, "verdict": "approved", "decided_by": "U2", "decided_at": at}
    tx.connection.execute(insert(ApprovalRow).values(**asked))
