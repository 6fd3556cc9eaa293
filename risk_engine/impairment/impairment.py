"""Expected credit losses of IFRS 9 by claim and year, over twelve months and over the lifetime."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks
from risk_engine.checks import Impossible
from risk_engine.credit import Floats
from risk_engine.impairment import amortisation
from risk_engine.impairment.staging import Stage, Stages


@dataclass(frozen=True, slots=True)
class Claims:
    """The inputs of every claim's loss, one column each; NaN is missing.

    ``curve``: the place of its PDs among the curves, -1 for none. ``drawn``, ``undrawn`` in one unit of money; ``ccf`` and
    ``lgd`` shares; ``eir`` the effective interest a year; ``remaining`` years of life; ``plan`` see ``amortisation.Plan``.
    ``balances``, where given: the drawn amount at the beginning of each year, one row per year; NaN to follow the plan.
    ``unrecovered``, where given: the share of each year's loss that no guarantee recovers, one row per year; the last one repeats.
    """

    curve: NDArray[np.int32]
    drawn: Floats
    undrawn: Floats
    ccf: Floats
    lgd: Floats
    eir: Floats
    remaining: Floats
    plan: amortisation.Plans
    balances: Floats | None = None
    unrecovered: Floats | None = None

    def __len__(self) -> int:
        return len(self.curve)


@dataclass(frozen=True, slots=True)
class Losses:
    """Each claim's expected credit loss over twelve months and over its lifetime, in the unit of its amounts."""

    twelve_months: Floats
    lifetime: Floats


class Lacks(IntFlag):
    """The missing inputs of a claim's loss."""

    PD = 1
    DRAWN = 2
    UNDRAWN = 4
    CCF = 8
    LGD = 16
    EIR = 32
    REMAINING = 64
    PLAN = 128
    STAGE = 256


def checked(claims: Claims) -> Claims:
    """Return the claims with contiguous columns after checking their values.

    Raises:
        Impossible: a share outside 0 to 1, an amount below 0, interest of -100 % or less, a remaining life of 0 or less or of more
            than a hundred years.
    """
    for name, values in (("eir", claims.eir), ("remaining", claims.remaining)):
        low, high = (-1.0, np.inf) if name == "eir" else (0.0, float(amortisation.LONGEST_YEARS))
        wrong = np.flatnonzero((values <= low) | (values > high))
        if len(wrong):
            accepted = f"above {low:g}" + (f", up to {high:g}" if high < np.inf else "")
            raise Impossible(field=name, value=float(values[wrong[0]]), accepted=accepted, place=int(wrong[0]))
    return replace(
        claims,
        drawn=checks.not_negative("drawn", claims.drawn),
        undrawn=checks.not_negative("undrawn", claims.undrawn),
        ccf=checks.share("ccf", claims.ccf),
        lgd=checks.share("lgd", claims.lgd),
        eir=checks.column("eir", claims.eir),
        remaining=checks.column("remaining", claims.remaining),
        balances=None if claims.balances is None else checks.not_negative("balances", claims.balances),
        unrecovered=None if claims.unrecovered is None else checks.share("unrecovered", claims.unrecovered),
    )


def off_balance(undrawn: Floats, ccf: Floats) -> Floats:
    """Return CCF · undrawn; 0 where nothing is undrawn, even without a factor."""
    return np.where(undrawn == 0, 0.0, ccf * undrawn)


def losses(curves: Floats, claims: Claims) -> Losses:
    """Return Σ marginal PD(t) · LGD · EAD(t) / (1 + EIR)^t over each claim's life, and over its first year.

    Default is at the year's end; a last, partial year counts its conditional PD pro rata and ends with the claim. EAD(t) is the
    drawn amount at the beginning of the year, plus CCF · undrawn. Beyond the last year of the curves its conditional PD repeats.
    Of each year's loss the share that guarantees recover is left out.

    Args:
        curves: conditional PDs, one row per letter, one column per year.

    Raises:
        Impossible: see :func:`checked`; or a PD outside 0 to 1, or an unknown curve.

    Source: IFRS 9 5.5.17, B5.5.28-B5.5.44; bullet 1,000, PD 2 %, LGD 45 %, EIR 6 %, 5 years: 36.510502.
    """
    hazards, claims = checks.share("pd", curves), checked(claims)
    if len(wrong := np.flatnonzero((claims.curve < -1) | (claims.curve >= len(hazards)))):
        place = int(wrong[0])
        raise Impossible(field="curve", value=int(claims.curve[place]), accepted=f"-1 to {len(hazards) - 1}", place=place)
    # the longest-lived claims come first, so that the claims alive in a year are the head of every column; unknown lives drop out
    order = np.argsort(-claims.remaining, kind="stable")[: len(claims) - int(np.isnan(claims.remaining).sum())]
    first, whole = _added(hazards, _taken(claims, order))
    twelve, lifetime = np.full(len(claims), np.nan), np.full(len(claims), np.nan)
    twelve[order], lifetime[order] = first, whole
    return Losses(twelve, lifetime)


