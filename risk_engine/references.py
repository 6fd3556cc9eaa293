"""Ids as people type them: R-17, T-4, C-9, A-3, B-8, O-2, J-1, D-1, P-4, E-6. The letter names the kind of thing."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

# the largest row number of a database
LARGEST = 2**31 - 1


class Reference(int):
    """A number with its letter: ``str(RiskId(17)) == "R-17"``; it accepts ``R-17``, ``r-17``, ``r17`` and ``17``.

    Ids of different kinds are different: R-1 is not T-1. An id equals its plain number, by which the database knows it.
    """

    letter: ClassVar[str] = ""

    def __str__(self) -> str:
        return f"{self.letter}-{int(self)}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({int(self)})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        return False if self._is_of_another_kind(other) else int.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return True if self._is_of_another_kind(other) else int.__ne__(self, other)

    def _is_of_another_kind(self, other: object) -> bool:
        return isinstance(other, Reference) and type(other) is not type(self)

    __hash__ = int.__hash__

    @classmethod
    def parse(cls, text: object) -> Self:
        """Parse an id that a person typed.

        Raises:
            ValueError: the text is not a reference of this kind.
        """
        if isinstance(text, int) and not isinstance(text, bool) and 0 < text <= LARGEST:
            return cls(text)
        match = re.fullmatch(rf"(?:{cls.letter}-?)?0*([1-9][0-9]{{0,9}})", str(text).strip(), re.IGNORECASE | re.ASCII)
        if match is None or int(match[1]) > LARGEST:
            raise ValueError(f"expected an id like {cls.letter}-17")
        return cls(match[1])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(int))


# the letters of the ids that people type; S is a signal
LETTERS = "RTABCDJOPS"
_OURS = re.compile(rf"([{LETTERS}])-?0*([1-9][0-9]{{0,9}})", re.IGNORECASE | re.ASCII)


def ours(text: str) -> str | None:
    """Return ``r17`` as R-17; None if the text is not an id."""
    match = _OURS.fullmatch(text.strip())
    return f"{match[1].upper()}-{match[2]}" if match and int(match[2]) <= LARGEST else None


class RiskId(Reference):
    """An entry of the register."""

    letter = "R"


class ResponseId(Reference):
    """A treatment of a risk."""

    letter = "T"


class ApprovalId(Reference):
    """A request that somebody other than its maker must decide."""

    letter = "A"


class ControlId(Reference):
    """A measure in operation, or a one-off measure to be verified."""

    letter = "C"


class BreachId(Reference):
    """An episode in which an indicator is beyond its threshold."""

    letter = "B"


class OverrideId(Reference):
    """A person's grade that replaces the model's."""

    letter = "O"


class JudgementId(Reference):
    """A person's judgement about a customer's default."""

    letter = "J"


class DelegationId(Reference):
    """A temporary delegation of one person's authority to another."""

    letter = "D"


class PolicyChangeId(Reference):
    """A change of the policy, proposed or approved."""

    letter = "P"


class ExportId(Reference):
    """A request for a file with more customers than a person may export in a day."""

    letter = "E"


_KINDS: dict[str, type[Reference]] = {
    kind.letter: kind
    for kind in (RiskId, ResponseId, ControlId, ApprovalId, BreachId, OverrideId, JudgementId, DelegationId, PolicyChangeId, ExportId)
}


class UnknownId(Reference):
    """An id of no kind that is known, as only a forged or damaged row holds."""

    letter = "?"


def of_kind(letter: str, number: int) -> Reference:
    """Return the id with this letter and number; one of no known kind for any other letter."""
    return _KINDS.get(letter, UnknownId)(number)


def spelled_out(text: str) -> Reference | None:
    """Return the id that is spelled exactly so, as events spell their subjects; None for any other text."""
    letter, _dash, number = text.partition("-")
    found = _KINDS[letter](number) if letter in _KINDS and re.fullmatch("[1-9][0-9]{0,9}", number, re.ASCII) else None
    return found if found is not None and found <= LARGEST else None
