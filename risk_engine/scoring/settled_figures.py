"""Settled figures: each indicator's value in a scoring, derived or reported, by the rule that every screen and alert follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from risk_engine.arrears.loan_arrears import LoanArrears
from risk_engine.conduct import conduct, customer_months
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts import ageing
from risk_engine.facts.facts import Facts, Floats, Readings
from risk_engine.indicators import derived, ledger, settling
from risk_engine.indicators.settling import Latest, Origin, Settled
from risk_engine.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Ratios:
    """The ratios of the accounts by name, settled with reported values, and from the accounts alone."""

    settled: dict[str, Settled]
    of_accounts: dict[str, Floats]

    @property
    def values(self) -> dict[str, Floats]:
        return {name: found.values for name, found in self.settled.items()}


def ratios(policy: Policy, facts: Facts) -> Ratios:
    """Settle every ratio of a statement of twelve months."""
    accounts, count = facts.accounts, len(facts)
    origins = np.where(accounts.audited, Origin.AUDITED, Origin.UNAUDITED).astype(np.int8)
    found = {name: measure.of(accounts.now) for name, measure in derived.STATEMENTS.items()}
    settled = {name: _settled(policy, Latest(values, accounts.as_of, origins), facts, name, count) for name, values in found.items()}
    return Ratios(settled, found)


def of_the_ledger(policy: Policy, facts: Facts, late: LoanArrears) -> dict[str, Settled]:
    """Settle days past due, utilisation and the other indicators of the ledger."""
    rows, count = facts.facilities, len(facts)
    entries = ledger.Entries(rows.owner, late.dated, rows.dated, late.today, rows.outstanding, rows.limits, rows.currencies, rows.kinds)
    longest, factors = policy.data.facility_days, {name: way.factor for name, way in facts.rates.items()}
    reported = ~np.isnan(facts.readings.get("utilisation", Readings.none(count)).values)
    found = ledger.together(entries, factors, count, longest_days=longest).with_reported(reported)
    origins = np.full(count, Origin.LEDGER, dtype=np.int8)
    oldest, settled = ageing.oldest(facts.as_of, longest), dict[str, Settled]()
    for name, measure in derived.LEDGER.items():
        # days past due are missing already where they are stale, and a schedule may prove them on the day
        outdated = (name != "days_past_due") & ageing.outdated(found.day_of(name), oldest)
        values = np.where(outdated, np.nan, measure.of(found.columns))
        settled[name] = _settled(policy, Latest(values, found.day_of(name), origins), facts, name, count)
    return settled


def of_prices(policy: Policy, facts: Facts) -> dict[str, Settled]:
    """Settle the moves of reported prices, where the policy watches or scores them."""
    count = len(facts)
    origins = np.full(count, Origin.PRICES, dtype=np.int8)
    return {name: _settled(policy, Latest(one.values, one.as_of, origins), facts, name, count) for name, one in facts.moves.items()}


def of_conduct(policy: Policy, facts: Facts) -> tuple[dict[str, Settled], Floats]:
    """Settle the figures of accounts and of the use of limits; return the usual month's inflow too, in the reporting currency."""
    count = len(facts)
    months = customer_months.together(facts.account_months, {name: way.factor for name, way in facts.rates.items()}, count)
    last = months.last()
    found = conduct.observed(
        policy.conduct, months, last[months.until[last] >= facts.as_of - policy.scoring.reading_max_age_days * ONE_DAY]
    )
    days, origins = np.full(count, NO_DATE), np.full(count, Origin.CONDUCT, dtype=np.int8)
    days[found.owner] = found.as_of

    def spread(column: Floats) -> Floats:
        whole = np.full(count, np.nan)
        whole[found.owner] = column
        return whole

    settled = {
        name: _settled(policy, Latest(spread(measure.of(found.columns)), days, origins), facts, name, count)
        for name, measure in conduct.CONDUCT.items()
    }
    return settled | _of_limits(policy, facts), spread(found.columns["inflow_converted"])


def _of_limits(policy: Policy, facts: Facts) -> dict[str, Settled]:
    count = len(facts)
    nothing, origins = Readings.none(count), np.full(count, Origin.LEDGER, dtype=np.int8)
    settled = {}
    for name, measure in conduct.LIMITS.items():
        used = facts.limits_used.get(measure.inputs[0], nothing)
        settled[name] = _settled(policy, Latest(measure.of({measure.inputs[0]: used.values}), used.as_of, origins), facts, name, count)
    return settled


def offered(policy: Policy, facts: Facts, figures: dict[str, Floats], among: Sequence[str]) -> dict[str, Settled]:
    """Settle the other reported figures among these: those that the scoring also computes, dated today, and those that it does not."""
    count = len(facts)
    today, nothing = np.full(count, facts.as_of), np.full(count, np.nan)
    origins = np.full(count, Origin.SCORE, dtype=np.int8)
    names = [name for name in among if derived.basis(name) in (None, derived.Basis.SCORE)]
    return {name: _settled(policy, Latest(figures.get(name, nothing), today, origins), facts, name, count) for name in names}


def _settled(policy: Policy, found: Latest, facts: Facts, name: str, count: int) -> Settled:
    reading = facts.readings.get(name)
    if reading is None:
        return Settled(found.values, found.days, found.origins, np.zeros(count, dtype=bool))
    return settling.settle(policy.indicators, found, _reported(reading))


def _reported(reading: Readings) -> Latest:
    days = np.where(np.isnan(reading.values), NO_DATE, reading.as_of)
    return Latest(reading.values, days, np.zeros(len(reading.values), dtype=np.int8))
