"""Every value of an indicator, reported or derived, as columns: the one source of screens, alerts, charts and checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select

from risk_engine.conduct import conduct, customer_months
from risk_engine.facts.facts import Dates, Floats, Places
from risk_engine.financials import accounts
from risk_engine.indicators import derived, ledger, series
from risk_engine.indicators.derived import Basis
from risk_engine.indicators.series import Points
from risk_engine.indicators.settling import Origin, Origins
from risk_engine.policy.policy import Policy
from storage.customers.currencies import rates
from storage.customers.customers import known
from storage.database import Tx
from storage.indicators import offered
from storage.queries.columns import dates, day, floats
from storage.queries.prepared import prepared
from storage.schema import AccountMonthVersionRow, ObservationVersionRow
from storage.scoring.score_facts import accounts as statements
from storage.scoring.score_facts import conduct as account_months
from storage.scoring.score_facts import ledger_days, readings
from storage.scoring.score_facts.asked import Asked, whose
from storage.scoring.score_facts.owned import coded


def settled(
    tx: Tx, policy: Policy, indicators: Collection[str], asked: Asked, *, as_of: date, at: datetime | None = None
) -> dict[str, Points]:
    """Return the settled values of indicators, one per customer and day; each customer's last is the one that counts on ``as_of``.

    Args:
        as_of: the day; what is dated later is not looked at.
        at: the moment whose knowledge counts, None is now.
    """
    names = sorted(indicators)
    found = _read(tx, policy, names, asked, as_of, at)
    return _by_name(names, series.settled(policy, found, len(asked) * len(names), np.datetime64(as_of)))


def read(
    tx: Tx, policy: Policy, indicators: Collection[str], asked: Asked, *, as_of: date, at: datetime | None = None
) -> dict[str, Points]:
    """Return the values before they are settled: every reported one, and every derived one."""
    names = sorted(indicators)
    return _by_name(names, _read(tx, policy, names, asked, as_of, at))


def _read(tx: Tx, policy: Policy, names: Sequence[str], asked: Asked, as_of: date, at: datetime | None) -> Points:
    """Return all values at once; the owner is the customer's place times the number of indicators, plus the indicator's place."""
    told = _reported(tx, names, asked, as_of, at)
    parts = [
        told,
        *_of_statements(tx, policy, names, asked, as_of, at),
        *_of_the_ledger(tx, policy, names, asked, as_of, at, told),
        *_of_conduct(tx, policy, names, asked, as_of, at),
        *_of_prices(tx, names, asked, as_of, at),
        *_offered(tx, policy, names, asked, as_of, at),
    ]
    return series.together(parts)


def _by_name(names: Sequence[str], found: Points) -> dict[str, Points]:
    owner, place = np.divmod(found.owner, max(len(names), 1))
    found = replace(found, owner=owner)
    return {name: found.at(np.flatnonzero(place == number)) for number, name in enumerate(names)}


@prepared
def _observations(tx: Tx, *, spelled: Any, until: Any, at: Any, **who: Any) -> Any:
    table = ObservationVersionRow
    query = select(table.customer_id, table.indicator, day(tx, table.as_of), table.value, table.source).where(
        table.indicator.in_(spelled), table.as_of <= until, table.value.is_not(None), known(table, at), *whose(tx, table.customer_id, **who)
    )
    return query.order_by(table.known_at, table.id)


def _reported(tx: Tx, names: Sequence[str], asked: Asked, as_of: date, at: datetime | None) -> Points:
    """Return the observations; for the same date, the source that was recorded last comes last."""
    spelled = {spelling: place for place, name in enumerate(names) for spelling in derived.spellings(name)}
    owner, (found, days, values, sources) = asked.ask(tx, _observations, spelled=sorted(spelled), until=as_of, at=at)
    place = coded(found).made(lambda word: float(spelled[word]), -1).astype(np.int64)
    origins, months = np.full(len(owner), Origin.REPORTED, dtype=np.int8), np.zeros(len(owner), dtype=np.int64)
    return Points(owner * len(names) + place, dates(days), floats(values), origins, months, coded(sources))


def _of_statements(tx: Tx, policy: Policy, names: Sequence[str], asked: Asked, as_of: date, at: datetime | None) -> Iterator[Points]:
    """Yield the ratios of the twelve months up to each statement."""
    wanted = [name for name in names if derived.basis(name) is Basis.STATEMENTS]
    if not wanted:
        return
    lines = derived.lines_needed(wanted)
    filed = statements.filed_of(tx, asked, as_of, at, max_age_days=policy.data.statement_days, lines=lines)
    found = accounts.periods(filed, len(asked))
    origins = np.where(found.audited, Origin.AUDITED, Origin.UNAUDITED).astype(np.int8)
    values = {name: derived.STATEMENTS[derived.called(name)].of(found.amounts) for name in wanted}
    yield _derived(names, values, found.owner, found.as_of, origins, found.months)


def _of_the_ledger(
    tx: Tx, policy: Policy, names: Sequence[str], asked: Asked, as_of: date, at: datetime | None, told: Points
) -> Iterator[Points]:
    """Yield the indicators derived from each customer's facilities, at each load of the ledger."""
    wanted = [name for name in names if derived.basis(name) is Basis.LEDGER]
    if not wanted:
        return
    since = as_of - timedelta(days=series.days_needed(policy, wanted) + _reach(policy, wanted))
    owner, found = ledger_days.read(tx, policy, asked, as_of, at, since=since, arrears="days_past_due" in wanted)
    months = np.zeros(len(owner), dtype=np.int64)
    used = conduct.limits_used(policy.conduct, owner, found.as_of, derived.LEDGER["utilisation"].of(found.columns))
    columns = {**found.with_reported(_fresh(policy, names, told, "utilisation", len(asked), as_of)[owner]).columns, **used}
    for name in wanted:
        measure = derived.LEDGER.get(name) or derived.LIMITS[name]
        amounts = [each for each in measure.inputs if each in ledger.AMOUNTS or name in derived.LIMITS]
        unpriced = found.unpriced & bool(amounts)
        origins = np.where(unpriced, Origin.UNPRICED, Origin.LEDGER).astype(np.int8)
        yield _derived(names, {name: measure.of(columns)}, owner, found.day_of(name), origins, months)


