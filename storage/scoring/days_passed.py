"""Days that have passed since a scoring: dates of next change that have come, and facts that begin or cease to count by date alone.

What was read of a customer on a day has its dates in the customer's date of next change. What was not read yet because its day had not
come, or will not be read any more, is asked for here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, union

from risk_engine.policy.policy import Policy
from storage.customers import currencies
from storage.database import Tx
from storage.schema import (
    AccountMonthVersionRow,
    FacilityVersionRow,
    GuaranteeVersionRow,
    IncidentVersionRow,
    JudgementRow,
    ObservationVersionRow,
    OutcomeVersionRow,
    OverrideRow,
    ProjectionVersionRow,
    RateVersionRow,
    RatingVersionRow,
    ScoreVersionRow,
    StatementVersionRow,
)
from storage.scoring.score_facts import conduct

# facts count from these days on
_BEGINNINGS = (
    (RatingVersionRow, "as_of"),
    (ObservationVersionRow, "as_of"),
    (StatementVersionRow, "period_end"),
    (StatementVersionRow, "published"),
    (OutcomeVersionRow, "as_of"),
    (IncidentVersionRow, "as_of"),
    (ProjectionVersionRow, "projected"),
    (AccountMonthVersionRow, "until"),
)


def customers(tx: Tx, policy: Policy, last: date, as_of: date) -> list[str]:
    """Return the customers whose scores may differ from those of an earlier day though their facts are the same."""
    return list(tx.connection.execute(union(*_queries(policy, last, as_of))).scalars())


def rates_differ(tx: Tx, policy: Policy, last: date, as_of: date) -> bool:
    """Return True if other exchange rates count on a day than on an earlier one: that is of concern to everybody."""
    table, scoring = RateVersionRow, policy.scoring
    names = set(tx.connection.execute(union(select(table.currency), select(table.base))).scalars())
    then, now = (currencies.rates(tx, names, scoring.currency, as_of=day, max_age_days=scoring.rate_max_age_days) for day in (last, as_of))
    return then != now


def _queries(policy: Policy, last: date, as_of: date) -> Iterator[Any]:
    score = ScoreVersionRow
    yield select(score.customer_id).where(score.superseded_at.is_(None), score.next_change <= as_of)
    for table, name in _BEGINNINGS:
        day = getattr(table, name)
        yield select(table.customer_id).where(table.superseded_at.is_(None), day > last, day <= as_of)
    yield select(JudgementRow.customer_id).where(JudgementRow.since > last, JudgementRow.since <= as_of)
    given, override = GuaranteeVersionRow, OverrideRow
    yield select(given.customer_id).where(given.superseded_at.is_(None), given.until >= last, given.until < as_of)
    yield select(override.customer_id).where(override.until >= last, override.until < as_of)
    yield _limits_used(policy, last, as_of)


def _limits_used(policy: Policy, last: date, as_of: date) -> Any:
    """Return the query of those who lose a ledger from the window over which the use of their limits is counted."""
    table = FacilityVersionRow
    first, until = (datetime.combine(day - timedelta(days=conduct.limits_reach(policy)), time(), UTC) for day in (last, as_of))
    left = or_(*(and_(moment >= first, moment < until) for moment in (table.known_at, table.superseded_at)))
    revolving = select(table.customer_id).where(table.kind == "revolver", table.superseded_at.is_not(None))
    return select(table.customer_id).where(left, table.customer_id.in_(revolving))
