"""Sight: the customers that a transaction may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from risk_engine.people.roles import Reach


@dataclass(frozen=True, slots=True)
class Sight:
    """The customers of these departments, or those of a manager with one of these names; or all of them.

    A reader by departments also sees their own customers; a reader of their own customers sees no department. Words match in any
    case. A customer's present version counts, even in an answer about an earlier day.
    """

    reach: Reach
    departments: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        return self.reach is Reach.ALL

    def holds(self, department: str | None, manager: str | None) -> bool:
        """Return True if a customer of this department, with this manager, is visible."""
        return self.everything or spelled(department) in self.spelled_departments() or spelled(manager) in self.spelled_names()

    def spelled_departments(self) -> Collection[str]:
        """Return the visible departments in comparable form; none if the reach is not by departments."""
        return _each(self.departments) if self.reach is Reach.DEPARTMENT else ()

    def spelled_names(self) -> Collection[str]:
        """Return the names of managers whose customers are visible, in comparable form."""
        return _each(self.names)


# for jobs, the courier and the command line
EVERYTHING = Sight(Reach.ALL)
# for the bookkeeping of a request, and for its work until the rights of the person are known
NOTHING = Sight(Reach.OWN)


def spelled(text: str | None) -> str:
    """Return a department or a name in comparable form: without surrounding blanks, in one case."""
    return (text or "").strip().lower()


def _each(texts: Collection[str]) -> frozenset[str]:
    # an empty name matches nobody
    return frozenset(map(spelled, texts)) - {""}
