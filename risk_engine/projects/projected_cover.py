"""Projected cover: loan life and project life cover from a customer's newest cash flow projection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine import credit
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts import ageing
from risk_engine.facts.facts import Dates, Facts, Floats, Places
from risk_engine.impairment import amortisation
from risk_engine.loans.loans import ends, interest
from risk_engine.measure import divided
from risk_engine.policy.policy import Policy
from risk_engine.projects import project
from risk_engine.projects.periods import periods

NAMES = ("llcr", "plcr", "dscr_minimum")


@dataclass(frozen=True, slots=True)
class _Flows:
    """Projected periods still to come, a row each, amounts in the reporting currency; ``starts`` is NaT for an unknown length."""

    owner: Places
    starts: Dates
    ends: Dates
    cash: Floats
    service: Floats


def figures(policy: Policy, facts: Facts, drawn: Floats, remaining: Floats) -> dict[str, Floats]:
    """Return LLCR, PLCR and the lowest projected DSCR; NaN without a projection that is recent enough.

    The running period counts by its share of days still to come, and so does the one in which the loan ends. LLCR and PLCR need the
    length of every period. A projection that ends before the loan gives the cover by what is projected, a lower bound.

    Args:
        drawn, remaining: each facility's debt in the reporting currency, and its remaining years.
    """
    count = len(facts)
    if not len(facts.projections.owner):
        return {name: np.full(count, np.nan) for name in NAMES}
    flows, lent = _flows(policy, facts), facts.facilities
    here = credit.total(lent.owner, drawn, count)
    owing = drawn != 0
    rates = np.where(owing, np.maximum(interest(lent), 0.0), 0.0)
    rate, debt = divided(credit.total(lent.owner, drawn * rates, count), here), _debt(facts, here)
    until, never = _last_day(facts, drawn, remaining), np.full(count, np.datetime64("9999-12-31"))
    turn, whole = np.arange(len(flows.owner)) - np.searchsorted(flows.owner, flows.owner), _counted(flows.owner, count)

    def by_period(column: Floats) -> Floats:
        found = np.full((int(turn.max(initial=0)) + 1, count), np.nan)
        found[turn, flows.owner] = column
        return found

    (own, own_years), (all_, all_years) = (_still_to_come(facts, flows, day) for day in (until, never))
    lives = _counted(flows.owner[~(own == 0)], count)
    found = {
        "llcr": project.llcr(by_period(flows.cash * own), rate, debt, lives, by_period(own_years)).values,
        "plcr": project.plcr(by_period(flows.cash * all_), rate, debt, whole, by_period(all_years)).values,
        "dscr_minimum": project.dscr(by_period(flows.cash), by_period(flows.service), whole).minimum,
    }
    return {name: np.where(whole > 0, column, np.nan) for name, column in found.items()}


def _counted(owner: Places, count: int) -> Floats:
    return np.bincount(owner, minlength=count).astype(np.float64)


def _flows(policy: Policy, facts: Facts) -> _Flows:
    """Return the periods that end after the day, of projections that are recent enough, by owner and end."""
    rows = facts.projections
    order = np.lexsort((rows.period_end, rows.owner))
    owner, last = rows.owner[order], rows.period_end[order]
    found = periods(owner, last, rows.months[order])
    outdated = ageing.outdated(rows.projected, ageing.oldest(facts.as_of, policy.data.projection_days))[order]
    factor = rows.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)[order]
    kept = np.flatnonzero((last > facts.as_of) & ~outdated)
    cash, service = (rows.cfads[order] * factor)[kept], np.maximum(rows.debt_service[order] * factor, 0.0)[kept]
    return _Flows(owner[kept], found.starts[kept], last[kept], cash, service)


def _still_to_come(facts: Facts, flows: _Flows, until: Dates) -> tuple[Floats, Floats]:
    """Return the share of each period that is still to come up to a day, and the years until the end of that share.

    The flow of a period is spread evenly over its days, and comes at its end, or on the last day that counts.
    """
    last = np.minimum(flows.ends, until[flows.owner])
    first = np.maximum(flows.starts, facts.as_of)
    share = np.clip((last - first) / (flows.ends - flows.starts), 0.0, 1.0)
    nothing = np.full(len(last), np.nan)
    return share, amortisation.remaining_years(facts.as_of, np.maximum(last, facts.as_of), nothing, shortest=0.0)


def _debt(facts: Facts, here: Floats) -> Floats:
    """Return the customer's total debt from its accounts, NaN where they lack a part; without accounts its debt to this bank."""
    now = facts.accounts.now
    rate = facts.accounts.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)
    whole = np.maximum(now["short_term_debt"] + now["long_term_debt"], 0.0) * rate
    return np.where(facts.accounts.ids == 0, here, whole)


def _last_day(facts: Facts, drawn: Floats, remaining: Floats) -> Dates:
    """Return the day on which the last of each customer's drawn facilities is due; NaT without one."""
    lent = facts.facilities
    place = credit.worst_of(lent.owner, np.where(drawn > 0, remaining, np.nan), len(facts))
    agreed = ends(facts.as_of, lent)
    span = np.where(np.isnan(remaining), 0.0, np.rint(remaining * 365.25)).astype(np.int64)
    days = np.where(agreed > facts.as_of, agreed, np.where(np.isnan(remaining), NO_DATE, facts.as_of + span * ONE_DAY))
    return np.append(days, NO_DATE)[place]