def _taken(claims: Claims, order: NDArray[np.int64]) -> Claims:
    names = ("curve", "drawn", "undrawn", "ccf", "lgd", "eir", "remaining", "plan")
    balances, unrecovered = (
        None if rows is None else np.ascontiguousarray(rows[:, order]) for rows in (claims.balances, claims.unrecovered)
    )
    return Claims(**{name: getattr(claims, name)[order] for name in names}, balances=balances, unrecovered=unrecovered)


def _added(hazards: Floats, claims: Claims) -> tuple[Floats, Floats]:
    """Return the first year's and all years' losses of claims sorted by remaining life, the longest first."""
    count = len(claims)
    alive, worth, total = np.ones(count), np.ones(count), np.zeros(count)
    year_worth = 1.0 / (1.0 + claims.eir)
    last_worth = (1.0 + claims.eir) ** -(claims.remaining - np.floor(claims.remaining))
    standby, first, year = off_balance(claims.undrawn, claims.ccf), total, 0
    while left := int(np.searchsorted(-claims.remaining, -year, side="left")):
        share = np.minimum(claims.remaining[:left] - year, 1.0)
        pd = _conditional(hazards, claims.curve[:left], year) * share
        worth[:left] *= np.where(share < 1.0, last_worth[:left], year_worth[:left])
        ead = _balances(claims, year, left) + standby[:left]
        total[:left] += alive[:left] * pd * _lgd(claims, year, left) * ead * worth[:left]
        alive[:left] *= 1.0 - pd
        year += 1
        if year == 1:
            first = total.copy()
    return first, total


def _conditional(hazards: Floats, curve: NDArray[np.int32], year: int) -> Floats:
    """Return each claim's conditional PD in a year, counted from 0; NaN without a curve."""
    column: Floats = np.append(hazards[:, min(year, hazards.shape[1] - 1)], np.nan)
    return column[curve]


def _lgd(claims: Claims, year: int, left: int) -> Floats:
    """Return the share that is lost in a year, counted from 0, after recoveries from guarantees in that year."""
    if claims.unrecovered is None:
        return claims.lgd[:left]
    lost: Floats = claims.lgd[:left] * claims.unrecovered[min(year, len(claims.unrecovered) - 1), :left]
    return lost


def _balances(claims: Claims, year: int, left: int) -> Floats:
    """Return the drawn amount at the beginning of a year, counted from 0: as given, else by the plan."""
    owed = amortisation.still_owed(claims.plan[:left], year + 1, claims.remaining[:left], claims.eir[:left])
    planned: Floats = claims.drawn[:left] * owed
    if claims.balances is None or year >= len(claims.balances):
        return planned
    given = claims.balances[year, :left]
    drawn: Floats = np.where(np.isnan(given), planned, given)
    return drawn


# --- missing inputs ---------------------------------------------------------------------------------------------------


def lacking(curves: Floats, claims: Claims, stages: Stages) -> NDArray[np.int32]:
    """Return the missing inputs of every claim's loss, as masks of :class:`Lacks`.

    An impaired claim needs neither PDs nor a life, and a fully drawn claim needs no conversion factor.
    """
    performing = stages != Stage.THREE
    wanting = {
        Lacks.PD: performing & np.isnan(_conditional(np.atleast_2d(curves), claims.curve, 0)),
        Lacks.DRAWN: np.isnan(claims.drawn),
        Lacks.UNDRAWN: np.isnan(claims.undrawn),
        Lacks.CCF: np.isnan(claims.ccf) & (claims.undrawn != 0),
        Lacks.LGD: np.isnan(claims.lgd),
        Lacks.EIR: performing & np.isnan(claims.eir),
        Lacks.REMAINING: performing & np.isnan(claims.remaining),
        Lacks.PLAN: performing & (claims.plan == amortisation.Plan.UNKNOWN) & ~_given(claims),
        Lacks.STAGE: stages == Stage.NONE,
    }
    mask = np.zeros(len(claims), dtype=np.int32)
    for flag, where in wanting.items():
        mask |= where.astype(np.int32) * np.int32(flag)
    return mask


def _given(claims: Claims) -> NDArray[np.bool_]:
    """Flag claims whose balances are given for every year of their life."""
    if claims.balances is None:
        return np.zeros(len(claims), dtype=bool)
    whole = claims.remaining <= len(claims.balances)
    for year, balances in enumerate(claims.balances):
        whole &= ~np.isnan(balances) | (claims.remaining <= year)
    return whole
