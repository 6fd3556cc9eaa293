"""Sight: whose customers a transaction may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from risk_engine.people.roles import Reach


@dataclass(frozen=True, slots=True)
class Sight:
    """The customers of these departments, or those whose manager goes by one of these names; or all of them.

    Whoever sees by departments also sees the customers that they look after themselves; whoever sees their own sees no department.
    Words match in any case. What counts is how a customer stands now, also where an answer is about an earlier day.
    """

    reach: Reach
    departments: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        return self.reach is Reach.ALL

    def holds(self, department: str | None, manager: str | None) -> bool:
        """Whether a customer of this department, with this manager, is seen."""
        return self.everything or spelled(department) in self.spelled_departments() or spelled(manager) in self.spelled_names()

    def spelled_departments(self) -> Collection[str]:
        """Return the departments that are seen, as they compare; none where the reach is not by departments."""
        return _each(self.departments) if self.reach is Reach.DEPARTMENT else ()

    def spelled_names(self) -> Collection[str]:
        """Return the names of managers whose customers are seen, as they compare."""
        return _each(self.names)


# for jobs, the courier and the command line
EVERYTHING = Sight(Reach.ALL)
# for the bookkeeping of a request, and for its work until the rights of the person are known
NOTHING = Sight(Reach.OWN)


def spelled(text: str | None) -> str:
    """Return a department or a name as it compares: without blanks around it, in one case."""
    return (text or "").strip().lower()


def _each(texts: Collection[str]) -> frozenset[str]:
    # no name at all is nobody's name
    return frozenset(map(spelled, texts)) - {""}
