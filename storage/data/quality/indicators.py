"""Findings about indicators: no value, an old one, or a derived and a reported one that contradict each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import func, select

from risk_engine.indicators import derived
from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.data.quality.finding import Check, Finding, FindingKind, Terms, chosen
from storage.indicators import newest
from storage.schema import CustomerVersionRow, ImportRow, ObservationVersionRow
from storage.visibility import visible


class _Fact(NamedTuple):
    """A reported value: whose, of which indicator and day."""

    customer: str
    indicator: str
    as_of: date


def findings(terms: Terms, policy: Policy, kinds: Collection[FindingKind]) -> Iterator[Finding]:
    """Yield the findings of these kinds about the values that every screen shows."""
    who = newest.members(terms.tx, chosen(CustomerVersionRow.customer_id, terms.customer, terms.sector))
    found: list[tuple[Finding, _Fact | None]] = []
    if {FindingKind.MISSING, FindingKind.STALE} & set(kinds):
        counting = newest.newest(terms.tx, policy, who, as_of=terms.today)
        if FindingKind.MISSING in kinds:
            found += ((one, None) for one in _missing(policy, who, counting))
        if FindingKind.STALE in kinds:
            found += _stale(policy, who, counting, terms.today)
            found += _too_old_to_score(terms, policy)
    if FindingKind.CONTRADICTORY in kinds:
        found += _apart(terms, policy, who)
    sources = _sources(terms, [fact for _finding, fact in found if fact])
    for one, fact in found:
        file, row = sources.get(fact, (None, None)) if fact else (None, None)
        yield Finding(one.customer, one.kind, one.check, one.about, one.value, one.against, None, one.as_of, file, row)


def _missing(policy: Policy, who: newest.Members, counting: dict[str, newest.Newest]) -> Iterator[Finding]:
    for kri in policy.kri:
        there = np.zeros(len(who.ids), dtype=bool)
        there[counting[kri.name].places] = True
        for customer in who.ids[who.expected(kri) & ~there].tolist():
            yield Finding(customer, FindingKind.MISSING, Check.NO_READING, kri.name, None, None, None, None, None, None)


def _stale(policy: Policy, who: newest.Members, counting: dict[str, newest.Newest], today: date) -> Iterator[tuple[Finding, _Fact]]:
    """Yield old reported values; behind an old derived one stands a statement or a facility with a finding of its own."""
    for kri in policy.kri:
        found = counting[kri.name]
        old = found.days + found.good.astype("timedelta64[D]") < np.datetime64(today)
        for row in np.flatnonzero(old & found.reported).tolist():
            customer, day = str(who.ids[found.places[row]]), found.days[row].item()
            shown = (kri.name, float(found.values[row]), None, None, day, None, None)
            yield Finding(customer, FindingKind.STALE, Check.OLD_READING, *shown), _Fact(customer, derived.called(kri.indicator), day)


def _too_old_to_score(terms: Terms, policy: Policy) -> Iterator[tuple[Finding, _Fact]]:
    """Yield the newest readings of figures of the scorecard that are too old for it, where no indicator is watched by that name."""
    table, watched = ObservationVersionRow, {derived.called(kri.indicator) for kri in policy.kri}
    spelled = {spelling: name for name in policy.scoring.card.measures if name not in watched for spelling in derived.spellings(name)}
    oldest = terms.today - timedelta(days=policy.scoring.reading_max_age_days)
    there = known(table, None), table.value.is_not(None), table.as_of <= terms.today, table.indicator.in_(sorted(spelled))
    dated = select(table.customer_id, table.indicator, func.max(table.as_of).label("as_of")).where(*there, terms.about(table.customer_id))
    last = dated.group_by(table.customer_id, table.indicator).having(func.max(table.as_of) < oldest).subquery()
    same = (table.customer_id == last.c.customer_id) & (table.indicator == last.c.indicator) & (table.as_of == last.c.as_of)
    query = select(table.customer_id, table.indicator, table.as_of, func.max(table.value)).join_from(last, table, same).where(*there)
    for customer, indicator, day, value in terms.tx.connection.execute(query.group_by(table.customer_id, table.indicator, table.as_of)):
        shown = (spelled[indicator], value, None, None, day, None, None)
        yield Finding(customer, FindingKind.STALE, Check.OLD_READING, *shown), _Fact(customer, spelled[indicator], day)


def _apart(terms: Terms, policy: Policy, who: newest.Members) -> Iterator[tuple[Finding, _Fact]]:
    kind, check = FindingKind.CONTRADICTORY, Check.VALUES_DISAGREE
    for one in newest.apart(terms.tx, policy, who, as_of=terms.today):
        shown = Finding(one.customer, kind, check, one.indicator, one.derived, one.reported, None, one.as_of, None, None)
        yield shown, _Fact(one.customer, one.indicator, one.as_of)


_CHUNK = 500


def _sources(terms: Terms, facts: Sequence[_Fact]) -> dict[_Fact, tuple[Any, Any]]:
    """Return file and row of these reported values."""
    table, found = ObservationVersionRow, dict[_Fact, tuple[Any, Any]]()
    for start in range(0, len(facts), _CHUNK):
        part = facts[start : start + _CHUNK]
        spelled = {spelling: one.indicator for one in part for spelling in derived.spellings(one.indicator)}
        query = select(table.customer_id, table.indicator, table.as_of, ImportRow.file, table.file_row)
        query = query.join(ImportRow, ImportRow.id == table.import_id).where(
            table.customer_id.in_({one.customer for one in part}),
            table.indicator.in_(sorted(spelled)),
            table.as_of.in_({one.as_of for one in part}),
            table.value.is_not(None),
            known(table, None),
            *visible(terms.tx, table.customer_id),
        )
        # of several sources the one that was heard last comes last, and stays
        for customer, indicator, day, file, row in terms.tx.connection.execute(query.order_by(table.known_at, table.id)):
            found[_Fact(customer, spelled[indicator], day)] = (file, row)
    return found
