"""The arrears of single facilities on a day, by the rule of the score: the worse of the ledger and of the schedule against payments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import select

from risk_engine.arrears import loan_arrears
from risk_engine.credit import Places
from risk_engine.facts.facts import Dates, Floats
from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import amounts, dates, day, day_of, floats, scaled
from storage.queries.prepared import prepared
from storage.schema import FacilityVersionRow
from storage.scoring.score_facts import agreed
from storage.scoring.score_facts.asked import Asked, whose


@dataclass(frozen=True, slots=True)
class FacilityArrears:
    """One facility's days past due, and its overdue amount in its own currency.

    Attributes:
        customer: the debtor.
        days: None where they are not known, or stale.
        overdue: None where neither the ledger nor a schedule gives it, so that it is at most the outstanding amount.
        stale: the ledger's days are too old to count, and no schedule proves others.
    """

    customer: str
    days: int | None
    overdue: Decimal | None
    stale: bool


@dataclass(frozen=True, slots=True)
class _Lent:
    owner: Places
    outstanding: Floats
    days_past_due: Floats
    overdue: Floats
    dated: Dates


def read(tx: Tx, policy: Policy, customers: Iterable[str], *, as_of: date, at: datetime | None = None) -> dict[str, FacilityArrears]:
    """Return the arrears of these customers' facilities by facility, as they count on a day; ``at`` is None for now."""
    asked = Asked.of(customers)
    if not len(asked):
        return {}
    owner, (names, drawn, days, overdue, told, heard) = asked.ask(tx, _lent, at=at)
    dated = dates(told)
    dated = np.where(np.isnat(dated), np.minimum(dates(heard), np.datetime64(as_of)), dated)
    lent = _Lent(owner, amounts(drawn), floats(days), amounts(overdue), dated)
    lines = agreed.Lines(owner, names)
    due, came = agreed.instalments(tx, asked, lines, at), agreed.payments(tx, asked, lines, at)
    late = loan_arrears.loan_arrears(policy, lent, due, came, np.datetime64(as_of), len(asked), agreed.fed_until(tx, at))
    # without an amount on record, the outstanding one stands for it in the score: an upper bound
    given = ~np.isnan(late.overdue) & (~np.isnan(lent.overdue) | (late.overdue < lent.outstanding) | (late.days == 0))
    debtors = asked.book.ids[owner].tolist()
    rows = zip(names.tolist(), debtors, late.today.tolist(), late.overdue.tolist(), given.tolist(), late.stale.tolist(), strict=True)
    return {
        name: FacilityArrears(who, _whole(count), _money(amount) if sure else None, old) for name, who, count, amount, sure, old in rows
    }


@prepared
def _lent(tx: Tx, *, at: Any, **who: Any) -> Any:
    table = FacilityVersionRow
    columns = (scaled(table.outstanding), table.days_past_due, scaled(table.overdue), day(tx, table.as_of), day_of(tx, table.known_at))
    query = select(table.customer_id, table.facility, *columns).where(known(table, at), *whose(tx, table.customer_id, **who))
    return query.order_by(table.facility)


def _whole(days: float) -> int | None:
    return None if np.isnan(days) else round(days)


def _money(amount: float) -> Decimal:
    return Decimal(repr(amount)).quantize(Decimal("0.01"))
