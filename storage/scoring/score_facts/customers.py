"""The scored customers: kind, sector, currency, watch-list, and override."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from sqlalchemy import and_, func, select

from risk_engine.approvals.proposal import ProposalState
from risk_engine.credit import Places
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import CreditEvents, Customers, Groups
from risk_engine.references import OverrideId
from storage.approvals import approvals
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import dates, day, floats
from storage.schema import ApprovalRow, CustomerVersionRow, OutcomeVersionRow, OverrideRow
from storage.scoring.score_facts.owned import Book, coded, flags, numbers, owned


def read(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Customers:
    """Return every customer's own facts."""
    table = CustomerVersionRow
    query = select(table.customer_id, table.kind, table.sector, table.currency, table.watch_list, table.commodity_share)
    _owner, (kinds, sectors, currencies, watched, commodity) = owned(tx, book, query.where(known(table, at)))
    grades, overrides = _overrides(tx, book, as_of, at)
    return Customers(
        ids=book.ids.astype(object),
        kinds=coded(kinds),
        sectors=coded(sectors),
        currencies=coded(currencies),
        watch_list=flags(watched),
        commodity_share=floats(commodity),
        override=grades,
        override_ids=overrides,
        reached=np.full(len(book), -1, dtype=np.int64),
        reached_by=np.full(len(book), None, dtype=object),
        guaranteed=np.zeros(len(book), dtype=bool),
    )


def groups(tx: Tx, book: Book, at: datetime | None) -> Groups:
    """Return every customer's accounting group, and who is its parent."""
    table = CustomerVersionRow
    _owner, (names, heads) = owned(tx, book, select(table.customer_id, table.group, table.group_parent).where(known(table, at)))
    return Groups.of(coded(names).codes.astype(np.int64), flags(heads) == 1)


def _overrides(tx: Tx, book: Book, as_of: date, at: datetime | None) -> tuple[np.ndarray, Places]:
    """Return the grade and number of each customer's newest override in force; 0 and 0 without one."""
    table = OverrideRow
    approved = and_(
        approvals.about(OverrideId, table.id),
        ApprovalRow.verdict == ProposalState.APPROVED.value,
        *([] if at is None else [ApprovalRow.decided_at <= at]),
    )
    query = select(table.customer_id, table.grade, func.max(table.id)).join(ApprovalRow, approved)
    query = query.where(table.state == ProposalState.APPROVED.value, table.until >= as_of).group_by(table.customer_id, table.grade)
    owner, (grades, ids) = owned(tx, book, query)
    found, which = np.zeros(len(book), dtype=np.int8), np.zeros(len(book), dtype=np.int64)
    # NumPy keeps the last of several writes to one place, and the newest comes last
    order = np.argsort(numbers(ids), kind="stable")
    found[owner[order]], which[owner[order]] = grades[order].astype(np.int8), numbers(ids)[order]
    return found, which


def credit_events(tx: Tx, book: Book, as_of: date, at: datetime | None) -> CreditEvents:
    """Return the recorded credit events up to the day, each with the day of the next cure."""
    table = OutcomeVersionRow
    query = select(table.customer_id, table.id, table.event, day(tx, table.as_of))
    query = query.where(known(table, at), table.as_of <= as_of).order_by(table.as_of, table.id)
    owner, (ids, events, days) = owned(tx, book, query)
    as_of_, is_cure = dates(days), events == "cure"
    cures = np.flatnonzero(is_cure)
    after = np.append(cures, len(owner))[np.searchsorted(cures, np.arange(len(owner)))]
    same = np.append(owner, -1)[after] == owner
    cured = np.where(same, np.append(as_of_, NO_DATE)[after], NO_DATE)
    rest = ~is_cure
    return CreditEvents(owner[rest], numbers(ids)[rest], coded(events[rest]), as_of_[rest], cured[rest])
