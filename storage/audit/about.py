"""Subjects of events: the history of a thing, and the customer that each event concerns."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, literal, or_, select

from risk_engine.references import ApprovalId, BreachId, OverrideId, ResponseId, RiskId
from storage.audit.erased import ERASED
from storage.database import Tx
from storage.schema import ApprovalRow, BreachRow, EventRow, OverrideRow, ResponseRow, RiskRow
from storage.visibility import visible

# kinds of events whose subject is a customer; every other kind is about a thing such as a risk, even if a customer has such an id
OF_A_CUSTOMER = ("score.changed", "detail.read", "figures.shown", ERASED)


def about_things(subjects: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that an event is about one of these risks, approvals and so on, not about a customer with such an id."""
    return and_(EventRow.subject.in_(subjects), EventRow.kind.not_in(OF_A_CUSTOMER))


def about_customer(customer: str) -> ColumnElement[bool]:
    """Return the condition that an event's subject is this customer, not a thing with such an id."""
    return and_(EventRow.subject == customer, EventRow.kind.in_(OF_A_CUSTOMER))


def anything(tx: Tx, subject: str) -> bool:
    """Return True if the trail has an event about a thing such as a risk or an approval."""
    return tx.connection.execute(select(EventRow.id).where(about_things([subject])).limit(1)).first() is not None


def related(tx: Tx, subject: str) -> list[str]:
    """Return a subject and its relatives: a risk's responses, its originating breach, and the approvals of all of them."""
    letter, _dash, number = subject.partition("-")
    found = [subject]
    if not number.isdecimal():
        return found
    if letter == RiskId.letter:
        found += _ids(tx, ResponseId, select(ResponseRow.id).where(ResponseRow.risk_id == int(number)))
        source = select(RiskRow.source).where(RiskRow.id == int(number), RiskRow.source.startswith(f"{BreachId.letter}-"))
        found += [str(breach) for breach in tx.connection.execute(source).scalars()]
    if letter == BreachId.letter:
        found += _ids(tx, RiskId, select(RiskRow.id).where(RiskRow.source == subject))
    if letter == ApprovalId.letter:
        found += tx.connection.execute(select(ApprovalRow.subject).where(ApprovalRow.id == int(number))).scalars()
        return found
    return [*found, *_ids(tx, ApprovalId, select(ApprovalRow.id).where(ApprovalRow.subject.in_(found)))]


def of_customer(tx: Tx, customer: str) -> list[str]:
    """Return a customer's risks, responses, overrides, breaches and approvals."""
    risks = select(RiskRow.id).where(RiskRow.customer_id == customer)
    return [
        *_ids(tx, RiskId, risks),
        *_ids(tx, ResponseId, select(ResponseRow.id).where(ResponseRow.risk_id.in_(risks))),
        *_ids(tx, OverrideId, select(OverrideRow.id).where(OverrideRow.customer_id == customer)),
        *_ids(tx, BreachId, select(BreachRow.id).where(BreachRow.customer_id == customer)),
        *_ids(tx, ApprovalId, select(ApprovalRow.id).where(ApprovalRow.customer_id == customer)),
    ]


def hands(tx: Tx, subject: str) -> frozenset[str]:
    """Return the people who acted on a subject or its relatives."""
    query = select(EventRow.actor).where(about_things(related(tx, subject))).distinct()
    return frozenset(tx.connection.execute(query).scalars())


def within_sight(tx: Tx) -> list[ColumnElement[bool]]:
    """Return the condition that an event is about a visible customer; no condition if all customers are visible."""
    if tx.sight.everything:
        return []
    risk = select(_spelled(RiskId, RiskRow)).where(*visible(tx, RiskRow.customer_id))
    response = select(_spelled(ResponseId, ResponseRow)).join(RiskRow, RiskRow.id == ResponseRow.risk_id)
    others = [
        select(_spelled(kind, row)).where(*visible(tx, row.customer_id))
        for kind, row in ((OverrideId, OverrideRow), (BreachId, BreachRow), (ApprovalId, ApprovalRow))
    ]
    subjects = [risk, response.where(*visible(tx, RiskRow.customer_id)), *others]
    things = and_(EventRow.kind.not_in(OF_A_CUSTOMER), or_(*(EventRow.subject.in_(each) for each in subjects)))
    return [or_(and_(EventRow.kind.in_(OF_A_CUSTOMER), *visible(tx, EventRow.subject)), things)]


def _spelled(kind: Any, row: Any) -> ColumnElement[str]:
    return literal(f"{kind.letter}-") + cast(row.id, String)


def _ids(tx: Tx, kind: Any, query: Any) -> Collection[str]:
    return [str(kind(id)) for id in tx.connection.execute(query).scalars()]
