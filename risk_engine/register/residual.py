"""Inherent, current and residual: what measures that have been tested effective take off a threat, or add to an opportunity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Impossible
from risk_engine.register.assessment import Assessment, RiskKind
from risk_engine.register.refusals import OutOfScale

Floats = NDArray[np.float64]
Steps = NDArray[np.int8]
Flags = NDArray[np.bool_]
Axis: TypeAlias = Literal["likelihood", "severity", "scope", "customer_severity"]

AXES: tuple[Axis, ...] = ("likelihood", "severity", "scope", "customer_severity")
LOWEST, HIGHEST = 1, 5

# products of decimal shares miss a half by a hair, and a half is where the rounding turns
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Measures:
    """One measure a row: whose it is, what share it takes off an axis, whether a test found it effective, and since when it is there.

    ``risk`` is a place in the column of risks. ``in_operation`` are the controls that were there already: they make the current
    assessment of the inherent one; the others, a response's, make the residual one of the current. Finished is not
    effective: only ``effective`` ones count in either.
    """

    risk: NDArray[np.int64]
    effect: Floats
    effective: Flags
    in_operation: Flags


@dataclass(frozen=True, slots=True)
class Course:
    """One axis of every risk, 1 to 5: before any measure, as it stands, and after the responses that work."""

    inherent: Steps
    current: Steps
    residual: Steps


def combined(risk: NDArray[np.int64], effect: ArrayLike, count: int, cap: float) -> Floats:
    """What the measures of each risk take off together, 1 - Π(1 - m), at most the cap; 0 for a risk without any.

    It takes the measures to be independent: two that fail for one reason take off less than this. NaN where one is missing.

    Args:
        risk: whose measure, 0 to ``count`` - 1.
        effect: of each measure, a share.
        cap: the policy's, a share.

    Raises:
        Impossible: an effect outside 0 to 1, columns of different lengths, or a measure of no risk.
    """
    effects = checks.share("effect", effect)
    owner, left = places(risk, len(effects), count), np.ones(count)
    # always multiplied from the smallest on, so that the order in which they were entered makes no difference
    order = np.lexsort((effects, owner))
    np.multiply.at(left, owner[order], 1.0 - effects[order])
    return np.minimum(1.0 - left, cap)


def after(axis: ArrayLike, effect: Floats, opportunity: ArrayLike) -> Steps:
    """Where an axis stands after measures: a threat's falls by round(m · (axis - 1)), an opportunity's rises by round(m · (5 - axis)).

    A half is rounded to the even number of steps. A missing effect moves nothing: what has not been shown does not count.

    Args:
        axis: integers 1 to 5; effect: shares; opportunity: whether it is one; all of one length.

    Raises:
        OutOfScale: an axis outside 1 to 5.
    """
    stands, chance = on_scale("axis", axis), np.asarray(opportunity, dtype=bool)
    share = np.where(np.isnan(effect), 0.0, effect)
    room = np.where(chance, HIGHEST - stands, stands - LOWEST)
    steps = np.rint(np.round(share * room, _DECIMALS)).astype(np.int64)
    return np.where(chance, stands + steps, stands - steps).astype(np.int8)


def course(inherent: ArrayLike, measures: Measures, opportunity: ArrayLike, cap: float) -> Course:
    """The course of one axis: the controls in operation make it current, these and the responses together residual.

    For threats residual ≤ current ≤ inherent, for opportunities the other way round, whatever the measures.

    Args:
        inherent: integers 1 to 5, one a risk.
        measures: those that act on this axis.
        opportunity: one a risk; an opportunity's measures add to it.
        cap: the most that measures do together, a share.

    Raises:
        OutOfScale: an axis outside 1 to 5.
        Impossible: an effect outside 0 to 1, or a measure of no risk.
    """
    start = on_scale("inherent", inherent)
    # an effect that nobody has put a figure to does not count, and does not hide those that do
    works = measures.effective & ~np.isnan(measures.effect)
    now, then = (
        after(start, combined(measures.risk[counts], measures.effect[counts], len(start), cap), opportunity)
        for counts in (works & measures.in_operation, works)
    )
    return Course(start.astype(np.int8), now, then)


def lawful(inherent: ArrayLike, current: ArrayLike, residual: ArrayLike, opportunity: ArrayLike) -> Flags:
    """Whether residual ≤ current ≤ inherent on an axis of each threat, and the other way round of each opportunity."""
    first, second, third = (on_scale("axis", steps) for steps in (inherent, current, residual))
    falls, rises = (third <= second) & (second <= first), (third >= second) & (second >= first)
    return np.where(np.asarray(opportunity, dtype=bool), rises, falls)


# --- one risk, as people enter it ----------------------------------------------------------------------------------------


def held(kind: RiskKind, before: Assessment, now: Assessment, effects: dict[Axis, float]) -> Assessment:
    """The later assessment as someone entered it, if measures that work can explain it.

    On each axis it may lie anywhere from the earlier assessment to where these effects bring it: a person may credit a
    measure with less than it was tested for, never with more. A customer's own loss that was assessed on one side only is
    not compared.

    Args:
        effects: by axis the combined effect of the measures that were tested effective; an axis that is left out has none.

    Raises:
        OutOfScale: an axis lies beyond, with its ``field``, the ``value`` and what is ``accepted``.
    """
    reachable = brought(kind, before, effects)
    for axis in AXES:
        start, end, value = getattr(before, axis), getattr(reachable, axis), getattr(now, axis)
        if start is None or value is None:
            continue
        low, high = sorted((start, end))
        if not low <= value <= high:
            raise OutOfScale(field=axis, value=value, accepted=f"{low} to {high}" if low < high else f"{low}")
    return now


def brought(kind: RiskKind, before: Assessment, effects: dict[Axis, float]) -> Assessment:
    """The assessment to which measures with these combined effects bring an earlier one; the same as :func:`after`."""
    moved = {
        axis: int(after([getattr(before, axis)], checks.share(axis, effect), [kind is RiskKind.OPPORTUNITY])[0])
        for axis, effect in effects.items()
        if getattr(before, axis) is not None
    }
    return replace(before, **moved)


def on_scale(name: str, values: ArrayLike) -> NDArray[np.int64]:
    """A column of steps of an axis.

    Raises:
        OutOfScale: a value that is not a whole number from 1 to 5.
    """
    found = np.atleast_1d(np.asarray(values))
    wrong = np.flatnonzero(~np.isin(found, np.arange(LOWEST, HIGHEST + 1)))
    if len(wrong):
        raise OutOfScale(field=name, value=found[wrong[0]].item(), accepted="1 to 5")
    return found.astype(np.int64)


def places(risk: NDArray[np.int64], rows: int, count: int) -> NDArray[np.int64]:
    """A column that says to which of so many risks each row belongs.

    Raises:
        Impossible: not as many as there are rows, or a place outside of the risks.
    """
    if len(risk) != rows:
        raise Impossible(field="risk", value=len(risk), accepted=f"{rows} places")
    astray = np.flatnonzero((risk < 0) | (risk >= count))
    if len(astray):
        raise Impossible(field="risk", value=int(risk[astray[0]]), accepted=f"0 to {count - 1}", place=int(astray[0]))
    return risk
