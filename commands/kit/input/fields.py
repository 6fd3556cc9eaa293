"""Kinds of arguments: their form fields, their parsing from a line, and the words for wrong values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticUndefined

from commands.kit.i18n import Text, _, listed
from commands.kit.input import bounds, synonyms, when
from commands.kit.input.bounds import Unit
from commands.kit.input.plain import plain
from commands.kit.wording.words import label_of
from risk_engine.due import FIRST_DAY, LAST_DAY
from risk_engine.references import Reference

Scale = Literal["likelihood", "severity", "scope"]


@dataclass(frozen=True, slots=True)
class Ask:
    """The way of asking a person for an argument.

    Attributes:
        label, hint, placeholder: in the form.
        letter: ``L`` lets ``L4`` stand for it in a line.
        options: the searching select with its options.
        scale: one of the policy's five-step scales.
        person: a Slack user.
        multiline: a text of several lines.
        hidden: carried along without asking.
        asked: a form asks for it although it is optional.
        rest: takes the rest of the line when it comes last.
        outsiders: with ``person``, people without access are allowed; otherwise they are refused like owners.
        literal: a list in brackets is one value, including spaces and quotes.
        verbatim: kept as typed: names that other places spell the same way.
        bounds: the bounds of a figure in this unit, such as ``>50m``.
    """

    label: Text
    hint: Text | None = None
    placeholder: Text | None = None
    letter: str | None = None
    options: str | None = None
    scale: Scale | None = None
    person: bool = False
    multiline: bool = False
    hidden: bool = False
    asked: bool = False
    rest: bool = False
    literal: bool = False
    outsiders: bool = False
    verbatim: bool = False
    bounds: Unit | None = None


def whole_number(value: Any) -> Any:
    """Return a plain whole number; other forms that int() accepts (``1_000``, ``٣``, True) are refused."""
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", value.strip()):
            raise ValueError("not a whole number")
        return int(value)
    if isinstance(value, bool):
        raise ValueError("not a whole number")
    return value


def _iso_date(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
        raise ValueError("not a date")
    day = date.fromisoformat(value.strip())
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError("far_day", "too far away", {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()})
    return day


def wall_time(value: Any) -> Any:
    """Parse ``8:30``, ``8am`` or ``早上8点`` as a time of day."""
    if value is None or isinstance(value, time):
        return value
    if (found := when.clock(str(value))) is None:
        raise ValueError("not a time of day")
    return found


def user_id(value: Any) -> Any:
    """Parse ``<@U1|ana>``, as Slack sends a mention, or a bare id."""
    match = re.fullmatch(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW](?=[A-Z]*[0-9])[A-Z0-9]{2,})", str(value).strip())
    if match is None:
        raise ValueError("not a person")
    return match[1] or match[2]


def _lower(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


def _bounded(unit: Unit) -> BeforeValidator:
    def read(value: Any) -> Any:
        if value is None:
            return None
        if (found := bounds.parse(str(value), unit)) is None:
            raise ValueError("no bounds")
        return str(found)

    return BeforeValidator(read)


_BOUNDS = {
    Unit.AMOUNT: _("an amount like >50m, <1bn or 10m-50m, with or without a currency"),
    Unit.PERCENT: _("a percentage like >5%, <1% or 2%-5%"),
    Unit.DAYS: _("a number of days like >30, <90 or 30-90"),
}
# the bounds of a figure, kept as they can be typed
Amounts = Annotated[str, _bounded(Unit.AMOUNT)]
Shares = Annotated[str, _bounded(Unit.PERCENT)]
Days = Annotated[str, _bounded(Unit.DAYS)]
Step = Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=5)]
Count = Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=50)]
Many = Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=1_000)]
Page = Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=100_000), Ask(_("Page"))]
Day = Annotated[date, BeforeValidator(_iso_date)]
Someone = Annotated[str, BeforeValidator(user_id)]
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$"), Ask(_("Key"), hidden=True)]
AnyCase = BeforeValidator(_lower)
# "analyst, Risk Manager" as two choices
Several = BeforeValidator(lambda value: [_lower(part) for part in value.split(",") if part.strip()] if isinstance(value, str) else value)


@dataclass(frozen=True, slots=True)
class Argument:
    """One field of a command's ``Args``, with everything that forms need."""

    name: str
    type: Any
    ask: Ask
    required: bool
    default: Any
    shortest: int | None
    longest: int | None
    least: int | None
    most: int | None

    @property
    def several(self) -> bool:
        """Return True if several of its choices may be given."""
        return get_origin(self.type) is tuple

    @property
    def choices(self) -> tuple[StrEnum, ...]:
        kind = get_args(self.type)[0] if self.several else self.type
        return tuple(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ()

    @property
    def is_reference(self) -> bool:
        """Return True if it is an id like R-17."""
        return isinstance(self.type, type) and issubclass(self.type, Reference)

    @property
    def is_free(self) -> bool:
        """Return True for free text, which is left as typed."""
        return self.type is str and not self.ask.options and (self.ask.rest or self.ask.multiline)

    def meant(self, typed: str) -> str:
        """Return a typed value in plain characters and the product's own words; free text and names stay as typed."""
        if self.ask.hidden or self.ask.verbatim or self.ask.literal or self.ask.options == "customer" or self.is_free:
            return typed
        if not self.choices:
            return plain(typed)
        if self.several:
            return ",".join(self._choice(part) for part in re.split(r"[,;，、；]", typed) if part.strip())
        return self._choice(typed)

    def _choice(self, typed: str) -> str:
        kind = type(self.choices[0])
        found = synonyms.choice(kind, typed)
        return typed.strip() if found is None else found.value

    def spelled(self, value: Any) -> Any:
        """Return a given value in the form element's spelling; None if it cannot be parsed."""
        if isinstance(value, str) and self.type is not str:
            value = self.meant(value)
        read = user_id if self.ask.person else _lower if self.choices and not self.several else None
        try:
            return read(value) if read and isinstance(value, str) else value
        except ValueError:
            return None

    @property
    def accepted(self) -> Text:
        """Return the accepted values, in words."""
        if self.several:
            return _("one or more of {choices}, with commas between them").format(choices=listed(one.value for one in self.choices))
        if self.choices:
            return _("one of {choices}").format(choices=listed(choice.value for choice in self.choices))
        if self.ask.person:
            return _("a person, as @name")
        if self.is_reference:
            return _("an id like {example}").format(example=self.type(17))
        if self.type is date:
            return _("a date like 2026-12-31")
        if self.type is time:
            return _("a time of day like 08:30")
        if self.type is int:
            return _("a whole number from {least} to {most}").format(least=self.least, most=self.most)
        if self.ask.bounds is not None:
            return _BOUNDS[self.ask.bounds]
        if self.shortest and self.longest:
            return _("text of {shortest} to {longest} characters").format(shortest=self.shortest, longest=self.longest)
        return _("text")


@cache
def named(model: type[BaseModel]) -> Mapping[str, Argument]:
    """Return the arguments of a command by name."""
    return {argument.name: argument for argument in _arguments(model)}


def arguments(model: type[BaseModel]) -> Iterator[Argument]:
    """Yield the arguments of a command in the order in which words fill them."""
    yield from named(model).values()


def _arguments(model: type[BaseModel]) -> Iterator[Argument]:
    for name, info in model.model_fields.items():
        bounds: dict[type, Any] = {type(mark): mark for mark in info.metadata}
        yield Argument(
            name=name,
            type=_bare(info.annotation),
            ask=bounds.get(Ask) or Ask(Text(label_of(name))),
            required=info.is_required(),
            default=None if info.default is PydanticUndefined else info.default,
            shortest=_bound(bounds, MinLen, "min_length"),
            longest=_bound(bounds, MaxLen, "max_length"),
            least=_bound(bounds, Ge, "ge"),
            most=_bound(bounds, Le, "le"),
        )


def _bound(bounds: dict[type, Any], kind: type, name: str) -> int | None:
    return getattr(bounds.get(kind), name, None)


def _bare(annotation: Any) -> Any:
    """Return the X of ``Annotated[X, …] | None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    members = [member for member in get_args(annotation) if member is not type(None)]
    return _bare(members[0]) if type(None) in get_args(annotation) and len(members) == 1 else annotation
