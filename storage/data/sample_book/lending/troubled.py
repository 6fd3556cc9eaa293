"""Sample facilities in serious trouble: arrears, stopped interest, provisions, and cells that the ledger leaves empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from storage.data.sample_book.accounts.periods import period_ends
from storage.data.sample_book.world import World

COLUMNS = ("overdue", "non_accrual", "provision", "best_estimate_loss")


@dataclass(frozen=True, slots=True)
class Trouble:
    """The trouble of a facility; ``days`` past due at the newest month's end, ``overdue`` and the losses as shares of the drawn amount.

    ``least`` is an overdue amount of its own; ``unknown`` are the columns that the ledger leaves empty.
    """

    days: int = 0
    overdue: float = 0.0
    least: float = 0.0
    non_accrual: bool = False
    provision: float | None = None
    best_estimate: float | None = None
    unknown: tuple[str, ...] = ()

    def late(self, world: World, as_of: date) -> int:
        """Return the days past due on a day of the ledger; the arrears began once, and nothing has been paid since."""
        began = period_ends(world.today, 1, 1)[0] - timedelta(days=self.days)
        return max((as_of - began).days, 0) if self.days else 0

    def cells(self, drawn: float, late: int) -> Sequence[object]:
        """Return the cells of this trouble in the ledger."""
        overdue = f"{max(self.overdue * drawn, self.least):.2f}" if late and self.days else ""
        shares = ("" if share is None else f"{share * drawn:.2f}" for share in (self.provision, self.best_estimate))
        return [overdue, "yes" if self.non_accrual else "", *shares]


_NONE = Trouble()
_OF = {
    # credit-impaired by arrears, doubtful by arrears, and a fee in dispute that is too small to matter
    "JL-02-F2": Trouble(days=104, overdue=0.4),
    "SP-03-F2": Trouble(days=285, overdue=0.6),
    "GY-01-F2": Trouble(days=133, least=180.0),
    # unlikely to pay without being late
    "LX-02-F2": Trouble(non_accrual=True, best_estimate=0.55),
    "WR-03-F2": Trouble(provision=0.3),
    **dict.fromkeys(("NX-01-F2", "DK-03-F2", "TI-01-F2"), Trouble(unknown=("lgd", "ccf"))),
    "SN-02-F2": Trouble(unknown=("ccf",)),
}


def trouble(facility: str) -> Trouble:
    """Return the trouble of a facility, if only that there is none."""
    return _OF.get(facility, _NONE)
