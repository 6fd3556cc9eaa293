"""Break-even: the market move that brings a customer's debt service cover down to a threshold, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks
from risk_engine.checks import Floats
from risk_engine.market.sensitivity import BASIS_POINTS, Exposures, checked, commodity_net

Codes = NDArray[np.int8]


class Reach(IntEnum):
    """The reach of a break-even: whether some move brings the cover down to its threshold.

    ``BELOW``: the cover is below the threshold already, and the move would bring it back up. ``NEVER``: no move does, as there is no
    exposure, nothing is due, or a price would have to fall below 0.
    """

    NONE = 0
    REACHED = 1
    BELOW = 2
    NEVER = 3


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The move with which the DSCR is at its threshold, in the units of :class:`Move`; NaN unless ``REACHED`` or ``BELOW``."""

    moves: Floats
    reach: Codes


def rate_break_even(exposures: Exposures, threshold: float) -> BreakEven:
    """Return the rate rise in basis points at which the DSCR meets the threshold: (CFADS/k − service) / (debt · share).

    Raises:
        Impossible: the threshold is not above 0; see :func:`checked`.
    """
    known, _service, spare = _spare(exposures, threshold)
    floating = known.debt * known.floating_share
    moves = BASIS_POINTS * _per(spare, floating)
    # interest cannot fall below 0
    floor = -BASIS_POINTS * _per(known.interest, floating)
    return _reached(moves, spare, floating, out_of_reach=moves < floor)


def currency_break_even(exposures: Exposures, threshold: float) -> BreakEven:
    """Return the fall of the home currency, a share, at which the DSCR meets the threshold.

    The debt service may grow by g = (CFADS / (k · service) − 1) / foreign share, which is a fall of g / (1 + g).

    Raises:
        Impossible: as :func:`rate_break_even`.
    """
    known, service, spare = _spare(exposures, threshold)
    foreign = service * known.foreign_share
    growth = _per(spare, foreign)
    possible = growth > -1.0
    moves = np.divide(growth, 1.0 + growth, out=np.full(len(growth), np.nan), where=possible)
    return _reached(moves, spare, foreign, out_of_reach=growth <= -1.0)


def commodity_break_even(exposures: Exposures, threshold: float) -> BreakEven:
    """Return the commodity price move, a share and below 0 for a fall, at which the DSCR meets the threshold.

    Raises:
        Impossible: as :func:`rate_break_even`.
    """
    known, service, spare = _spare(exposures, threshold)
    net = commodity_net(known)
    moves = _per(-threshold * spare, net)
    return _reached(moves, spare, net, out_of_reach=(moves < -1.0) | (service == 0))


def _spare(exposures: Exposures, threshold: float) -> tuple[Exposures, Floats, Floats]:
    """Return checked exposures, the debt service, and its spare capacity: CFADS / k − service."""
    least, known = checks.positive("threshold", threshold), checked(exposures)
    service = known.principal + known.interest
    return known, service, known.cfads / least - service


def _per(tops: Floats, bottoms: Floats) -> Floats:
    """Return top / bottom for either sign; NaN for a bottom of 0."""
    found: Floats = np.divide(tops, bottoms, out=np.full(len(tops), np.nan), where=bottoms != 0)
    return found


def _reached(moves: Floats, spare: Floats, exposed: Floats, *, out_of_reach: NDArray[np.bool_]) -> BreakEven:
    """Return the moves with their codes; without an exposure the cover does not move."""
    never = ((exposed == 0) & ~np.isnan(spare)) | out_of_reach
    reach = np.select([never, np.isnan(moves), spare < 0], [Reach.NEVER, Reach.NONE, Reach.BELOW], Reach.REACHED).astype(np.int8)
    return BreakEven(np.where(never, np.nan, moves), reach)
