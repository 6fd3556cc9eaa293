"""Periods of a staged file of projections: a projection in which the length of a period is in doubt is refused as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import select

from risk_engine.projects.periods import LONGEST, Doubt, Periods, periods
from storage.customers.customers import known
from storage.data.files.refusals import Accepted, Refusal
from storage.data.files.staging import StagedFile
from storage.database import Tx
from storage.schema import ProjectionVersionRow

_CHUNK = 500
Projection = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Period:
    """A period of a projection; ``row`` is the file's, None for one on record."""

    end: str
    months: int | None
    row: int | None


def refuse_doubtful(tx: Tx, staged: StagedFile) -> None:
    """Refuse projections that would have a period of doubtful length, counting the periods on record."""
    found = _staged(staged)
    for projection, stored in _stored(tx, found):
        there = {one.end: one for one in stored}
        # an absent column is unchanged
        kept = "months" in staged.plan.absent
        mine = [_Period(one.end, there[one.end].months, one.row) if kept and one.end in there else one for one in found[projection]]
        found[projection] = [*mine, *(one for end, one in there.items() if end not in {other.end for other in mine})]
    staged.refuse_staged(list(_refusals(staged, found)))


def _staged(staged: StagedFile) -> dict[Projection, list[_Period]]:
    columns = dict.fromkeys(("customer_id", "projected", "period_end", "months"), "NULL")
    columns |= {name: f'"{name}"' for name in columns if name in staged.plan.columns}
    found: dict[Projection, list[_Period]] = {}
    for chunk in staged.chunks(columns):
        for _place, row, customer, projected, end, months in chunk:
            period = _Period(str(end), None if months is None else int(months), int(row or 0))
            found.setdefault((str(customer), str(projected)), []).append(period)
    return found


def _stored(tx: Tx, wanted: Collection[Projection]) -> Iterator[tuple[Projection, list[_Period]]]:
    """Yield the stored periods of these projections."""
    table, customers = ProjectionVersionRow, sorted({customer for customer, _projected in wanted})
    for start in range(0, len(customers), _CHUNK):
        query = select(table.customer_id, table.projected, table.period_end, table.months)
        query = query.where(table.customer_id.in_(customers[start : start + _CHUNK]), known(table, None))
        found: dict[Projection, list[_Period]] = {}
        for customer, projected, end, months in tx.connection.execute(query):
            key = (customer, projected.isoformat())
            if key in wanted:
                found.setdefault(key, []).append(_Period(end.isoformat(), months, None))
        yield from found.items()


def _refusals(staged: StagedFile, found: Mapping[Projection, Sequence[_Period]]) -> Iterator[Refusal]:
    listed = [sorted(rows, key=lambda one: one.end) for rows in found.values()]
    every = [one for rows in listed for one in rows]
    owner = np.repeat(np.arange(len(listed)), [len(rows) for rows in listed])
    ends = np.array([one.end for one in every], dtype="datetime64[D]")
    judged = periods(owner, ends, np.array([np.nan if one.months is None else one.months for one in every], dtype=np.float64))
    doubtful = np.bincount(owner, judged.doubts != Doubt.NONE, len(listed)) > 0
    column = staged.plan.shown_as("months")
    for place in np.flatnonzero(doubtful[owner]).tolist():
        one = every[place]
        if one.row is not None:
            yield Refusal(one.row, column, "" if one.months is None else str(one.months), _accepted(judged, owner, ends, place))


def _accepted(judged: Periods, owner: np.ndarray, ends: np.ndarray, place: int) -> Accepted:
    """Return the reason: the row's own doubt, or that of another row of its projection."""
    follows = place > 0 and owner[place - 1] == owner[place]
    before: date = ends[place - 1 if follows else place].item()
    match judged.doubts[place]:
        case Doubt.CONTRADICTORY:
            return Accepted("months_apart", {"before": before.isoformat()})
        case Doubt.AMBIGUOUS if follows:
            return Accepted("months_needed_after", {"longest": LONGEST, "before": before.isoformat()})
        case Doubt.AMBIGUOUS:
            return Accepted("months_needed", {"longest": LONGEST})
    return Accepted("whole_projection")
