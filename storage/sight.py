"""Sight: whose customers a transaction may see; every question about customers keeps to it."""

from __future__ import annotations

from dataclasses import dataclass

from risk_engine.roles import Reach


@dataclass(frozen=True, slots=True)
class Sight:
    """The customers of these departments, or those whose manager goes by one of these names; or all of them."""

    reach: Reach = Reach.ALL
    departments: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


# what jobs, the courier and the command line see
EVERYTHING = Sight()
