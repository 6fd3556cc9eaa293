"""Collateral of sample loans with rank and last valuation, and guarantees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from storage.data.sample_book.accounts.periods import last_turn
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.lending.facilities import Facility
from storage.data.sample_book.world import World

COLLATERAL = ("id", "customer", "kind", "currency", "value", "valued", "lien", "prior", "facility", "insured", "registered")
GUARANTEES = ("id", "guarantor", "customer", "facility", "currency", "amount", "until")
# the shares of facilities with collateral, of collateral with a second rank, and of outdated valuations
_SECURED, _SECOND, _OLD = 0.7, 0.15, 0.05
_YEARLY, _FORGOTTEN, _SELDOM = 364, timedelta(days=430), 4 * 364
_INSURED = {"real_estate", "equipment"}
_REGISTERED = {"real_estate", "equipment", "shares", "receivables"}
# a parent in trouble guarantees the subsidiaries that it drags along; more than half of the others guarantee one
_IN_TROUBLE, _DRAGGED, _ANSWERS = "contagion parent", "contagion", 0.64


def collateral(world: World, each: Borrower, lent: Sequence[Facility]) -> Iterator[list[object]]:
    """Yield the collateral of one borrower's facilities."""
    for one in lent:
        own = world.chance(one.id, "secured")
        if own.random() < _SECURED and one.collateral_kind != "guarantee":
            prior = round(one.collateral * own.uniform(0.2, 0.8), 2) if own.random() < _SECOND else 0.0
            # with several facilities the first may have to share its collateral
            only = "" if one.terms.number == 1 and own.random() < 0.3 else one.id
            head = [f"{one.id}-S1", each.id, one.collateral_kind, one.currency, f"{one.collateral + prior:.2f}", _valued(world, one)]
            ranked = [2, f"{prior:.2f}"] if prior else [1, ""]
            yield [*head, *ranked, only, _mostly(own.random(), one, _INSURED), _mostly(own.random(), one, _REGISTERED)]


def _mostly(drawn: float, one: Facility, concerned: set[str]) -> str:
    """Return yes for almost all collateral of these kinds; for other kinds the value is unknown."""
    return "" if one.collateral_kind not in concerned else "yes" if drawn < 0.95 else "no"


def _valued(world: World, one: Facility) -> date:
    """Return the valuation date: yearly on its own day, but some were forgotten."""
    own = world.chance(one.id, "valued")
    if own.random() < _OLD:
        return last_turn(world.known - _FORGOTTEN, every=_SELDOM, phase=own.randrange(_SELDOM))
    return last_turn(world.known, every=_YEARLY, phase=own.randrange(_YEARLY))


def guarantees(world: World, everybody: Sequence[Borrower], lent: Mapping[str, Sequence[Facility]]) -> Iterator[list[object]]:
    """Yield the guarantees of parents for their subsidiaries."""
    parents: dict[str, Borrower] = {}
    for each in everybody:
        parent = parents.setdefault(each.group or each.id, each)
        own = world.chance(each.id, "guaranteed")
        if each.story != _DRAGGED and not (_second(each, parent) and parent.story != _IN_TROUBLE and own.random() < _ANSWERS):
            continue
        loan = lent[each.id][0]
        unlimited = own.random() < 0.15 and each.story != _DRAGGED
        amount = ["", ""] if unlimited else [loan.currency, f"{loan.limit * own.choice((0.5, 0.75, 1)):.2f}"]
        yield [
            f"{each.id}-G1",
            parent.id,
            each.id,
            loan.id if own.random() < 0.7 else "",
            *amount,
            "" if unlimited else loan.terms.maturity,
        ]


def _second(each: Borrower, parent: Borrower) -> bool:
    """Return True if this is the subsidiary after the parent in the order of ids."""
    return each.id[:-1] == parent.id[:-1] and int(each.id[-1]) == int(parent.id[-1]) + 1
