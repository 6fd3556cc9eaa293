"""Settling: the choice between a derived and a reported value of an indicator; one rule for every screen, score and alert."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Dates, Floats
from risk_engine.indicators.indicator_policy import Evidence, Indicators

Bools = NDArray[np.bool_]
Origins = NDArray[np.int8]


class Origin(IntEnum):
    """The origin of a value: reported, or derived from one of these kinds of facts."""

    REPORTED = 0
    AUDITED = 1
    UNAUDITED = 2
    LEDGER = 3
    PRICES = 4
    SCORE = 5
    # the ledger's amounts in several currencies, of which one has no exchange rate
    UNPRICED = 6
    # the transactions on the customer's accounts
    CONDUCT = 7


# the kind of evidence of each origin; a derived price move ranks like the reported prices
EVIDENCE: dict[Origin, Evidence] = {
    Origin.REPORTED: "reported",
    Origin.AUDITED: "audited",
    Origin.UNAUDITED: "unaudited",
    Origin.LEDGER: "ledger",
    Origin.PRICES: "reported",
    Origin.SCORE: "ledger",
    Origin.UNPRICED: "ledger",
    Origin.CONDUCT: "ledger",
}


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of one kind for each customer; NaN and NaT where there is none."""

    values: Floats
    days: Dates
    origins: Origins


@dataclass(frozen=True, slots=True)
class Settled:
    """Each customer's settled value with its date and origin; ``reported`` is True where it is the reported one."""

    values: Floats
    days: Dates
    origins: Origins
    reported: Bools


def settle(rule: Indicators, derived: Latest, reported: Latest) -> Settled:
    """Choose for each customer between the newest derived and the newest reported value.

    By the policy's ``prefer`` the later date counts, and on one date the better evidence; a value that is missing gives
    way to the other whatever its date.
    """
    chosen = reported_counts(rule, derived, reported)
    return Settled(
        np.where(chosen, reported.values, derived.values),
        np.where(chosen, reported.days, derived.days),
        np.where(chosen, reported.origins, derived.origins).astype(np.int8),
        chosen,
    )


def reported_counts(rule: Indicators, derived: Latest, reported: Latest) -> Bools:
    """Flag customers whose reported value takes precedence."""
    there, alone = ~np.isnan(reported.values), np.isnan(derived.values)
    if rule.prefer == "reported":
        return there
    if rule.prefer == "derived":
        return there & alone
    ranks = evidence_ranks(rule)
    better = ranks[reported.origins] <= ranks[derived.origins]
    later = (reported.days > derived.days) | ((reported.days == derived.days) & better)
    found: Bools = there & (alone | later)
    return found


def evidence_ranks(rule: Indicators) -> NDArray[np.int8]:
    """Return the rank of each origin among values of one date, 0 first."""
    return np.array([rule.on_one_date.index(EVIDENCE[origin]) for origin in Origin], dtype=np.int8)


def contradict(rule: Indicators, derived: Latest, reported: Latest) -> Bools:
    """Flag customers whose two values differ by more than the tolerance and are close enough in time to compare."""
    apart = np.abs(derived.values - reported.values)
    larger = np.maximum(np.abs(derived.values), np.abs(reported.values))
    near = np.abs(derived.days - reported.days) <= rule.compared_within_days * ONE_DAY
    found: Bools = near & (apart > rule.tolerance * larger)
    return found
