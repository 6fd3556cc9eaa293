"""Guarantees: contagion from a guarantor's default, substitution of PDs, and connected customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks
from risk_engine.credit import Floats, Places
from risk_engine.measure import divided

Flags = NDArray[np.bool_]

NONE = -1


@dataclass(frozen=True, slots=True)
class Guarantees:
    """Guarantees, one a row: the codes of guarantor and debtor."""

    guarantor: Places
    debtor: Places


@dataclass(frozen=True, slots=True)
class Reached:
    """The customers reached by defaults through guarantees.

    For every customer: ``hit``, True if it has defaulted or is reached; ``by``, the guarantor through whom it is first reached (of
    several the one with the smallest code), -1 where it is not or has itself defaulted; ``origin``, the default at the beginning of
    that chain, its own where it has defaulted; ``steps``, the number of guarantees in the chain. ``struck``: the guarantees that
    have become worthless.
    """

    hit: Flags
    by: Places
    origin: Places
    steps: Places
    struck: Flags


def reached(guarantees: Guarantees, defaulted: Flags) -> Reached:
    """Follow defaults from guarantors to their debtors, and from these to their own debtors, until nobody new is reached.

    Each customer is reached once, by the shortest chain, so that a circle of guarantees ends.

    Args:
        defaulted: a flag for every customer.
    """
    hit, steps = defaulted.copy(), np.where(defaulted, 0, NONE)
    by, origin = np.full(len(hit), NONE), np.where(defaulted, np.arange(len(hit)), NONE)
    while (fresh := hit[guarantees.guarantor] & ~hit[guarantees.debtor]).any():
        # NumPy keeps the last of several writes to one place, and the smallest code comes last
        rows = np.flatnonzero(fresh)[np.argsort(-guarantees.guarantor[fresh], kind="stable")]
        guarantor, debtor = guarantees.guarantor[rows], guarantees.debtor[rows]
        by[debtor] = guarantor
        origin[debtor], steps[debtor] = origin[by[debtor]], steps[by[debtor]] + 1
        hit[debtor] = True
    return Reached(hit, by, origin, steps, hit[guarantees.guarantor])


@dataclass(frozen=True, slots=True)
class Cover:
    """Covered facilities, one row per guarantor: up to ``amount`` (facility's currency, after haircuts), or ``unlimited``.

    A guarantee of several facilities has one row for each with its part, see :func:`risk_engine.security.collateral.weights`.
    """

    facility: Places
    guarantor: Places
    amount: Floats
    unlimited: Flags


@dataclass(frozen=True, slots=True)
class Substituted:
    """Substitution for every facility: ``pd`` after better guarantors, and the ``share`` that they cover.

    ``guarantor``: the best one; -1 where none is better. ``used``: what each row of the cover takes of its facility's exposure.
    """

    pd: Floats
    share: Floats
    guarantor: Places
    used: Floats


def substituted(cover: Cover, ead: Floats, pd: Floats, guarantor_pd: Floats) -> Substituted:
    """Return the PD of every facility: the guaranteed share of the exposure takes its guarantor's PD where that is lower.

    The best guarantor comes first (of equals the one with the smaller code), until the exposure is covered. A guarantor
    without a PD, or one that has defaulted, is no better than the debtor and covers nothing; a missing amount makes the PD NaN if
    the guarantor would be better. Without an exposure the PD is the debtor's.

    Args:
        ead, pd: for every facility, NaN is missing.
        guarantor_pd: for every customer.

    Raises:
        Impossible: a PD outside 0 to 1, or an amount below 0.

    Source: CRE22 and CRE32, substitution approach: the protected part takes the guarantor's PD, the rest keeps the debtor's.
    """
    owed, own = checks.not_negative("ead", ead), checks.share("pd", pd)
    better, rank = _ranked(cover, own, checks.share("guarantor_pd", guarantor_pd))
    amount = np.where(cover.unlimited, np.inf, checks.not_negative("amount", cover.amount))
    open_, risk, best, taken = owed.copy(), np.zeros(len(owed)), np.full(len(owed), NONE), np.zeros(len(amount))
    for turn in range(int(rank.max(initial=-1)) + 1):
        rows = better[rank == turn]
        facility, guarantor = cover.facility[rows], cover.guarantor[rows]
        used = np.minimum(open_[facility], amount[rows])
        open_[facility] -= used
        taken[rows] = used
        risk[facility] += used * guarantor_pd[guarantor]
        if turn == 0:
            best[facility] = guarantor
    # without a guarantor use the debtor's own PD, free of rounding errors
    alone = best == NONE
    mixed = np.minimum(divided(risk + open_ * own, owed), own)
    share = np.where(alone, 0.0, divided(owed - open_, owed))
    return Substituted(np.where(alone | (owed == 0), own, mixed), share, best, taken)


def _ranked(cover: Cover, pd: Floats, guarantor_pd: Floats) -> tuple[Places, Places]:
    """Return the rows with a guarantor better than the debtor, the best of each facility first, and their ranks from 0."""
    theirs = guarantor_pd[cover.guarantor]
    rows = np.flatnonzero((theirs < pd[cover.facility]) & (cover.unlimited | ~(cover.amount == 0)))
    rows = rows[np.lexsort((cover.amount[rows], cover.guarantor[rows], theirs[rows], cover.facility[rows]))]
    facility = cover.facility[rows]
    return rows, np.arange(len(rows)) - np.searchsorted(facility, facility, side="left")


def connected(left: Places, right: Places, count: int) -> Places:
    """Return the component of every customer: the smallest code among all customers linked with it.

    Links are of any kind, such as group membership (see :func:`group_links`), guarantees or ownership; direction does not matter.
    Each round attaches the component of the larger code to that of the smaller one and then shortens all paths.

    Args:
        left, right: the codes 0 to ``count`` - 1 that each link joins.

    Source: Basel LEX10 (groups of connected counterparties: control or economic interdependence); 商业银行大额风险暴露管理办法 (2018).
    """
    root = np.arange(count)
    while (apart := root[left] != root[right]).any():
        a, b = root[left[apart]], root[right[apart]]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while ((shorter := root[root]) != root).any():
            root = shorter
    return root


def group_links(group: Places) -> tuple[Places, Places]:
    """Return the links of group membership: each member with the first one of its group.

    Args:
        group: the code of every customer's group, -1 for none.
    """
    members = np.flatnonzero(group >= 0)
    _groups, first, which = np.unique(group[members], return_index=True, return_inverse=True)
    return members, members[first][which]