def _fresh(policy: Policy, names: Sequence[str], told: Points, name: str, count: int, as_of: date) -> np.ndarray:
    """Flag the customers of whom an indicator is reported, and not as long ago as a score forgets."""
    owner, place = np.divmod(told.owner, len(names))
    oldest = np.datetime64(as_of - timedelta(days=policy.scoring.reading_max_age_days))
    fresh = (place == names.index(name)) & (told.days >= oldest) if name in names else np.zeros(len(owner), dtype=bool)
    return np.bincount(owner[fresh], minlength=count) > 0


def _reach(policy: Policy, names: Collection[str]) -> int:
    """Return for how many days before a value the ledger is looked at."""
    return 31 * policy.conduct.limit_months if derived.LIMITS.keys() & set(names) else 0


def _of_conduct(tx: Tx, policy: Policy, names: Sequence[str], asked: Asked, as_of: date, at: datetime | None) -> Iterator[Points]:
    """Yield the indicators derived from the transactions on each customer's accounts, up to each month."""
    wanted = [name for name in names if derived.basis(name) is Basis.CONDUCT]
    if not wanted:
        return
    where = asked.where(tx, AccountMonthVersionRow.customer_id)
    rows = account_months.account_months(tx, asked.book, policy, as_of, at, where, days=series.days_needed(policy, wanted))
    months = customer_months.together(rows, _factors(tx, policy, set(rows.currencies.names), as_of, at), len(asked))
    found = conduct.observed(policy.conduct, months, np.arange(len(months)))
    origins, nothing = np.full(len(months), Origin.CONDUCT, dtype=np.int8), np.zeros(len(months), dtype=np.int64)
    yield _derived(names, {name: derived.CONDUCT[name].of(found.columns) for name in wanted}, found.owner, found.as_of, origins, nothing)


def _factors(tx: Tx, policy: Policy, currencies: set[str], as_of: date, at: datetime | None) -> dict[str, float]:
    """Return the day's exchange rates; nothing for a single currency, which needs none."""
    scoring = policy.scoring
    if len(currencies) < 2:
        return {}
    ways = rates(tx, currencies, scoring.currency, as_of=as_of, max_age_days=scoring.rate_max_age_days, known_at=at)
    return {name: way.factor for name, way in ways.items()}


def _of_prices(tx: Tx, names: Sequence[str], asked: Asked, as_of: date, at: datetime | None) -> Iterator[Points]:
    """Yield the moves of reported prices."""
    wanted = [name for name in names if derived.basis(name) is Basis.PRICES]
    if not wanted:
        return
    where = asked.where(tx, ObservationVersionRow.customer_id)
    owner, days, moved = readings.price_moves(tx, asked.book, wanted, as_of, at, where)
    origins, months = np.full(len(owner), Origin.PRICES, dtype=np.int8), np.zeros(len(owner), dtype=np.int64)
    found = _derived(names, moved, owner, days, origins, months)
    # without an earlier price there is no move; one that was reported stands
    yield found.at(~np.isnan(found.values))


def _offered(tx: Tx, policy: Policy, names: Sequence[str], asked: Asked, as_of: date, at: datetime | None) -> Iterator[Points]:
    """Yield the figures of the customers' scores."""
    wanted = [name for name in names if derived.basis(name) is Basis.SCORE]
    if not wanted:
        return
    since = as_of - timedelta(days=series.days_needed(policy, wanted))
    owner, days, values = offered.read(tx, wanted, asked, as_of, at, since=since)
    origins, months = np.full(len(owner), Origin.SCORE, dtype=np.int8), np.zeros(len(owner), dtype=np.int64)
    yield _derived(names, values, owner, days, origins, months)


def _derived(names: Sequence[str], values: Mapping[str, Floats], owner: Places, days: Dates, origins: Origins, months: Places) -> Points:
    """Return the columns of several indicators, one below the other."""
    count = len(values)
    owners = np.concatenate([owner * len(names) + names.index(name) for name in values])
    columns = (np.tile(days, count), np.concatenate(list(values.values())), np.tile(origins, count), np.tile(months, count))
    return series.derived_points(owners, *columns)
