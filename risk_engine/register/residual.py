"""Inherent, current and residual risk: the effects of measures that were tested effective."""

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

# products of decimal shares may miss an exact half by a rounding error
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures, one a row: risk, share taken off an axis, test result, and whether it was already in operation.

    ``risk`` is a place in the column of risks. ``in_operation`` marks existing controls, which turn the inherent assessment into the
    current one; the others, from responses, turn the current one into the residual one. A finished measure is not necessarily
    effective: only ``effective`` ones count in either case.
    """

    risk: NDArray[np.int64]
    effect: Floats
    effective: Flags
    in_operation: Flags


@dataclass(frozen=True, slots=True)
class Course:
    """One axis of every risk, 1 to 5: inherent, current and residual, after effective responses."""

    inherent: Steps
    current: Steps
    residual: Steps


def combined(risk: NDArray[np.int64], effect: ArrayLike, count: int, cap: float) -> Floats:
    """Return the combined effect of each risk's measures, 1 - Π(1 - m), at most the cap; 0 without measures.

    It assumes independent measures: two with a common cause of failure have less effect. NaN where one is missing.

    Args:
        risk: the risk of each measure, 0 to ``count`` - 1.
        effect: the effect of each measure, a share.
        cap: the policy's cap, a share.

    Raises:
        Impossible: an effect outside 0 to 1, columns of different lengths, or a measure of no risk.
    """
    effects = checks.share("effect", effect)
    owner, left = places(risk, len(effects), count), np.ones(count)
    # multiplied in ascending order, so that the order of entry does not matter
    order = np.lexsort((effects, owner))
    np.multiply.at(left, owner[order], 1.0 - effects[order])
    return np.minimum(1.0 - left, cap)


def after(axis: ArrayLike, effect: Floats, opportunity: ArrayLike) -> Steps:
    """Return an axis after measures: a threat's falls by round(m · (axis - 1)), an opportunity's rises by round(m · (5 - axis)).

    A half is rounded to the even number of steps. A missing effect changes nothing, as an untested measure does not count.

    Args:
        axis: integers 1 to 5; effect: shares; opportunity: True for opportunities; all of one length.

    Raises:
        OutOfScale: an axis outside 1 to 5.
    """
    stands, chance = on_scale("axis", axis), np.asarray(opportunity, dtype=bool)
    share = np.where(np.isnan(effect), 0.0, effect)
    room = np.where(chance, HIGHEST - stands, stands - LOWEST)
    steps = np.rint(np.round(share * room, _DECIMALS)).astype(np.int64)
    return np.where(chance, stands + steps, stands - steps).astype(np.int8)


def course(inherent: ArrayLike, measures: Measures, opportunity: ArrayLike, cap: float) -> Course:
    """Return the course of one axis: controls in operation give the current value, together with responses the residual one.

    For threats residual ≤ current ≤ inherent, for opportunities the reverse, with any measures.

    Args:
        inherent: integers 1 to 5, one per risk.
        measures: the measures that act on this axis.
        opportunity: one per risk; an opportunity's measures raise it.
        cap: the largest combined effect, a share.

    Raises:
        OutOfScale: an axis outside 1 to 5.
        Impossible: an effect outside 0 to 1, or a measure of no risk.
    """
    start = on_scale("inherent", inherent)
    # a missing effect does not count, and does not make the others missing
    works = measures.effective & ~np.isnan(measures.effect)
    now, then = (
        after(start, combined(measures.risk[counts], measures.effect[counts], len(start), cap), opportunity)
        for counts in (works & measures.in_operation, works)
    )
    return Course(start.astype(np.int8), now, then)


def lawful(inherent: ArrayLike, current: ArrayLike, residual: ArrayLike, opportunity: ArrayLike) -> Flags:
    """Flag risks with residual ≤ current ≤ inherent on an axis; the reverse order for opportunities."""
    first, second, third = (on_scale("axis", steps) for steps in (inherent, current, residual))
    falls, rises = (third <= second) & (second <= first), (third >= second) & (second >= first)
    return np.where(np.asarray(opportunity, dtype=bool), rises, falls)


# --- one risk, as people enter it ----------------------------------------------------------------------------------------


def held(kind: RiskKind, before: Assessment, now: Assessment, effects: dict[Axis, float]) -> Assessment:
    """Return a later assessment as entered, if effective measures can explain it.

    On each axis it may lie anywhere between the earlier assessment and the value after these effects: a person may credit a measure
    with less than its test showed, never with more. A customer's own loss is compared only if both assessments have one.

    Args:
        effects: the combined effect of the effective measures by axis; an omitted axis has none.

    Raises:
        OutOfScale: an axis lies beyond; the facts are its ``field``, the ``value`` and the ``accepted`` range.
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
    """Return the assessment that measures with these combined effects lead to, as :func:`after`."""
    moved = {
        axis: int(after([getattr(before, axis)], checks.share(axis, effect), [kind is RiskKind.OPPORTUNITY])[0])
        for axis, effect in effects.items()
        if getattr(before, axis) is not None
    }
    return replace(before, **moved)


def on_scale(name: str, values: ArrayLike) -> NDArray[np.int64]:
    """Return a column of steps of an axis.

    Raises:
        OutOfScale: a value that is not a whole number from 1 to 5.
    """
    found = np.atleast_1d(np.asarray(values))
    wrong = np.flatnonzero(~np.isin(found, np.arange(LOWEST, HIGHEST + 1)))
    if len(wrong):
        raise OutOfScale(field=name, value=found[wrong[0]].item(), accepted="1 to 5")
    return found.astype(np.int64)


def places(risk: NDArray[np.int64], rows: int, count: int) -> NDArray[np.int64]:
    """Return a column with the risk of each row.

    Raises:
        Impossible: a wrong number of rows, or a place outside the risks.
    """
    if len(risk) != rows:
        raise Impossible(field="risk", value=len(risk), accepted=f"{rows} places")
    astray = np.flatnonzero((risk < 0) | (risk >= count))
    if len(astray):
        raise Impossible(field="risk", value=int(risk[astray[0]]), accepted=f"0 to {count - 1}", place=int(astray[0]))
    return risk
