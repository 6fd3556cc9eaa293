"""Whose scores are due: of those whose facts have changed since, or of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select

from risk_engine.scoring.scoring import MODEL
from storage.among import among
from storage.customers.customers import known
from storage.database import Tx
from storage.row_digests import marking
from storage.schema import CustomerVersionRow, ScoreStateRow
from storage.scoring import score_facts
from storage.scoring.score_facts import links
from storage.scoring.score_facts.owned import Book


@dataclass(frozen=True, slots=True)
class Due:
    """The customers to be scored, and the marks of their changes.

    Attributes:
        whole: whether these are all customers.
    """

    customers: Book
    marks: Sequence[int]
    whole: bool


def due(tx: Tx, *, as_of: date, policy: str, whole: bool) -> Due:
    """Return the customers whose scores of a day may differ from the stored ones.

    These are the customers whose facts have changed, and those whose scores need a fact of theirs; all customers, where the whole
    book was last scored as of another day or by another policy or model.

    Args:
        policy: the digest of the policy.
        whole: whether to return everybody in any case.
    """
    marks, marked = marking.pending(tx)
    if whole or marked is None or _last(tx) != (as_of, policy, MODEL):
        return Due(score_facts.everybody(tx), marks, whole=True)
    there = select(CustomerVersionRow.customer_id).where(known(CustomerVersionRow, None))
    there = there.where(among(tx, CustomerVersionRow.customer_id, marked))
    changed = Book.of(tx.connection.execute(there).scalars())
    return Due(links.reached(tx, changed, as_of), marks, whole=False)


def done(tx: Tx, of: Due, *, as_of: date, policy: str) -> None:
    """Record that these customers have been scored."""
    marking.settle(tx, of.marks)
    if of.whole:
        tx.connection.execute(delete(ScoreStateRow))
        tx.connection.execute(insert(ScoreStateRow).values(id=1, as_of=as_of, policy=policy, model=MODEL))


def _last(tx: Tx) -> tuple[date, str, str] | None:
    row = tx.connection.execute(select(ScoreStateRow.as_of, ScoreStateRow.policy, ScoreStateRow.model)).one_or_none()
    return None if row is None else (row.as_of, row.policy, row.model)
