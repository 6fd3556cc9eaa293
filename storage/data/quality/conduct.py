"""Contradictions in the months of accounts: balances that do not follow from one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from storage.customers.customers import known
from storage.customers.exposure_ranking import number
from storage.data.quality.finding import Check, Question, Terms, line
from storage.schema import AccountMonthVersionRow
from storage.types import MONEY_SCALE

MONTH = AccountMonthVersionRow


def contradictions(terms: Terms) -> Iterator[Question]:
    """Yield a question for gaps within a month, and one for months between which a balance has moved."""
    since = terms.today - timedelta(days=terms.data.look_back_days)
    asked = and_(known(MONTH, None), terms.about(MONTH.customer_id), MONTH.month >= since)
    gaps = line(MONTH.customer_id, about=MONTH.account, value=MONTH.gaps, as_of=MONTH.month, fact=MONTH)
    yield Check.ACCOUNT_GAPS, gaps.where(asked, MONTH.gaps > 0)
    yield Check.ACCOUNT_MOVED, _moved(asked)


def _moved(asked: Any) -> Any:
    before = func.lag(MONTH.closing).over(partition_by=MONTH.account, order_by=MONTH.month)
    pairs = select(MONTH.id, MONTH.opening, before.label("before")).where(asked).subquery()
    shown = line(
        MONTH.customer_id,
        about=MONTH.account,
        value=number(pairs.c.opening) / float(MONEY_SCALE),
        against=number(pairs.c.before) / float(MONEY_SCALE),
        unit=MONTH.currency,
        as_of=MONTH.month,
        fact=MONTH,
    )
    # with gaps the first balance of a month is not known
    whole = or_(MONTH.gaps.is_(None), MONTH.gaps == 0)
    return shown.join_from(pairs, MONTH, MONTH.id == pairs.c.id).where(pairs.c.opening != pairs.c.before, whole)
