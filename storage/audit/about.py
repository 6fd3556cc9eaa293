"""Subjects of events: the history of a thing, and the customer that each event concerns."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from risk_engine.audit.events import DetailRead, FiguresShown
from risk_engine.events import kinds
from risk_engine.references import (
    ApprovalId,
    BreachId,
    ControlId,
    JudgementId,
    OverrideId,
    Reference,
    ResponseId,
    RiskId,
    of_kind,
    spelled_out,
)
from risk_engine.scoring.events import ScoreChanged
from storage.audit.erased import TrailErased
from storage.database import Tx
from storage.queries.among import among
from storage.schema import ApprovalRow, BreachRow, ControlRiskRow, ControlRow, EventRow, JudgementRow, OverrideRow, ResponseRow, RiskRow
from storage.visibility import visible

# kinds of events whose subject is a customer; every other kind is about a thing such as a risk, even if a customer has such an id
OF_A_CUSTOMER = kinds(ScoreChanged, DetailRead, FiguresShown, TrailErased)


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
    """Return a subject and its relatives: a risk's responses and controls, its originating breach, and the approvals of all of them."""
    thing = spelled_out(subject)
    if thing is None:
        return [subject]
    if isinstance(thing, ApprovalId):
        about = select(ApprovalRow.subject_kind, ApprovalRow.subject_id).where(ApprovalRow.id == int(thing))
        return [subject, *(str(of_kind(letter, number)) for letter, number in tx.connection.execute(about))]
    found = [thing, *_belonging(tx, thing)]
    pairs = [(each.letter, int(each)) for each in found]
    asked = select(ApprovalRow.id).where(tuple_(ApprovalRow.subject_kind, ApprovalRow.subject_id).in_(pairs))
    return [*map(str, found), *_ids(tx, ApprovalId, asked)]


def _belonging(tx: Tx, thing: Reference) -> list[Reference]:
    """Return a risk's responses, controls and breach, or the risks that were entered from a breach."""
    if isinstance(thing, BreachId):
        return [RiskId(id) for id in tx.connection.execute(select(RiskRow.id).where(RiskRow.source == str(thing))).scalars()]
    if not isinstance(thing, RiskId):
        return []
    measures = tx.connection.execute(select(ControlRiskRow.control_id).where(ControlRiskRow.risk_id == int(thing))).scalars().all()
    treatments = tx.connection.execute(select(ResponseRow.id).where(ResponseRow.risk_id == int(thing))).scalars().all()
    sources = tx.connection.execute(select(RiskRow.source).where(RiskRow.id == int(thing))).scalars().all()
    return [
        *map(ResponseId, treatments),
        *map(ControlId, measures),
        *(found for source in sources if isinstance(found := spelled_out(source or ""), BreachId)),
    ]


def of_customer(tx: Tx, customer: str) -> list[str]:
    """Return a customer's risks, responses, controls, overrides, judgements, breaches and approvals."""
    risks = select(RiskRow.id).where(RiskRow.customer_id == customer)
    return [
        *_ids(tx, RiskId, risks),
        *_ids(tx, ResponseId, select(ResponseRow.id).where(ResponseRow.risk_id.in_(risks))),
        *_ids(tx, ControlId, select(ControlRow.id).where(ControlRow.customer_id == customer)),
        *_ids(tx, OverrideId, select(OverrideRow.id).where(OverrideRow.customer_id == customer)),
        *_ids(tx, JudgementId, select(JudgementRow.id).where(JudgementRow.customer_id == customer)),
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
    things = and_(EventRow.kind.not_in(OF_A_CUSTOMER), among(tx, EventRow.subject, _things_in_sight(tx)))
    return [or_(and_(EventRow.kind.in_(OF_A_CUSTOMER), *visible(tx, EventRow.subject)), things)]


def _things_in_sight(tx: Tx) -> list[str]:
    """Return the risks, responses, overrides, judgements, breaches and approvals of visible customers, as events spell them."""
    of_risks = select(ResponseRow.id).join(RiskRow, RiskRow.id == ResponseRow.risk_id).where(*visible(tx, RiskRow.customer_id))
    found = list(_ids(tx, ResponseId, of_risks))
    tables = (
        (RiskId, RiskRow),
        (ControlId, ControlRow),
        (OverrideId, OverrideRow),
        (JudgementId, JudgementRow),
        (BreachId, BreachRow),
        (ApprovalId, ApprovalRow),
    )
    for kind, row in tables:
        found += _ids(tx, kind, select(row.id).where(*visible(tx, row.customer_id)))
    return found


def _ids(tx: Tx, kind: Any, query: Any) -> Collection[str]:
    return [str(kind(id)) for id in tx.connection.execute(query).scalars()]
