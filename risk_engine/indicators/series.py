"""Series: every value of an indicator over time, one a day, the last of each customer the one that counts now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.categorical import Coded, joined
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts.facts import Dates, Floats, Owned, Places
from risk_engine.indicators import monitoring
from risk_engine.indicators.monitoring import Levels
from risk_engine.indicators.settling import Bools, Latest, Origin, Origins, evidence_ranks, reported_counts
from risk_engine.policy.policy import Kri, Policy

# as many readings as a chart shows: of monthly ones three years with their grace, in which a level within its dead-band is remembered
CHARTED = 24
# who or what speaks for a derived value
SOURCES = {
    Origin.AUDITED: "audited_statement",
    Origin.UNAUDITED: "statement",
    Origin.LEDGER: "ledger",
    Origin.PRICES: "prices",
    Origin.SCORE: "score",
    Origin.UNPRICED: "ledger",
    Origin.CONDUCT: "account_months",
}


@dataclass(frozen=True, slots=True)
class Points(Owned):
    """Values of one indicator, a row each; a derived one that is not computable is NaN, reported ones always have a value.

    ``months`` are those that a statement covers, 0 for other values; ``sources`` name who reported it, or the facts behind it.
    """

    days: Dates
    values: Floats
    origins: Origins
    months: Places
    sources: Coded

    def __len__(self) -> int:
        return len(self.owner)

    def at(self, rows: Places | Bools) -> Points:
        """Return some of the rows, in their order."""
        return replace(
            self,
            owner=self.owner[rows],
            days=self.days[rows],
            values=self.values[rows],
            origins=self.origins[rows],
            months=self.months[rows],
            sources=self.sources[rows],
        )

    def last(self, count: int) -> Places:
        """Return the place of each customer's last row, -1 without one; the rows are sorted by customer."""
        ends = np.full(count, -1, dtype=np.int64)
        # of several writes to one place the last one stays
        ends[self.owner] = np.arange(len(self.owner))
        return ends


def days_needed(policy: Policy, indicators: Collection[str]) -> int:
    """Return for how many days before today the values of indicators matter: to freshness, to a run, or to a chart."""
    oldest = max(policy.data.statement_days, policy.scoring.reading_max_age_days)
    runs = (max(kri.up_for, kri.down_for, CHARTED) * kri.stale_after_days for kri in policy.kri if kri.indicator in indicators)
    return max(oldest, *runs, 0)


def anything_reported(points: Points, count: int) -> Bools:
    """Flag the customers with any reported value."""
    return np.bincount(points.owner, points.origins == Origin.REPORTED, count) > 0


def derived_points(owner: Places, days: Dates, values: Floats, origins: Origins, months: Places) -> Points:
    """Return derived values, each with the source of its origin."""
    names = tuple(dict.fromkeys(SOURCES.values()))
    place = np.array([names.index(SOURCES[origin]) if origin in SOURCES else -1 for origin in Origin], dtype=np.int32)
    return Points(owner, days, values, origins, months, Coded(place[origins], names))


