"""Changes in a period and a part of the book, for a digest: register, alerts and facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from risk_engine.approvals.approval import Approval
from risk_engine.events import Event
from risk_engine.indicators.breach import Breach, BreachState
from risk_engine.indicators.events import BreachEased, BreachWorsened
from risk_engine.references import ApprovalId, BreachId, ResponseId, RiskId
from risk_engine.register.register import Risk
from risk_engine.register.response import UNDER_WAY
from storage.approvals import approvals
from storage.customers.customers import known
from storage.database import Tx
from storage.indicators import breaches
from storage.queries.among import among
from storage.register import risks
from storage.register.responses import Overdue
from storage.schema import ApprovalRow, BreachRow, EventRow, ImportRow, RatingVersionRow, ResponseRow, RiskRow, ScoreVersionRow
from storage.scope import ALL, Scope, within
from storage.visibility import visible_or_none


@dataclass(frozen=True, slots=True)
class Window:
    """A period, after one moment and up to another, in a part of the book."""

    since: datetime
    until: datetime
    scope: Scope

    def holds(self, moment: Any) -> ColumnElement[bool]:
        return and_(moment > self.since, moment <= self.until)


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Open items reported before: their number, and the time of the oldest."""

    count: int
    oldest: datetime | None


def _count(tx: Tx, table: Any, *conditions: ColumnElement[bool]) -> int:
    return tx.connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


# --- approvals -----------------------------------------------------------------------------------------------------


def _about(tx: Tx, scope: Scope) -> ColumnElement[bool]:
    """Return the condition for approvals about a part of the book."""
    if scope == ALL:
        return and_(true(), *visible_or_none(tx, ApprovalRow.customer_id))
    return within(tx, ApprovalRow.customer_id, scope)


def approvals_asked(tx: Tx, window: Window, *, limit: int) -> tuple[int, list[Approval], CarriedOver]:
    """Return pending approvals: the number requested in the window with the first of them, and the older ones."""
    waiting = and_(ApprovalRow.verdict.is_(None), _about(tx, window.scope))
    new = and_(waiting, window.holds(ApprovalRow.requested_at))
    older = select(func.count(), func.min(ApprovalRow.requested_at)).where(waiting, ApprovalRow.requested_at <= window.since)
    return _count(tx, ApprovalRow, new), _approvals(tx, new, limit), CarriedOver(*tx.connection.execute(older).one())


def approvals_decided(tx: Tx, window: Window, *, limit: int) -> tuple[int, list[Approval]]:
    """Return the number of decisions in the window, and the newest of them."""
    decided = and_(window.holds(ApprovalRow.decided_at), _about(tx, window.scope))
    return _count(tx, ApprovalRow, decided), _approvals(tx, decided, limit)


def _approvals(tx: Tx, which: ColumnElement[bool], limit: int) -> list[Approval]:
    ids = tx.connection.execute(select(ApprovalRow.id).where(which).order_by(ApprovalRow.id.desc()).limit(limit)).scalars()
    return [found for id in list(ids) if (found := approvals.get(tx, ApprovalId(id)))]


# --- responses and risks -------------------------------------------------------------------------------------------


def overdue(tx: Tx, window: Window, *, day_before: date, day: date, limit: int) -> tuple[int, list[Overdue], int, int]:
    """Return the numbers of approved responses newly overdue since a day and before, the worst new ones, and the longest delay."""
    late = and_(
        ResponseRow.state.in_([state.value for state in UNDER_WAY]), ResponseRow.due < day, within(tx, RiskRow.customer_id, window.scope)
    )
    decided = exists().where(approvals.about(ResponseId, ResponseRow.id), window.holds(ApprovalRow.decided_at))
    new = or_(ResponseRow.due >= day_before, decided)
    counted = select(func.count(), func.min(ResponseRow.due)).join(RiskRow, RiskRow.id == ResponseRow.risk_id)
    count, _first = tx.connection.execute(counted.where(late, new)).one()
    before, oldest = tx.connection.execute(counted.where(late, ~new)).one()
    columns = (ResponseRow.id, RiskRow.id, RiskRow.customer_id, ResponseRow.measure, ResponseRow.owner, ResponseRow.due)
    query = select(*columns).join(RiskRow, RiskRow.id == ResponseRow.risk_id).where(late, new)
    rows = tx.connection.execute(query.order_by(RiskRow.residual_level.desc(), ResponseRow.due, ResponseRow.id).limit(limit))
    shown = [Overdue(ResponseId(id), RiskId(risk), who, what, owner, (day - due).days) for id, risk, who, what, owner, due in rows]
    return count, shown, before, (day - oldest).days if oldest else 0


def risks_logged(tx: Tx, window: Window, *, limit: int) -> tuple[int, list[Risk]]:
    """Return the number of risks logged in the window and not taken back, and the worst of them."""
    new = and_(window.holds(RiskRow.logged_at), RiskRow.open, within(tx, RiskRow.customer_id, window.scope))
    ids = tx.connection.execute(select(RiskRow.id).where(new).order_by(RiskRow.residual_level.desc(), RiskRow.id).limit(limit)).scalars()
    return _count(tx, RiskRow, new), [found for id in list(ids) if (found := risks.get(tx, RiskId(id)))]


# --- breaches --------------------------------------------------------------------------------------------------------


