"""How confidential what is said is, and what a place may carry."""

from __future__ import annotations

from enum import StrEnum


class Secrecy(StrEnum):
    """A class of information, the least confidential first.

    ``public`` is for anybody; ``internal`` names no customer, or by its id and colour alone; ``confidential`` is customers' risk;
    ``restricted`` is for those whose work it is, such as who plays which role, and the audit trail.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


_ORDER = tuple(Secrecy)


def carries(place: Secrecy, said: Secrecy) -> bool:
    """Whether a place of one class may carry what is of another."""
    return _ORDER.index(said) <= _ORDER.index(place)


def least(levels: tuple[Secrecy, ...]) -> Secrecy:
    """The lowest of several classes: what a place may carry that is named twice."""
    return min(levels, key=_ORDER.index)


def masked(said: Secrecy) -> Secrecy:
    """The class of the same thing with ids and colours alone.

    Of customers' risk that is internal; what is restricted is not about customers, and stays so.
    """
    return Secrecy.INTERNAL if said is Secrecy.CONFIDENTIAL else said
