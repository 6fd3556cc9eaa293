"""Categorical columns: words stored as small whole numbers, as a book has few distinct words and many rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Selection = NDArray[np.int64] | NDArray[np.bool_] | slice


@dataclass(frozen=True, slots=True)
class Coded:
    """A categorical column: ``codes`` are places in ``names``, -1 where the word is missing."""

    codes: Codes
    names: tuple[str, ...]

    @classmethod
    def of(cls, words: Sequence[str | None] | NDArray[np.object_]) -> Coded:
        """Encode words as a column; None is missing, and codes follow the order of first appearance."""
        listed = words.tolist() if isinstance(words, np.ndarray) else words
        names = [word for word in dict.fromkeys(listed) if word is not None]
        known: dict[str | None, int] = {word: code for code, word in enumerate(names)} | {None: -1}
        # one dictionary look-up per row: sorting the words would be ten times slower
        codes = np.fromiter(map(known.__getitem__, listed), dtype=np.int32, count=len(listed))
        return cls(codes, tuple(names))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, places: Selection) -> Coded:
        return Coded(self.codes[places], self.names)

    def figures(self, table: Mapping[str, float], otherwise: float, missing: float | None = None) -> Floats:
        """Return the table's figure for each word; ``otherwise`` for an unknown word, ``missing`` for a missing one."""
        return self.made(lambda name: table.get(name, otherwise), otherwise if missing is None else missing)

    def made(self, figure: Callable[[str], float], missing: float) -> Floats:
        """Return a figure for each word, computed once per distinct word."""
        found = np.array([*(figure(name) for name in self.names), missing], dtype=np.float64)
        return found[self.codes]

    def among(self, names: Sequence[str]) -> Codes:
        """Return each word's place in a list of names; -1 if it is missing or not in the list."""
        places = {name: place for place, name in enumerate(names)}
        found = np.array([*(places.get(name, -1) for name in self.names), -1], dtype=np.int32)
        return found[self.codes]

    def texts(self) -> NDArray[np.object_]:
        """Return the words themselves; None where missing."""
        found = np.array([*self.names, None], dtype=object)
        words: NDArray[np.object_] = found[self.codes]
        return words


def joined(columns: Sequence[Coded]) -> Coded:
    """Concatenate columns under one list of names."""
    names: dict[str, int] = {}
    codes = []
    for column in columns:
        place = np.array([*(names.setdefault(name, len(names)) for name in column.names), -1], dtype=np.int32)
        codes.append(place[column.codes])
    return Coded(np.concatenate(codes), tuple(names))
