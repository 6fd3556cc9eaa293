"""Whose scores are due: of those whose facts have changed since, or whose date of next change has come, or of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, select

from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import MODEL
from storage.customers.customers import known
from storage.database import Tx
from storage.policy import policies
from storage.queries.among import among
from storage.row_digests import marking
from storage.schema import CustomerVersionRow, ScoreStateRow
from storage.scoring import days_passed, score_facts
from storage.scoring.score_facts import links
from storage.scoring.score_facts.owned import Book

# from this share of the book on, to read everybody takes no longer than to read some one by one
_MANY = 0.25


@dataclass(frozen=True, slots=True)
class Due:
    """The customers to be scored, and the marks of their changes.

    Attributes:
        whole: whether these are all customers.
        new_day: whether the stored scores are of an earlier day.
    """

    customers: Book
    marks: Sequence[int]
    whole: bool
    new_day: bool


@dataclass(frozen=True, slots=True)
class _State:
    """The day as of which all stored scores stand, and the policy and model."""

    as_of: date
    policy: str
    model: str


def due(tx: Tx, policy: Policy, *, as_of: date, whole: bool) -> Due:
    """Return the customers whose scores of a day may differ from the stored ones.

    These are the customers whose facts have changed, or of whom another day makes a difference, and those whose scores need a fact of
    theirs; all customers, where the book was last scored as of a later day, or by another policy or model, or with other exchange rates.

    Args:
        whole: whether to return everybody in any case.
    """
    marks, marked = marking.pending(tx)
    state = _state(tx)
    new_day = state is None or state.as_of != as_of
    if whole or marked is None or state is None or not _goes_on(tx, policy, state, as_of):
        return Due(score_facts.everybody(tx), marks, whole=True, new_day=new_day)
    if new_day:
        marked = sorted({*marked, *days_passed.customers(tx, policy, state.as_of, as_of)})
        if len(marked) > _MANY * _count(tx):
            return Due(score_facts.everybody(tx), marks, whole=True, new_day=True)
    there = select(CustomerVersionRow.customer_id).where(known(CustomerVersionRow, None))
    there = there.where(among(tx, CustomerVersionRow.customer_id, marked))
    changed = Book.of(tx.connection.execute(there).scalars())
    return Due(links.reached(tx, changed, as_of), marks, whole=False, new_day=new_day)


def done(tx: Tx, policy: Policy, of: Due, *, as_of: date) -> None:
    """Record that these customers have been scored, and that all scores stand as of the day."""
    marking.settle(tx, of.marks)
    if of.whole or of.new_day:
        tx.connection.execute(delete(ScoreStateRow))
        tx.connection.execute(insert(ScoreStateRow).values(id=1, as_of=as_of, policy=policies.digest(policy), model=MODEL))


def _goes_on(tx: Tx, policy: Policy, state: _State, as_of: date) -> bool:
    """Return True if the scores of a state differ from those of this day only for customers concerned by a change or by the day."""
    if (state.policy, state.model) != (policies.digest(policy), MODEL) or state.as_of > as_of:
        return False
    return state.as_of == as_of or not days_passed.rates_differ(tx, policy, state.as_of, as_of)


def _state(tx: Tx) -> _State | None:
    row = tx.connection.execute(select(ScoreStateRow.as_of, ScoreStateRow.policy, ScoreStateRow.model)).one_or_none()
    return None if row is None else _State(*row)


def _count(tx: Tx) -> int:
    query = select(func.count()).select_from(CustomerVersionRow).where(known(CustomerVersionRow, None))
    return int(tx.connection.execute(query).scalar_one())
