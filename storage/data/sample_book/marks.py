"""Staging inputs of sample facilities: origination rating, forbearance, restructurings, and a project's phase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.ratings import lower
from storage.data.sample_book.world import World

# by story and turn: two recovering borrowers got a new schedule, and one in decline was granted forbearance
RESTRUCTURED = {"recovery": (1, 3)}
_FORBORNE = RESTRUCTURED | {"slide": (4,)}
# the construction period of a new project as a share of its tenor, and the share of new projects
_BUILDING, _NEW = 0.4, 0.25


@dataclass(frozen=True, slots=True)
class Marks:
    """The flags of a facility besides its amounts; ``fee`` is the effective rate's excess over the agreed rate."""

    origination: str
    forborne: str
    restructured: int
    phase: str
    fee: float | None

    def eir(self, rate: float) -> str:
        return "" if self.fee is None else f"{rate + self.fee:.4f}"


def marks(world: World, each: Borrower, number: int, start: date, maturity: date) -> Marks:
    """Return the flags of a borrower's facility of this number; trouble shows on the first, the long loan."""
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
    """Return the completion date of a project; for an old project the start of its loan."""
    new = each.project and world.between(0, 1, each.id, "new") < _NEW
    return start + _BUILDING * (maturity - start) if new else start
