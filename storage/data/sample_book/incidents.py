"""Incidents of a few sample borrowers, each on a day of its own within the last year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from storage.data.sample_book.accounts.periods import last_turn
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.world import World

COLUMNS = ("customer", "kind", "as_of", "severity", "resolved", "facility", "note")
_YEARLY = 364


@dataclass(frozen=True, slots=True)
class _Incident:
    """An incident; ``days`` until it was resolved, None if it is open; ``loan`` if it concerns the long loan only."""

    kind: str
    severity: int
    days: int | None
    loan: bool
    note: str


_OF: dict[str, _Incident] = {
    "NH-02": _Incident("documents", 2, 21, False, "quarterly construction report handed in late"),
    "VK-01": _Incident("insurance", 4, None, True, "machinery policy lapsed; renewal asked for"),
    "VD-01": _Incident("fund_diversion", 5, None, True, "drawing for the new kiln went to a sister company"),
    "VD-02": _Incident("documents", 3, None, False, "half-year accounts refused by the auditor"),
    "CV-02": _Incident("insurance", 3, 35, True, "business interruption cover below what was agreed"),
    "CV-04": _Incident("documents", 3, None, False, "order book asked for twice, not received"),
    "JX-02": _Incident("mortgage_registration", 4, None, True, "land office returned the application"),
    "YH-02": _Incident("mortgage_registration", 3, 90, True, "registered after the deadline"),
    "LP-02": _Incident("documents", 4, None, False, "no accounts for three quarters"),
    "CY-03": _Incident("fraud", 5, None, False, "forged delivery notes found by the new auditors"),
    "JH-02": _Incident("fund_diversion", 4, None, True, "escrow account short by one month of sales"),
    "KC-01": _Incident("other", 2, 60, False, "payment order in the wrong currency returned"),
    "SV-01": _Incident("environmental", 3, None, False, "discharge permit under review"),
    "LH-03": _Incident("documents", 3, 45, False, "warehouse receipts did not match the stock list"),
    "CB-01": _Incident("bankruptcy", 5, None, False, "insolvency proceedings opened on the firm's own petition"),
    "KP-02": _Incident("debt_evasion", 5, None, False, "receivables moved to a new company of the owner's family"),
    "CT-01": _Incident("distressed_restructuring", 4, None, True, "two years without interest: a twentieth of the loan's present value"),
    "HS-01": _Incident("insurance", 2, 14, True, "premium paid after a reminder"),
}


def rows(world: World, each: Borrower) -> Iterator[list[object]]:
    """Yield the known incidents of one borrower."""
    one = _OF.get(each.id)
    if one is None:
        return
    day = last_turn(world.today, every=_YEARLY, phase=world.chance(each.id, "incident").randrange(_YEARLY))
    resolved = day + timedelta(days=one.days) if one.days is not None else None
    if day <= world.known:
        shown = resolved if resolved is not None and resolved <= world.known else ""
        yield [each.id, one.kind, day, one.severity, shown, f"{each.id}-F1" if one.loan else "", one.note]
