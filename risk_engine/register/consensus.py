"""Consensus: several people's views of one risk, their median, and whether they agree; every view stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine.checks import Impossible, ReasonMissing
from risk_engine.register.assessment import Assessment, RiskKind
from risk_engine.register.assessment_policy import Assessing
from risk_engine.register.residual import AXES, on_scale, places

Steps = NDArray[np.int8]

NONE = 0


@dataclass(frozen=True, slots=True)
class Middle:
    """One axis of every risk: the median of its views (0 without any), their spread, and their number."""

    median: Steps
    spread: Steps
    views: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """One person's view of a risk, with its time."""

    by: str
    assessment: Assessment
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Consensus:
    """The outcome of several views. All of them stay in ``views``; the last one of each person counts.

    ``spread`` is the widest over the axes; ``disagree`` is True if it exceeds the policy's limit, ``enough`` if the policy's quorum
    is met. ``chair`` is the person who set the assessment by decision, with the ``reason``; None if it is the median.
    """

    views: tuple[View, ...]
    assessment: Assessment
    spread: int
    disagree: bool
    enough: bool
    chair: str | None = None
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Return True if the assessment may be used: enough people agree, or a chair has decided."""
        return self.chair is not None or (self.enough and not self.disagree)


def middles(risk: NDArray[np.int64], axis: ArrayLike, count: int, opportunity: ArrayLike) -> Middle:
    """Return the median of each risk's views on one axis, with their spread (highest less lowest).

    A median between two steps becomes the prudent one: the higher for a threat, the lower for an opportunity.

    Args:
        risk: the risk of each view, 0 to ``count`` - 1.
        axis: integers 1 to 5, one per view.
        opportunity: True for each risk that is an opportunity; ``count`` of them.

    Raises:
        OutOfScale: a view outside 1 to 5.
        Impossible: a view of no risk, or columns of different lengths.
    """
    steps = on_scale("axis", axis)
    owner = places(risk, len(steps), count)
    ranked, views = steps[np.lexsort((steps, owner))], np.bincount(owner, minlength=count)
    has = views > 0
    size, first = views[has], (np.cumsum(views) - views)[has]
    # with an odd number both are the one in the middle
    doubled = ranked[first + (size - 1) // 2] + ranked[first + size // 2]
    threat = ~np.asarray(opportunity, dtype=bool)[has]
    median, spread = np.full(count, NONE, dtype=np.int8), np.zeros(count, dtype=np.int8)
    median[has] = (doubled + threat) // 2
    spread[has] = ranked[first + size - 1] - ranked[first]
    return Middle(median, spread, views)


def agreed(views: Sequence[View], kind: RiskKind, policy: Assessing) -> Consensus:
    """Return the consensus on one risk: the median of each axis over the people, and whether they agree.

    A customer's own loss is the median of the views that include it, None if none does.

    Args:
        views: in any order; of one person's the latest counts.

    Raises:
        Impossible: there are no views.
    """
    if not views:
        raise Impossible(field="views", value=0, accepted="1 or more")
    standing = {view.by: view.assessment for view in sorted(views, key=lambda view: view.at)}
    medians, spreads = zip(*(_middle([getattr(one, axis) for one in standing.values()], kind) for axis in AXES), strict=True)
    likelihood, severity, scope, customer_severity = medians
    assessment = Assessment(likelihood, severity, scope, customer_severity or None)
    spread = max(spreads)
    return Consensus(tuple(views), assessment, spread, spread > policy.spread, len(standing) >= policy.quorum)


def _middle(said: Sequence[int | None], kind: RiskKind) -> tuple[int, int]:
    """Return the median and the spread of the views on one axis of one risk; 0 and 0 without views."""
    steps = np.array([step for step in said if step is not None], dtype=np.int64)
    found = middles(np.zeros(len(steps), dtype=np.int64), steps, 1, [kind is RiskKind.OPPORTUNITY])
    return int(found.median[0]), int(found.spread[0])


def decided(consensus: Consensus, assessment: Assessment, *, by: str, reason: str) -> Consensus:
    """Return the consensus with the chair's assessment and reason; the views and their disagreement stay.

    Raises:
        ReasonMissing: there is none.
    """
    if not reason.strip():
        raise ReasonMissing
    return replace(consensus, assessment=assessment, chair=by, reason=reason)
