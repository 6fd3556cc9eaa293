"""What staging asks of a facility: the letter when it was lent, whether it was forborne or restructured, and a project's phase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.ratings import lower
from storage.data.sample_book.world import World

# by story and turn: two of those who recover were helped by a new schedule, and one who is sliding has been granted time
RESTRUCTURED = {"recovery": (1, 3)}
_FORBORNE = RESTRUCTURED | {"slide": (4,)}
# so much of its tenor a new project takes to build, if it is new at all
_BUILDING, _NEW = 0.4, 0.25


@dataclass(frozen=True, slots=True)
class Marks:
    """What is noted on a facility beside its amounts; ``fee`` is what the effective rate has above the agreed one."""

    origination: str
    forborne: str
    restructured: int
    phase: str
    fee: float | None

    def eir(self, rate: float) -> str:
        return "" if self.fee is None else f"{rate + self.fee:.4f}"


def marks(world: World, each: Borrower, number: int, start: date, maturity: date) -> Marks:
    """What is noted on a borrower's facility of this number; trouble is noted on the first, the long loan."""
    first, own = number == 1, world.chance(each.id, number, "marks")
    known = each.rating and own.random() < 0.9
    origination = lower(each.rating, own.choice((-1, 0, 0, 0, 1))) if known else ""
    fee = own.uniform(0, 0.004) if own.random() < 0.8 else None
    forborne = "yes" if first and each.turn in _FORBORNE.get(each.story, ()) else "no"
    restructured = 1 if first and each.turn in RESTRUCTURED.get(each.story, ()) else 0
    phase = (
        "" if not (first and each.project) else "construction" if world.known < completion(world, each, start, maturity) else "operation"
    )
    return Marks(origination, forborne, restructured, phase, fee)


def completion(world: World, each: Borrower, start: date, maturity: date) -> date:
    """When a project is built; of one that is not new that was before its loan began."""
    new = each.project and world.between(0, 1, each.id, "new") < _NEW
    return start + _BUILDING * (maturity - start) if new else start