def together(parts: Sequence[Points]) -> Points:
    """Return points one after the other."""

    def joined_up(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    columns = {name: joined_up(name) for name in ("owner", "days", "values", "origins", "months")}
    return Points(**columns, sources=joined([part.sources for part in parts]))


def settled(policy: Policy, points: Points, count: int, as_of: np.datetime64) -> Points:
    """Keep one value a customer and day, so that each customer's last row is the value that counts now.

    Args:
        points: rows in any order; of two of one kind, customer and day the later row counts.

    The newest derived and the newest reported value are settled by :func:`settling.reported_counts`; rows of the other kind
    from that day on are dropped. A ratio that the newest statement does not give is not taken from an older one.
    """
    rule, rows = policy.indicators, points.at(np.lexsort((np.arange(len(points)), points.days, points.owner)))
    reported = rows.origins == Origin.REPORTED
    places = [_last(rows, which, count) for which in (~reported, reported)]
    derived_latest, reported_latest = (_latest(rows, place) for place in places)
    chosen = _counts(policy, derived_latest, reported_latest, as_of)
    winner = np.where(chosen, places[1], places[0])
    since = np.append(rows.days, NO_DATE)[winner]
    other = reported != chosen[rows.owner]
    rows = rows.at(~(other & (rows.days >= since[rows.owner])))
    ranks = evidence_ranks(rule)[rows.origins] + len(rule.on_one_date) * np.isnan(rows.values)
    # the best of a day comes last, and of equals the later row
    rows = rows.at(np.lexsort((np.arange(len(rows)), -ranks, rows.days, rows.owner)))
    best = np.ones(len(rows), dtype=bool)
    best[:-1] = (rows.owner[1:] != rows.owner[:-1]) | (rows.days[1:] != rows.days[:-1])
    return rows.at(best)


def latest(points: Points, count: int) -> tuple[Latest, Latest]:
    """Return each customer's newest derived and newest reported value."""
    rows = points.at(np.lexsort((np.arange(len(points)), points.days, points.owner)))
    reported = rows.origins == Origin.REPORTED
    return _latest(rows, _last(rows, ~reported, count)), _latest(rows, _last(rows, reported, count))


def _last(rows: Points, which: Bools, count: int) -> Places:
    found = np.full(count, -1, dtype=np.int64)
    places = np.flatnonzero(which)
    found[rows.owner[places]] = places
    return found


def _latest(rows: Points, places: Places) -> Latest:
    return Latest(
        np.append(rows.values, np.nan)[places],
        np.append(rows.days, NO_DATE)[places],
        np.append(rows.origins, np.int8(Origin.REPORTED))[places],
    )


def _counts(policy: Policy, derived: Latest, reported: Latest, as_of: np.datetime64) -> Bools:
    """Settle by the values that are not too old, or by all values of a customer that has only old ones."""
    longest = np.full(len(Origin), np.inf)
    longest[[Origin.AUDITED, Origin.UNAUDITED]] = policy.data.statement_days
    longest[[Origin.LEDGER, Origin.UNPRICED]] = policy.data.facility_days
    longest[Origin.PRICES] = policy.scoring.reading_max_age_days
    age = np.where(np.isnat(derived.days), np.inf, np.subtract(as_of, derived.days).astype(np.float64))
    old = age > longest[derived.origins]
    older = ~(reported.days >= as_of - policy.scoring.reading_max_age_days * ONE_DAY)
    fresh = reported_counts(
        policy.indicators,
        replace(derived, values=np.where(old, np.nan, derived.values)),
        replace(reported, values=np.where(older, np.nan, reported.values)),
    )
    nothing = (old | np.isnan(derived.values)) & (older | np.isnan(reported.values))
    return np.where(nothing, reported_counts(policy.indicators, derived, reported), fresh)


def colours(kri: Kri, points: Points) -> Levels:
    """Return the colour after each row of a settled series, in the order of the rows."""
    return colours_of([kri], [points])[0]


def colours_of(kris: Sequence[Kri], series: Sequence[Points]) -> list[Levels]:
    """Return the same for several indicators and a series of each, walked at once."""
    rows = [len(points) for points in series]
    if not sum(rows):
        return [np.empty(0, dtype=np.int8) for _points in series]
    owner = np.concatenate([points.owner * len(kris) + number for number, points in enumerate(series)])
    values = np.concatenate([points.values for points in series])
    days = np.concatenate([points.days for points in series]).astype(np.int64).astype(np.float64)
    good = np.concatenate([stale_after(kri, points) for kri, points in zip(kris, series, strict=True)])
    # rows of one owner stand together, in their order
    order = np.argsort(owner, kind="stable")
    owners, place = _side_by_side(owner[order])
    readings, on, lasts = (_laid(place, column[order]) for column in (values, days, good))
    found = np.empty(len(owner), dtype=np.int8)
    if len(kris) == 1:
        walked = monitoring.colours(kris[0], readings, on, lasts)
    else:
        walked = monitoring.colours_of(kris, owners % len(kris), readings, on, lasts)
    found[order] = walked[place]
    return np.split(found, np.cumsum(rows)[:-1])


def stale_after(kri: Kri, points: Points) -> Floats:
    """Return for how many days each value is good: the indicator's frequency or its statement's period, and the grace."""
    covered = np.ceil(points.months * (366 / 12))
    good: Floats = np.maximum(covered, kri.every_days) + float(kri.grace)
    return good


Matrix = tuple[NDArray[np.int64], NDArray[np.int64]]


def _side_by_side(owner: Places) -> tuple[Places, Matrix]:
    """Return the owners, and where each row stands in a matrix of one line an owner, padded in front."""
    owners, line, counts = np.unique(owner, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return owners, (line, counts.max() - (ends[line] - np.arange(len(owner))))


def _laid(place: Matrix, column: Floats) -> Floats:
    matrix = np.full((int(place[0][-1]) + 1, int(place[1].max()) + 1), np.nan)
    matrix[place] = column
    return matrix
