"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """The work of one run.

    Args:
        rounds: how often all clients ask in a repetition, by number of clients.
        repetitions: of everything; the best median of them counts.
        warm: rounds of all clients before the first that counts.
        remembered: answers between the two looks at the memory.
        rows: observations to import.
        books: customers to score out of a database.
        questions: customers in the books that are asked.
        full_set: customers to score in memory.
    """

    rounds: dict[int, int]
    repetitions: int
    warm: int
    remembered: int
    rows: tuple[int, ...]
    books: tuple[int, ...]
    questions: tuple[int, ...]
    full_set: tuple[int, ...]


USUAL = Sizes({1: 60, 16: 5, 64: 2}, 3, 1, 1_000, (100_000,), (10_000, 100_000), (10_000,), (200_000,))
LONG = Sizes({1: 1_000, 16: 100, 64: 30}, 3, 4, 1_000, (100_000, 1_000_000), (10_000, 1_000_000), (10_000, 1_000_000), (200_000, 1_000_000))
TINY = Sizes({1: 3, 4: 2}, 1, 1, 2, (500,), (30,), (50,), (300,))
