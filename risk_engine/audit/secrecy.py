"""Classes of confidentiality, and which class a place may carry."""

from __future__ import annotations

from enum import StrEnum


class Secrecy(StrEnum):
    """A class of information, the least confidential first.

    ``public`` is for anybody; ``internal`` shows customers by id and colour at most; ``confidential`` is customers' risk;
    ``restricted`` is for a few people, such as the assignment of roles and the audit trail.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


_ORDER = tuple(Secrecy)


def carries(place: Secrecy, said: Secrecy) -> bool:
    """Return True if a place of one class may carry information of another."""
    return _ORDER.index(said) <= _ORDER.index(place)


def least(levels: tuple[Secrecy, ...]) -> Secrecy:
    """Return the lowest of several classes, for a place that is named twice."""
    return min(levels, key=_ORDER.index)


def masked(said: Secrecy) -> Secrecy:
    """Return the class of information once it is reduced to ids and colours.

    Confidential information becomes internal; restricted information is not about customers and stays restricted.
    """
    return Secrecy.INTERNAL if said is Secrecy.CONFIDENTIAL else said
