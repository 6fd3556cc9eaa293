"""Bounds of figures in a question, as filters of the list of customers: more than 60 days past due, a PD above 5%."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commands.kit.input import bounds
from commands.kit.input.bounds import Bounds, Unit
from commands.questions.scanning import Token

# the filter that bounds a figure, by the unit of the bounds
_FILTERS = {
    Unit.DAYS: {"metric:overdue": "dpd"},
    Unit.PERCENT: {"metric:pd": "pd"},
    Unit.AMOUNT: {"metric:exposure": "exposure", "metric:expected_loss": "el"},
}
# figures in the same units that no filter bounds; words about something else than customers
_OTHERS = {Unit.AMOUNT: ("metric:overdue",), Unit.PERCENT: (), Unit.DAYS: ()}
_ELSE = ("noun:risks", "noun:responses", "noun:breaches", "noun:data", "noun:audit", "noun:approvals", "noun:policy")


@dataclass(frozen=True, slots=True)
class Bounded:
    """Bounds at their place, the name of the filter that has them, and its value; no name where none has."""

    start: int
    end: int
    name: str | None
    value: str


def find(text: str, tokens: Sequence[Token]) -> list[Bounded]:
    """Return the bounds of a question; of two for one figure the second has no filter."""
    found: list[Bounded] = []
    for start, end, one in bounds.find(text):
        name = _name(one.unit, start, tokens)
        if name in (other.name for other in found):
            name = None
        found.append(Bounded(start, end, name, _value(name, one)))
    return found


def holds(found: Sequence[Bounded], token: Token) -> bool:
    """Return True for a word inside bounds that a filter has."""
    return any(one.name and one.start <= token.start and token.end <= one.end for one in found)


def _name(unit: Unit, start: int, tokens: Sequence[Token]) -> str | None:
    """Return the filter of the figure that stands nearest; an amount without a figure is drawn."""
    if any(feature in _ELSE for token in tokens for feature in token.features):
        return None
    near = min(_figures(unit, tokens), key=lambda pair: (pair[0] > start, abs(pair[0] - start)), default=None)
    if near is None:
        return "exposure" if unit is Unit.AMOUNT else None
    return _FILTERS[unit].get(near[1])


def _figures(unit: Unit, tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for token in tokens:
        for feature in token.features:
            if feature in _FILTERS[unit] or feature in _OTHERS[unit]:
                yield token.start, feature


def _value(name: str | None, one: Bounds) -> str:
    """Return bounds as they are typed; who is past due by less than so many days is so by one at least."""
    if name == "dpd" and one.least is None and one.most is not None:
        return f"1..{int(one.most) - one.below}"
    return str(one)
