"""Recoveries from guarantees in the accounts: the share of a loss that remains, today and in each year, while guarantees last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine.credit import Floats, Places
from risk_engine.security import guarantees
from risk_engine.security.guarantees import Cover


@dataclass(frozen=True, slots=True)
class Unrecovered:
    """The share of each facility's loss that no guarantee recovers: of a loss today, and of those of each year, one row per year.

    After the last row nothing changes any more.
    """

    today: Floats
    by_year: Floats


def unrecovered(cover: Cover, left: Floats, ead: Floats, guarantor_pd: Floats, remaining: Floats) -> Unrecovered:
    """Return the share left after guarantees; within a year each counts for its part before its end, as a default may come any day.

    A covered loss remains only if the guarantor defaults as well. The covered part is that of today's exposure; the regulator's
    reduction for a maturity mismatch has no place in the accounts.

    Args:
        left: years until the end of the guarantee of each row of ``cover``; NaN without an end.
        guarantor_pd: by the numbers in ``cover.guarantor``.
        remaining: each facility's years of life; NaN is unknown.

    Source: IFRS 9 5.5.17, B5.5.55 (cash flows expected from credit enhancements that are integral to the contract).
    """
    turn = _turn(cover.facility, left)
    count = int(turn[~np.isnan(left)].max(initial=-1)) + 1
    ended = np.full((count + 2, len(ead)), np.inf)
    ended[0] = 0.0
    known = np.flatnonzero(~np.isnan(left))
    ended[turn[known] + 1, cover.facility[known]] = np.maximum(left[known], 0.0)
    shares = [_remains(cover, turn >= gone, ead, guarantor_pd) for gone in range(count + 1)]
    longest = np.fmin(np.max(left[known], initial=0.0), np.fmax.reduce(remaining, initial=0.0))
    years = [_of_year(year, shares, ended, remaining) for year in range(int(np.ceil(longest)) + 1)]
    return Unrecovered(shares[0], np.stack(years))


def _turn(facility: Places, left: Floats) -> Places:
    """Return the place of each guarantee in the order in which those of its facility end; those without an end come last."""
    order = np.lexsort((left, facility))
    turn = np.empty(len(left), dtype=np.int64)
    turn[order] = np.arange(len(left)) - np.searchsorted(facility[order], facility[order])
    return np.where(np.isnan(left), len(left), turn)


def _remains(cover: Cover, which: guarantees.Flags, ead: Floats, guarantor_pd: Floats) -> Floats:
    standing = Cover(cover.facility[which], cover.guarantor[which], cover.amount[which], cover.unlimited[which])
    found = guarantees.substituted(standing, ead, np.ones(len(ead)), guarantor_pd).pd
    return np.where(np.isnan(found), 1.0, found)


def _of_year(year: int, shares: list[Floats], ended: Floats, remaining: Floats) -> Floats:
    """Return the mean share over a year, counted from 0, or over the part of it in which a facility still lives."""
    until = np.where(remaining > year, np.fmin(remaining, year + 1.0), year + 1.0)
    mean = np.zeros(len(until))
    for share, begin, end in zip(shares, ended[:-1], ended[1:], strict=True):
        mean += share * np.maximum(np.minimum(end, until) - np.maximum(begin, year), 0.0) / (until - year)
    # the parts of a year add up to 1 but for a rounding
    return np.minimum(mean, 1.0)
