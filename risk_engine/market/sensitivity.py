"""Sensitivity of a customer's figures to interest rates, the home currency and a commodity price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from risk_engine import checks
from risk_engine.checks import Floats
from risk_engine.market.sensitivity_policy import Move
from risk_engine.measure import divided

BASIS_POINTS = 10_000.0


@dataclass(frozen=True, slots=True)
class Exposures:
    """Each customer's exposures, figures of twelve months in its home currency, that of its revenue; NaN is missing.

    ``floating_share`` of the debt pays a variable rate and ``foreign_share`` of the debt is owed in other currencies, both
    net of hedges; ``commodity_revenue_share`` and ``commodity_cost_share`` are the shares of revenue and of cost of sales
    that follow the commodity's price. ``cfads`` is after tax, which is assumed constant.
    """

    debt: Floats
    principal: Floats
    interest: Floats
    revenue: Floats
    cost_of_sales: Floats
    ebitda: Floats
    cfads: Floats
    floating_share: Floats
    foreign_share: Floats
    commodity_revenue_share: Floats
    commodity_cost_share: Floats


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that a move changes, as stressed values or as differences; NaN is not computable."""

    debt: Floats
    principal: Floats
    interest: Floats
    ebitda: Floats
    cfads: Floats
    dscr: Floats
    interest_cover: Floats


NO_MOVE = Move(name="none")
SHARES = ("floating_share", "foreign_share", "commodity_revenue_share", "commodity_cost_share")
NEVER_NEGATIVE = ("debt", "principal", "interest", "revenue", "cost_of_sales")


def checked(exposures: Exposures) -> Exposures:
    """Return the exposures as checked columns.

    Raises:
        Impossible: a share outside 0 to 1, or a debt, payment, revenue or cost below 0.
    """
    found = {one.name: checks.column(one.name, getattr(exposures, one.name)) for one in fields(exposures)}
    found |= {name: checks.share(name, found[name]) for name in SHARES}
    found |= {name: checks.not_negative(name, found[name]) for name in NEVER_NEGATIVE}
    return Exposures(**found)


def dearer(home_currency: float) -> float:
    """Return the rise in price of other currencies when the home currency falls by y: y / (1 − y); 20 % gives 25 %."""
    return home_currency / (1.0 - home_currency)


def stressed(move: Move, exposures: Exposures) -> Figures:
    """Return each customer's figures under a move that lasts a year; a factor that does not move needs no known share.

    Rates change the interest on the floating part of the debt; the home currency changes debt, principal and interest of the foreign
    part, and so the debt that a rate move applies to; the commodity changes EBITDA and CFADS. No cost is passed on, no
    hedge added and no tax saved. Interest does not fall below 0.

    Raises:
        Impossible: see :func:`checked`.
    """
    return _stressed(move, checked(exposures))


def _stressed(move: Move, known: Exposures) -> Figures:
    grown = 1.0 + dearer(move.home_currency) * known.foreign_share if move.home_currency else np.ones(len(known.debt))
    debt, principal, interest = known.debt * grown, known.principal * grown, known.interest * grown
    if move.rate_bp:
        interest = np.maximum(interest + debt * known.floating_share * (move.rate_bp / BASIS_POINTS), 0.0)
    earned = move.commodity * commodity_net(known) if move.commodity else np.zeros(len(known.debt))
    ebitda, cfads = known.ebitda + earned, known.cfads + earned
    return Figures(debt, principal, interest, ebitda, cfads, divided(cfads, principal + interest), divided(ebitda, interest))


def effects(move: Move, exposures: Exposures) -> tuple[Figures, Figures]:
    """Return the stressed figures, and their differences from the base case."""
    (found,) = compared((move,), exposures)
    return found


def compared(moves: Iterable[Move], exposures: Exposures) -> Iterator[tuple[Figures, Figures]]:
    """Yield the effects of each move in turn.

    Raises:
        Impossible: see :func:`checked`.
    """
    known = checked(exposures)
    before = _stressed(NO_MOVE, known)
    for move in moves:
        after = _stressed(move, known)
        yield after, Figures(**{one.name: getattr(after, one.name) - getattr(before, one.name) for one in fields(after)})


def commodity_net(exposures: Exposures) -> Floats:
    """Return the gain of EBITDA when the commodity price doubles: exposed revenue less exposed costs; below 0 for a buyer."""
    return exposures.revenue * exposures.commodity_revenue_share - exposures.cost_of_sales * exposures.commodity_cost_share


def lacks(move: Move, exposures: Exposures, place: int) -> tuple[str, ...]:
    """Return the missing inputs of a customer's figures under a move, in the order of :class:`Exposures`."""
    unused = set()
    if not move.rate_bp:
        unused.add("floating_share")
    if not move.home_currency:
        unused.add("foreign_share")
    if not move.commodity:
        unused |= {"revenue", "cost_of_sales", "commodity_revenue_share", "commodity_cost_share"}
    return tuple(one.name for one in fields(exposures) if one.name not in unused and np.isnan(getattr(exposures, one.name)[place]))
