"""Construction: a project's progress against drawdown, budget and agreed completion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks
from risk_engine.checks import Floats
from risk_engine.days import ONE_DAY
from risk_engine.financials.ratios import Codes
from risk_engine.projects.construction_figures import AMOUNTS, MEASURES, SHARES
from risk_engine.projects.project_policy import Construction

Flags = NDArray[np.bool_]
Masks = NDArray[np.int32]
Dates = NDArray[np.datetime64]

# 0.35 - 0.30 must count as 0.05, not as 0.04999999999999999
_DECIMALS = 12


class Phase(IntEnum):
    """The phase of a project; ``NONE`` for no project, or one without any known date."""

    NONE = 0
    CONSTRUCTION = 1
    OPERATION = 2


class Finding(IntFlag):
    """A problem of a project under construction; the reserve account is tested in operation."""

    DRAWN_AHEAD = 1
    OVERRUN = 2
    FUNDING_GAP = 4
    EQUITY_BEHIND = 8
    DELAYED = 16
    PAST_LONG_STOP = 32
    GUARANTEE_LAPSES = 64
    RESERVE_SHORT = 128


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of each project; NaT where there is none.

    ``planned``: completion as agreed. ``forecast``: as expected now. ``long_stop``: the last day on which lenders must
    accept it. ``completed``: the actual completion. ``guaranteed_until``: the last day of the completion guarantee.
    """

    planned: Dates
    forecast: Dates
    long_stop: Dates
    completed: Dates
    guaranteed_until: Dates


@dataclass(frozen=True, slots=True)
class Watched:
    """Each project's :class:`Phase`, its figures by name (NaN not computable), and the masks of amber and red :class:`Finding`.

    A red finding is not amber as well. The figures include ``delay_days``.
    """

    phases: Codes
    figures: Mapping[str, Floats]
    amber: Masks
    red: Masks


def phases(calendar: Calendar, as_of: np.datetime64) -> Codes:
    """Return the phase of each project on a day; it changes on the day of completion."""
    known = ~(np.isnat(calendar.planned) & np.isnat(calendar.forecast) & np.isnat(calendar.completed))
    building = np.where(known, Phase.CONSTRUCTION, Phase.NONE)
    return np.where(calendar.completed <= as_of, Phase.OPERATION, building).astype(np.int8)


def expected_completion(calendar: Calendar, as_of: np.datetime64) -> Dates:
    """Return the day of completion, or the forecast, or the plan; an open completion is today at the earliest."""
    ahead = np.where(np.isnat(calendar.forecast), calendar.planned, calendar.forecast)
    # maximum keeps NaT, for projects without a date
    ahead = np.maximum(ahead, as_of)
    return np.where(calendar.completed <= as_of, calendar.completed, ahead).astype("datetime64[D]")


def watch(policy: Construction, columns: Mapping[str, Floats], equity_first: Flags, calendar: Calendar, as_of: np.datetime64) -> Watched:
    """Return every project's amber and red findings in its phase; a missing figure gives no finding.

    Args:
        columns: :data:`AMOUNTS` and :data:`SHARES` of the figures by name; ``loan`` and ``equity`` are the commitments.
        equity_first: whether equity is paid before the loan is drawn, or pro rata.

    Raises:
        Impossible: progress outside 0 to 1, or an amount below 0.

    Source: the house's standard for project finance: construction.
    """
    given = {name: checks.not_negative(name, columns[name]) for name in AMOUNTS} | {
        name: checks.share(name, columns[name]) for name in SHARES
    }
    figures = {name: measure.of(given) for name, measure in MEASURES.items()}
    expected = expected_completion(calendar, as_of)
    figures["delay_days"] = _days(expected - calendar.planned)
    stage = phases(calendar, as_of)
    amber, red = _graded(policy, figures)
    red = red | _promises(figures, equity_first) | _dates(calendar, expected)
    asked = np.where(
        stage == Phase.CONSTRUCTION, ~int(Finding.RESERVE_SHORT), np.where(stage == Phase.OPERATION, int(Finding.RESERVE_SHORT), 0)
    )
    return Watched(stage, figures, (amber & ~red & asked).astype(np.int32), (red & asked).astype(np.int32))


def _days(span: NDArray[np.timedelta64]) -> Floats:
    return np.where(np.isnat(span), np.nan, span / ONE_DAY)


def _marked(flag: Finding, where: Flags) -> Masks:
    return where.astype(np.int32) * np.int32(flag)


def _graded(policy: Construction, figures: Mapping[str, Floats]) -> tuple[Masks, Masks]:
    """Return the findings that have reached their amber and their red bound."""
    watched = (
        (Finding.DRAWN_AHEAD, figures["drawn_ahead"], policy.drawn_ahead, 1.0),
        (Finding.OVERRUN, figures["cost_overrun"], policy.overrun, 1.0),
        (Finding.DELAYED, figures["delay_days"], policy.delay_days, 1.0),
        (Finding.RESERVE_SHORT, figures["dsra_months"], policy.dsra_months, -1.0),
    )
    amber, red = np.zeros(len(figures["delay_days"]), dtype=np.int32), np.zeros(len(figures["delay_days"]), dtype=np.int32)
    for flag, values, (soft, hard), sign in watched:
        # an upper bound counts as reached on the bound itself; a lower one does not: six months in reserve are enough
        reached = np.round(sign * (values - soft), _DECIMALS), np.round(sign * (values - hard), _DECIMALS)
        amber |= _marked(flag, reached[0] >= 0 if sign > 0 else reached[0] > 0)
        red |= _marked(flag, reached[1] >= 0 if sign > 0 else reached[1] > 0)
    return amber, red


def _promises(figures: Mapping[str, Floats], equity_first: Flags) -> Masks:
    """Flag a funding gap, or equity behind the agreed schedule, of a cent or more."""
    behind = np.where(equity_first, figures["equity_first_behind"], figures["pro_rata_behind"])
    gap = _marked(Finding.FUNDING_GAP, np.round(figures["funding_gap"], 2) > 0)
    return gap | _marked(Finding.EQUITY_BEHIND, np.round(behind, 2) > 0)


def _dates(calendar: Calendar, expected: Dates) -> Masks:
    """Flag a completion after the long-stop date, or after the last day of its guarantee."""
    late = _marked(Finding.PAST_LONG_STOP, expected > calendar.long_stop)
    return late | _marked(Finding.GUARANTEE_LAPSES, expected > calendar.guaranteed_until)
