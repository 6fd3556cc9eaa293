"""Lists of risks, responses, breaches, approvals and overrides: filtered, sorted and paged, with customers' names."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from risk_engine.approvals.proposal import ProposalState
from risk_engine.indicators.breach import BreachState as BreachState
from risk_engine.references import Reference, of_kind
from risk_engine.register import response
from risk_engine.register.control import ControlState
from storage.customers.customers import known
from storage.customers.exposure_ranking import Into, worth_of
from storage.database import Tx
from storage.queries.one_of import Value, matching
from storage.schema import ApprovalRow, BreachRow, ControlRow, CustomerVersionRow, OverrideRow, ResponseRow, RiskRow
from storage.visibility import seen, visible_or_none

WHO = CustomerVersionRow
# states that still need attention
UNFINISHED = tuple(state.value for state in response.UNFINISHED)


class EntryStatus(StrEnum):
    """The status of an entry: still open or not."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Order(StrEnum):
    """The order of a list: worst, largest exposure, newest, oldest, or soonest due first."""

    WORST = "worst"
    EXPOSURE = "exposure"
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list; None means all, and ``owners`` are the names of one person."""

    standing: EntryStatus = EntryStatus.OPEN
    owners: tuple[str, ...] = ()
    department: Value | None = None
    sector: Value | None = None
    category: str | None = None
    kind: str | None = None
    colour: int | None = None
    due_from: date | None = None
    due_until: date | None = None
    # the currency for an order by exposure
    compared: Into | None = None


@dataclass(frozen=True, slots=True)
class RiskLine:
    id: int
    customer: str
    name: str
    title: str
    category: str
    kind: str
    level: int
    owner: str
    department: str | None
    logged_at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class ResponseLine:
    id: int
    risk: int
    customer: str
    name: str
    strategy: str
    measure: str
    owner: str
    due: date
    state: str
    level: int


@dataclass(frozen=True, slots=True)
class ControlLine:
    id: int
    customer: str
    name: str
    kind: str
    title: str
    state: str
    next_test: date | None
    owner: str


@dataclass(frozen=True, slots=True)
class BreachLine:
    id: int
    customer: str
    name: str
    kri: str
    colour: int
    value: float
    threshold: float
    as_of: date
    state: str
    owner: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    id: int
    subject_kind: str
    subject_id: int
    customer: str | None
    name: str | None
    title: str | None
    maker: str
    requested_at: datetime
    verdict: str | None
    decided_by: str | None
    decided_at: datetime | None

    @property
    def subject(self) -> Reference:
        return of_kind(self.subject_kind, self.subject_id)


@dataclass(frozen=True, slots=True)
class OverrideLine:
    id: int
    customer: str
    name: str
    model: int
    grade: int
    until: date
    state: str
    reason: str
    proposed_by: str


Firsts: TypeAlias = dict[Order, list[Any]]
Line = TypeVar("Line", RiskLine, ResponseLine, ControlLine, BreachLine, ApprovalLine, OverrideLine)


def risks(tx: Tx, wanted: Wanted, order: Order, *, limit: int, offset: int = 0) -> tuple[int, list[RiskLine]]:
    """Return the number of risks, and a page of them."""
    table = RiskRow
    query = _columns(RiskLine, table, customer=table.customer_id, level=table.residual_level).join(WHO, _of(table.customer_id))
    conditions = [*_owned(wanted, table.owner), *_customers(wanted, table.department), *seen(tx, WHO)]
    conditions += [] if wanted.standing is EntryStatus.ALL else [table.open.is_(wanted.standing is EntryStatus.OPEN)]
    conditions += [getattr(table, name) == value for name in ("category", "kind") if (value := getattr(wanted, name)) is not None]
    firsts: Firsts = {Order.WORST: [table.residual_level.desc()], Order.NEWEST: [table.id.desc()], Order.OLDEST: []}
    return _page(tx, wanted, RiskLine, query.where(*conditions), order, firsts, table.customer_id, table.id, limit, offset)


def responses(tx: Tx, wanted: Wanted, order: Order, *, limit: int, offset: int = 0) -> tuple[int, list[ResponseLine]]:
    """Return the number of responses, and a page of them."""
    table = ResponseRow
    query = _columns(ResponseLine, table, risk=table.risk_id, customer=RiskRow.customer_id, level=RiskRow.residual_level)
    query = query.join(RiskRow, RiskRow.id == table.risk_id).join(WHO, _of(RiskRow.customer_id))
    conditions = [*_owned(wanted, table.owner), *_customers(wanted, RiskRow.department), *seen(tx, WHO)]
    unfinished = table.state.in_(UNFINISHED)
    conditions += [] if wanted.standing is EntryStatus.ALL else [unfinished if wanted.standing is EntryStatus.OPEN else ~unfinished]
    conditions += [getattr(RiskRow, name) == value for name in ("category", "kind") if (value := getattr(wanted, name)) is not None]
    conditions += [] if wanted.due_from is None else [table.due >= wanted.due_from]
    conditions += [] if wanted.due_until is None else [table.due < wanted.due_until]
    firsts: Firsts = {Order.WORST: [RiskRow.residual_level.desc(), table.due], Order.DUE: [table.due], Order.NEWEST: [table.id.desc()]}
    return _page(tx, wanted, ResponseLine, query.where(*conditions), order, firsts, RiskRow.customer_id, table.id, limit, offset)


def controls(tx: Tx, wanted: Wanted, order: Order, *, limit: int, offset: int = 0) -> tuple[int, list[ControlLine]]:
    """Return the number of controls, and a page of them."""
    table = ControlRow
    query = _columns(ControlLine, table, customer=table.customer_id).join(WHO, _of(table.customer_id))
    conditions = [*_owned(wanted, table.owner), *_customers(wanted, table.department), *seen(tx, WHO)]
    retired = table.state == ControlState.RETIRED.value
    conditions += [] if wanted.standing is EntryStatus.ALL else [~retired if wanted.standing is EntryStatus.OPEN else retired]
    conditions += [] if wanted.due_from is None else [table.next_test >= wanted.due_from]
    conditions += [] if wanted.due_until is None else [table.next_test < wanted.due_until]
    firsts: Firsts = {Order.DUE: [table.next_test.is_(None), table.next_test], Order.NEWEST: [table.id.desc()]}
    return _page(tx, wanted, ControlLine, query.where(*conditions), order, firsts, table.customer_id, table.id, limit, offset)


def breaches(tx: Tx, wanted: Wanted, order: Order, *, limit: int, offset: int = 0) -> tuple[int, list[BreachLine]]:
    """Return the number of breaches, and a page of them."""
    table = BreachRow
    query = _columns(BreachLine, table, customer=table.customer_id).join(WHO, _of(table.customer_id))
    conditions = [*_owned(wanted, table.owner), *_customers(wanted, WHO.department), *seen(tx, WHO)]
    closed = table.state == BreachState.CLOSED.value
    conditions += [] if wanted.standing is EntryStatus.ALL else [~closed if wanted.standing is EntryStatus.OPEN else closed]
    conditions += [] if wanted.colour is None else [table.colour == wanted.colour]
    firsts: Firsts = {
        Order.WORST: [table.colour.desc(), table.opened_at],
        Order.NEWEST: [table.opened_at.desc()],
        Order.OLDEST: [table.opened_at],
        Order.DUE: [table.acknowledge_by],
    }
    return _page(tx, wanted, BreachLine, query.where(*conditions), order, firsts, table.customer_id, table.id, limit, offset)


def approvals(tx: Tx, wanted: Wanted, order: Order, *, limit: int, offset: int = 0) -> tuple[int, list[ApprovalLine]]:
    """Return the number of approval requests, and a page of them."""
    table = ApprovalRow
    query = _columns(ApprovalLine, table, customer=table.customer_id).outerjoin(WHO, _of(table.customer_id))
    conditions = [*_owned(wanted, table.maker), *_customers(wanted, WHO.department), *visible_or_none(tx, table.customer_id)]
    waiting = table.verdict.is_(None)
    conditions += [] if wanted.standing is EntryStatus.ALL else [waiting if wanted.standing is EntryStatus.OPEN else ~waiting]
    firsts: Firsts = {Order.OLDEST: [table.requested_at], Order.NEWEST: [table.requested_at.desc()]}
    return _page(tx, wanted, ApprovalLine, query.where(*conditions), order, firsts, table.customer_id, table.id, limit, offset)


def overrides(tx: Tx, wanted: Wanted, order: Order, *, on: date, limit: int, offset: int = 0) -> tuple[int, list[OverrideLine]]:
    """Return the number of overrides, and a page of them; those pending, or in force on a day, are open."""
    table = OverrideRow
    query = _columns(OverrideLine, table, customer=table.customer_id).join(WHO, _of(table.customer_id))
    conditions = [*_owned(wanted, table.proposed_by), *_customers(wanted, WHO.department), *seen(tx, WHO)]
    in_force = and_(table.state == ProposalState.APPROVED.value, table.until >= on)
    open_ = or_(in_force, table.state == ProposalState.PROPOSED.value)
    conditions += [] if wanted.standing is EntryStatus.ALL else [open_ if wanted.standing is EntryStatus.OPEN else ~open_]
    firsts: Firsts = {Order.DUE: [table.until], Order.NEWEST: [table.id.desc()]}
    return _page(tx, wanted, OverrideLine, query.where(*conditions), order, firsts, table.customer_id, table.id, limit, offset)


def _of(customer: Any) -> ColumnElement[bool]:
    return and_(WHO.customer_id == customer, known(WHO, None))


def _columns(line: type[Any], table: Any, **others: Any) -> Select[Any]:
    """Return the select of a line's fields; fields from other tables are passed in."""
    of_others = {"name": WHO.name, **others}
    return select(*(of_others[one.name] if one.name in of_others else getattr(table, one.name) for one in fields(line))).select_from(table)


def _owned(wanted: Wanted, owner: Any) -> list[ColumnElement[bool]]:
    return [or_(*(func.lower(owner) == name.lower() for name in wanted.owners))] if wanted.owners else []


def _customers(wanted: Wanted, department: Any) -> list[ColumnElement[bool]]:
    """Return the conditions for department and sector, which match whole words in any case."""
    pairs = ((department, wanted.department), (WHO.sector, wanted.sector))
    return [matching(column, value) for column, value in pairs if value is not None]


def _page(
    tx: Tx,
    wanted: Wanted,
    line: type[Line],
    query: Select[Any],
    order: Order,
    firsts: Firsts,
    customer: Any,
    id: Any,
    limit: int,
    offset: int,
) -> tuple[int, list[Line]]:
    total = tx.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    if order is Order.EXPOSURE:
        assert wanted.compared is not None, "an order by exposure says in which currency"
        query = query.order_by(worth_of(tx, wanted.compared, customer).desc().nulls_last(), id)
    else:
        query = query.order_by(*firsts[order], id)
    return total, [line(*row) for row in tx.connection.execute(query.limit(limit).offset(offset))]
