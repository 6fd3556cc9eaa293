"""Guarantees: whom a guarantor's default reaches, whose PD counts for what is guaranteed, and who is connected with whom."""

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
    """A row a guarantee: the codes of who answers and of whom for."""

    guarantor: Places
    debtor: Places


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom defaults reach through guarantees.

    Of every customer: ``hit``, whether it has defaulted or is reached; ``by``, the guarantor through whom it is first
    reached (of several the one with the smallest code), -1 where it is not or has itself defaulted; ``origin``, the
    default at the beginning of that chain, its own where it has defaulted; ``steps``, how many guarantees the chain has.
    ``struck``: the guarantees on which nobody can rely any more.
    """

    hit: Flags
    by: Places
    origin: Places
    steps: Places
    struck: Flags


def reached(guarantees: Guarantees, defaulted: Flags) -> Reached:
    """Follow defaults from guarantors to debtors, and from these to whom they guarantee in turn, until nobody is new.

    Each customer is reached once, by the shortest chain, so that a circle of guarantees ends.

    Args:
        defaulted: of every customer.
    """
    hit, steps = defaulted.copy(), np.where(defaulted, 0, NONE)
    by, origin = np.full(len(hit), NONE), np.where(defaulted, np.arange(len(hit)), NONE)
    while (fresh := hit[guarantees.guarantor] & ~hit[guarantees.debtor]).any():
        # of several writes to one place the last one stays, and the smallest code comes last
        rows = np.flatnonzero(fresh)[np.argsort(-guarantees.guarantor[fresh], kind="stable")]
        guarantor, debtor = guarantees.guarantor[rows], guarantees.debtor[rows]
        by[debtor] = guarantor
        origin[debtor], steps[debtor] = origin[by[debtor]], steps[by[debtor]] + 1
        hit[debtor] = True
    return Reached(hit, by, origin, steps, hit[guarantees.guarantor])


@dataclass(frozen=True, slots=True)
class Cover:
    """A row a facility that a guarantor covers up to ``amount`` (in the facility's currency, after haircuts), or ``unlimited``.

    A guarantee of several facilities has a row for each with its part, see :func:`risk_engine.security.collateral.weights`.
    """

    facility: Places
    guarantor: Places
    amount: Floats
    unlimited: Flags


@dataclass(frozen=True, slots=True)
class Substituted:
    """Of every facility: ``pd`` with guarantors in the debtor's place where they are better, the ``share`` for which they are.

    ``guarantor``: the best one; -1 where none is better.
    """

    pd: Floats
    share: Floats
    guarantor: Places


def substituted(cover: Cover, ead: Floats, pd: Floats, guarantor_pd: Floats) -> Substituted:
    """The PD of every facility: the guaranteed share of the exposure takes its guarantor's where that is lower.

    The best guarantor comes first (of equals the one with the smaller code), until the exposure is covered. A guarantor
    without a PD, or one that has defaulted, is no better than the debtor and covers nothing; an amount that is missing
    leaves the PD open if the guarantor would be better. Without an exposure the PD is the debtor's.

    Args:
        ead, pd: of every facility, NaN is missing.
        guarantor_pd: of every customer.

    Raises:
        Impossible: a PD outside 0 to 1, or an amount below 0.

    Source: CRE22 and CRE32, substitution approach: the protected part takes the guarantor's PD, the rest keeps the debtor's.
    """
    owed, own = checks.not_negative("ead", ead), checks.share("pd", pd)
    better, rank = _ranked(cover, own, checks.share("guarantor_pd", guarantor_pd))
    amount = np.where(cover.unlimited, np.inf, checks.not_negative("amount", cover.amount))
    open_, risk, best = owed.copy(), np.zeros(len(owed)), np.full(len(owed), NONE)
    for turn in range(int(rank.max(initial=-1)) + 1):
        rows = better[rank == turn]
        facility, guarantor = cover.facility[rows], cover.guarantor[rows]
        used = np.minimum(open_[facility], amount[rows])
        open_[facility] -= used
        risk[facility] += used * guarantor_pd[guarantor]
        if turn == 0:
            best[facility] = guarantor
    # without a guarantor the debtor's own PD, and not what a product and a quotient make of it
    alone = best == NONE
    mixed = np.minimum(divided(risk + open_ * own, owed), own)
    share = np.where(alone, 0.0, divided(owed - open_, owed))
    return Substituted(np.where(alone | (owed == 0), own, mixed), share, best)


def _ranked(cover: Cover, pd: Floats, guarantor_pd: Floats) -> tuple[Places, Places]:
    """The rows whose guarantor is better than the debtor, the best of each facility first; and each one's turn, from 0."""
    theirs = guarantor_pd[cover.guarantor]
    rows = np.flatnonzero((theirs < pd[cover.facility]) & (cover.unlimited | ~(cover.amount == 0)))
    rows = rows[np.lexsort((cover.amount[rows], cover.guarantor[rows], theirs[rows], cover.facility[rows]))]
    facility = cover.facility[rows]
    return rows, np.arange(len(rows)) - np.searchsorted(facility, facility, side="left")


def connected(left: Places, right: Places, count: int) -> Places:
    """The component of every customer: the smallest code among all that links of any length join it with.

    Links are of any kind, as membership of a group (see :func:`group_links`), guarantees, ownership; direction does not
    matter. Each round hangs the component of the larger code on that of the smaller one and then shortens all ways.

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
    """The links that membership makes: each member with the first one of its group.

    Args:
        group: the code of every customer's group, -1 for none.
    """
    members = np.flatnonzero(group >= 0)
    _groups, first, which = np.unique(group[members], return_index=True, return_inverse=True)
    return members, members[first][which]
