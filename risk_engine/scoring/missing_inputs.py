"""Missing inputs of a customer, one line each, which explain figures that are not computable."""

from __future__ import annotations

import numpy as np

from risk_engine.categorical import Coded
from risk_engine.facts.facts import Facts, Places
from risk_engine.ratings.rating import Counted


def missing(facts: Facts, now: Counted) -> Coded:
    """Return each customer's unknown inputs, one line each, as ``rate:USD``; empty if all are known."""
    lent, found, count = facts.facilities, facts.ratings, len(facts)
    lines = _Lines(count)
    lines.add(np.flatnonzero(np.bincount(found.owner, minlength=count) == 0), "rating")
    unmapped = np.flatnonzero(np.isnan(now.raw))
    words = "letter:" + found.letters[unmapped].texts() + " (" + found.agencies[unmapped].texts() + ")"
    lines.name(found.owner[unmapped], Coded.of(words))
    none = np.bincount(lent.owner, minlength=count) == 0
    lines.add(np.flatnonzero(none), "facilities")
    unknown = lent.currencies.made(lambda name: float(name in facts.rates), 0.0) == 0
    lines.name(lent.owner[unknown], Coded(lent.currencies.codes[unknown], tuple(f"rate:{name}" for name in lent.currencies.names)))
    told = np.bincount(lent.owner, ~np.isnan(lent.days_past_due), count) > 0
    lines.add(np.flatnonzero(~none & ~told), "days_past_due")
    lines.add(np.unique(lent.owner[np.isnan(lent.lgd) & (lent.seniorities.codes < 0)]), "seniority")
    lines.add(np.flatnonzero(facts.accounts.ids == 0), "statement")
    return lines.column()


class _Lines:
    """Texts that grow line by line; a book has many customers, and few distinct texts."""

    def __init__(self, count: int) -> None:
        self.codes = np.zeros(count, dtype=np.int64)
        self.texts = [""]

    def add(self, owners: Places, line: str) -> None:
        """Append a line for each of these owners; each owner occurs once."""
        self._grow(owners, np.zeros(len(owners), dtype=np.int64), (line,))

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