def to_acknowledge(tx: Tx, window: Window, *, limit: int) -> tuple[int, list[Breach], CarriedOver]:
    """Return unacknowledged breaches: those opened, worsened or overdue in the window, and the others."""
    nobody = and_(
        BreachRow.state == BreachState.OPEN.value, BreachRow.opened_at <= window.until, within(tx, BreachRow.customer_id, window.scope)
    )
    worse = _moved(tx, BreachWorsened, window)
    new = or_(window.holds(BreachRow.opened_at), window.holds(BreachRow.acknowledge_by), worse)
    query = select(BreachRow.id).where(nobody, new).order_by(BreachRow.acknowledge_by, BreachRow.colour.desc(), BreachRow.id).limit(limit)
    shown = _breaches(tx, list(tx.connection.execute(query).scalars()))
    older = select(func.count(), func.min(BreachRow.opened_at)).where(nobody, ~new)
    return _count(tx, BreachRow, nobody, new), shown, CarriedOver(*tx.connection.execute(older).one())


Move = Literal["opened", "worsened", "eased", "closed"]


def breaches_moved(tx: Tx, window: Window, move: Move, *, limit: int) -> tuple[int, list[Breach]]:
    """Return breaches with this move in the window, red before amber; unacknowledged ones are not repeated here."""
    conditions = [within(tx, BreachRow.customer_id, window.scope), BreachRow.state != BreachState.OPEN.value]
    if move in ("opened", "closed"):
        conditions.append(window.holds(BreachRow.opened_at if move == "opened" else BreachRow.closed_at))
    else:
        conditions.append(_moved(tx, BreachWorsened if move == "worsened" else BreachEased, window))
    query = select(BreachRow.id).where(*conditions).order_by(BreachRow.colour.desc(), BreachRow.id).limit(limit)
    return _count(tx, BreachRow, *conditions), _breaches(tx, list(tx.connection.execute(query).scalars()))


def _moved(tx: Tx, kind: type[Event], window: Window) -> ColumnElement[bool]:
    """Return the condition that an event of this kind happened to a breach in the window."""
    query = select(EventRow.subject).where(EventRow.kind == kind.kind, window.holds(EventRow.at)).distinct()
    return among(tx, BreachRow.id, [int(BreachId.parse(subject)) for subject in tx.connection.execute(query).scalars()])


def _breaches(tx: Tx, ids: Sequence[int]) -> list[Breach]:
    found = {int(breach.id): breach for breach in breaches.by_ids(tx, [BreachId(id) for id in ids])}
    return [found[id] for id in ids]


# --- grades, ratings, files --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """A customer's letter by an agency, before and after."""

    customer: str
    before: str
    after: str
    by: str


@dataclass(frozen=True, slots=True)
class Regraded:
    """A customer's grade and expected loss, before and after; ``score`` is the number of the new score, ``earlier`` of the former one."""

    customer: str
    before: int
    after: int
    loss_before: Decimal | None
    loss_after: Decimal | None
    currency: str
    score: int
    earlier: int


def grades(tx: Tx, window: Window, *, worse: bool, limit: int) -> tuple[int, list[Regraded]]:
    """Return the number of grades that worsened (or improved) in the window; the first are those with the worst new grade."""
    now, earlier = ScoreVersionRow, aliased(ScoreVersionRow)
    moved = now.grade > earlier.grade if worse else now.grade < earlier.grade
    changed = (known(now, window.until), now.known_at > window.since, moved, within(tx, now.customer_id, window.scope))
    pair = and_(earlier.customer_id == now.customer_id, known(earlier, window.since))
    count = tx.connection.execute(select(func.count()).select_from(now).join(earlier, pair).where(*changed)).scalar_one()
    columns = (now.customer_id, earlier.grade, now.grade, earlier.expected_loss, now.expected_loss, now.currency, now.id, earlier.id)
    query = select(*columns).join(earlier, pair).where(*changed)
    risen = func.coalesce(now.expected_loss, Decimal(0)) - func.coalesce(earlier.expected_loss, Decimal(0))
    rows: Iterable[Any] = (
        tx.connection.execute(query.order_by(now.grade.desc(), risen.desc(), now.customer_id).limit(limit)) if count else ()
    )
    return count, [Regraded(*row) for row in rows]


def letters(tx: Tx, window: Window, *, limit: int) -> tuple[int, list[Changed]]:
    """Return agencies' letters received in the window that differ from the previous ones, by customer."""
    now, earlier = RatingVersionRow, aliased(RatingVersionRow)
    same = and_(earlier.customer_id == now.customer_id, earlier.agency == now.agency, earlier.scale == now.scale)
    latest = known(earlier, window.until), earlier.as_of < now.as_of
    before = select(earlier.rating).where(same, *latest).order_by(earlier.as_of.desc()).limit(1).scalar_subquery()
    later = aliased(RatingVersionRow)
    newer = and_(later.customer_id == now.customer_id, later.agency == now.agency, later.scale == now.scale, later.as_of > now.as_of)
    outdated = exists().where(newer, known(later, window.until))
    changed = and_(known(now, window.until), now.known_at > window.since, ~outdated, before != now.rating)
    which = and_(changed, within(tx, now.customer_id, window.scope))
    query = select(now.customer_id, before, now.rating, now.agency).where(which).order_by(now.customer_id, now.agency).limit(limit)
    return _count(tx, now, which), [Changed(*row) for row in tx.connection.execute(query)]


def loads(tx: Tx, window: Window) -> list[tuple[str, int, int, int]]:
    """Return (kind, files, new rows, changed rows) of imports in the window; files concern the whole book."""
    if not tx.sight.everything:
        return []
    query = select(ImportRow.kind, func.count(), func.sum(ImportRow.added), func.sum(ImportRow.changed))
    rows = tx.connection.execute(query.where(window.holds(ImportRow.at)).group_by(ImportRow.kind).order_by(ImportRow.kind))
    return [(kind, files, added, changed) for kind, files, added, changed in rows]
