"""Missing inputs of a customer, one line each, which explain figures that are not computable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.categorical import Coded
from risk_engine.facts import ageing
from risk_engine.facts.facts import Dates, Facts, Places
from risk_engine.impairment.impairment import Lacks
from risk_engine.policy.policy import Policy
from risk_engine.projects.periods import Doubt, periods
from risk_engine.ratings.customer_pd import CustomerPd, PdOrigin
from risk_engine.ratings.rating import Counted
from risk_engine.security.collateral_policy import KINDS

# lines of a statement without which nobody knows what a customer owes to others, or what it can pay with
_NEEDED_TO_REPAY = ("short_term_debt", "interest_expense", "cash")
# terms of a facility without which its expected credit loss is not computable
_OF_LOSSES = {int(Lacks.EIR): "interest", int(Lacks.REMAINING): "maturity", int(Lacks.PLAN): "plan"}


def missing(policy: Policy, facts: Facts, now: Counted, pd: CustomerPd, lacks: NDArray[np.int32]) -> Coded:
    """Return each customer's unknown inputs, one line each, as ``rate:USD``; empty if all are known.

    A rating is missing only where nothing else gives a PD; a letter that is on no master scale is named in any case. Facts that are too
    old to count are named with their date, as ``old_rating:1996-03-12``.

    Args:
        lacks: the missing inputs of each facility's expected credit loss.
    """
    lent, found, count = facts.facilities, facts.ratings, len(facts)
    lines = _Lines(count)
    unrated = np.bincount(found.owner, minlength=count) == 0
    lines.add(np.flatnonzero(unrated & (pd.origin == PdOrigin.NONE)), "rating")
    lines.date(found.owner, found.as_of, now.outdated, "old_rating")
    unmapped = np.flatnonzero(np.isnan(now.raw) & ~now.outdated)
    words = "letter:" + found.letters[unmapped].texts() + " (" + found.agencies[unmapped].texts() + ")"
    lines.name(found.owner[unmapped], Coded.of(words))
    none = np.bincount(lent.owner, minlength=count) == 0
    lines.add(np.flatnonzero(none), "facilities")
    unknown = lent.currencies.made(lambda name: float(name in facts.rates), 0.0) == 0
    lines.name(lent.owner[unknown], Coded(lent.currencies.codes[unknown], tuple(f"rate:{name}" for name in lent.currencies.names)))
    told = np.bincount(lent.owner, ~np.isnan(lent.days_past_due), count) > 0
    lines.add(np.flatnonzero(~none & ~told), "days_past_due")
    lines.add(np.unique(lent.owner[np.isnan(lent.lgd) & (lent.seniorities.codes < 0)]), "seniority")
    for flag, line in _OF_LOSSES.items():
        lines.add(np.unique(lent.owner[(lacks & flag) > 0]), line)
    lines.date(lent.owner, lent.dated, ageing.outdated(lent.dated, ageing.oldest(facts.as_of, policy.data.facility_days)), "old_ledger")
    _valuations(policy, facts, lines)
    _projections(policy, facts, lines)
    outdated = facts.accounts.outdated
    lines.date(np.arange(count), outdated, ~np.isnat(outdated), "old_statement")
    _transactions(policy, facts, lines)
    lines.add(np.flatnonzero((facts.accounts.ids == 0) & np.isnat(outdated)), "statement")
    for name in _NEEDED_TO_REPAY:
        lines.add(np.flatnonzero(~none & (facts.accounts.ids > 0) & np.isnan(facts.accounts.now[name])), f"account:{name}")
    lines.add(np.flatnonzero(~none & facts.customers.guaranteed), "guarantor_means")
    return lines.column()


def _transactions(policy: Policy, facts: Facts, lines: _Lines) -> None:
    """Name the last day of transactions that are too old."""
    rows, never = facts.account_months, np.datetime64("0001-01-01", "D")
    newest = np.full(len(facts), never)
    np.maximum.at(newest, rows.owner, rows.until)
    outdated = (newest > never) & ageing.outdated(newest, ageing.oldest(facts.as_of, policy.scoring.reading_max_age_days))
    lines.date(np.arange(len(facts)), newest, outdated, "old_transactions")


def _valuations(policy: Policy, facts: Facts, lines: _Lines) -> None:
    """Name the valuations that are too old, and collateral whose valuation has no date, or a later one."""
    held = facts.collateral
    valid = policy.collateral.valid_days[held.kinds.among(KINDS)]
    dated = held.valued <= facts.as_of
    age = np.where(dated, (facts.as_of - np.where(dated, held.valued, facts.as_of)).astype(np.int64), np.nan)
    lines.date(held.owner, held.valued, age > valid, "old_valuation")
    lines.add(np.unique(held.owner[~dated & np.isfinite(valid)]), "valuation")
    lines.add(np.unique(held.owner[np.isnan(held.values)]), "collateral_value")


def _projections(policy: Policy, facts: Facts, lines: _Lines) -> None:
    """Name the projections that are too old, and those of whose periods a length is not known."""
    rows = facts.projections
    outdated = ageing.outdated(rows.projected, ageing.oldest(facts.as_of, policy.data.projection_days))
    lines.date(rows.owner, rows.projected, outdated, "old_projection")
    order = np.lexsort((rows.period_end, rows.owner))
    found = periods(rows.owner[order], rows.period_end[order], rows.months[order])
    lines.add(np.unique(rows.owner[order][(found.doubts != Doubt.NONE) & ~outdated[order]]), "periods")


class _Lines:
    """Texts that grow line by line; a book has many customers, and few distinct texts."""

    def __init__(self, count: int) -> None:
        self.codes = np.zeros(count, dtype=np.int64)
        self.texts = [""]

    def add(self, owners: Places, line: str) -> None:
        """Append a line for each of these owners; each owner occurs once."""
        self._grow(owners, np.zeros(len(owners), dtype=np.int64), (line,))

    def date(self, owner: Places, days: Dates, which: NDArray[np.bool_], line: str) -> None:
        """Append each owner's distinct dates among these rows, the earliest first, as ``line:1996-03-12``, or ``line``."""
        if which.any():
            known, codes = np.unique(days[which].astype("datetime64[D]"), return_inverse=True)
            self.name(
                owner[which], Coded(codes.astype(np.int32), tuple(line if one == "NaT" else f"{line}:{one}" for one in known.astype(str)))
            )

    def name(self, owner: Places, words: Coded) -> None:
        """Append each owner's distinct words, sorted; the loop runs over the words of one owner, not over the owners."""
        names = tuple(sorted(words.names))
        pairs = np.unique(owner * max(len(names), 1) + words.among(names))
        owners, word = np.divmod(pairs, max(len(names), 1))
        turns = np.arange(len(owners)) - np.searchsorted(owners, owners)
        for turn in range(int(turns.max(initial=-1)) + 1):
            self._grow(owners[turns == turn], word[turns == turn], names)

    def _grow(self, owners: Places, word: Places, names: tuple[str, ...]) -> None:
        pairs, place = np.unique(self.codes[owners] * len(names) + word, return_inverse=True)
        self.codes[owners] = len(self.texts) + place
        for pair in pairs.tolist():
            before, line = self.texts[pair // len(names)], names[pair % len(names)]
            self.texts.append(f"{before}\n{line}" if before else line)

    def column(self) -> Coded:
        return Coded(self.codes.astype(np.int32), tuple(self.texts))
