"""Consensus: several people's views of one risk, what they come to, and whether they agree; who said what stays on record."""

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
    """One axis of every risk: the median of its views (0 without any), how far apart they lie, and how many there are."""

    median: Steps
    spread: Steps
    views: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """What one person thinks of a risk, and when."""

    by: str
    assessment: Assessment
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the views come to. All that anybody said stays in ``views``; of one person's the last counts.

    ``spread`` is the widest over the axes; ``disagree`` is whether that is more than the policy allows, ``enough`` whether
    as many people have spoken as it asks for. ``chair`` is who set the assessment by decision, with the ``reason``;
    None where it is the median.
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
        """Whether the assessment may be used: people enough agree, or a chair has decided."""
        return self.chair is not None or (self.enough and not self.disagree)


def middles(risk: NDArray[np.int64], axis: ArrayLike, count: int, opportunity: ArrayLike) -> Middle:
    """The median of each risk's views on one axis, with their spread (highest less lowest).

    Halfway between two steps the prudent one counts: the higher of a threat's, the lower of an opportunity's.

    Args:
        risk: whose view, 0 to ``count`` - 1.
        axis: integers 1 to 5, one a view.
        opportunity: whether each risk is one; ``count`` of them.

    Raises:
        OutOfScale: a view outside 1 to 5.
        Impossible: a view of no risk, or columns of different lengths.
    """
    steps = on_scale("axis", axis)
    owner = places(risk, len(steps), count)
    ranked, views = steps[np.lexsort((steps, owner))], np.bincount(owner, minlength=count)
    has = views > 0
    size, first = views[has], (np.cumsum(views) - views)[has]
    # of an odd number both are the one in the middle
    doubled = ranked[first + (size - 1) // 2] + ranked[first + size // 2]
    threat = ~np.asarray(opportunity, dtype=bool)[has]
    median, spread = np.full(count, NONE, dtype=np.int8), np.zeros(count, dtype=np.int8)
    median[has] = (doubled + threat) // 2
    spread[has] = ranked[first + size - 1] - ranked[first]
    return Middle(median, spread, views)


def agreed(views: Sequence[View], kind: RiskKind, policy: Assessing) -> Consensus:
    """What the views of one risk come to: the median of each axis over the people, and whether they agree.

    A customer's own loss is the median of those who assessed it, None where nobody did.

    Args:
        views: in any order; of one person's the latest counts.

    Raises:
        Impossible: nobody has said anything.
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
    """The median and the spread of what was said on one axis of one risk; 0 and 0 where nobody spoke of it."""
    steps = np.array([step for step in said if step is not None], dtype=np.int64)
    found = middles(np.zeros(len(steps), dtype=np.int64), steps, 1, [kind is RiskKind.OPPORTUNITY])
    return int(found.median[0]), int(found.spread[0])


def decided(consensus: Consensus, assessment: Assessment, *, by: str, reason: str) -> Consensus:
    """The chair's assessment in place of the median, with a reason; the views and their disagreement stay as they were.

    Raises:
        ReasonMissing: there is none.
    """
    if not reason.strip():
        raise ReasonMissing
    return replace(consensus, assessment=assessment, chair=by, reason=reason)
