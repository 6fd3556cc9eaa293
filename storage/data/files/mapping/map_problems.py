"""Problems of a mapping's section for its kind of file."""

from __future__ import annotations

from collections.abc import Iterator

from storage.data.files.fields import FileKind
from storage.data.files.kinds import KINDS
from storage.data.files.kinds.observations import OBSERVATIONS
from storage.data.files.mapping.mapping import Section
from storage.data.files.refusals import MapProblem

# at most one of these may give a column its value
_GIVEN = ("columns", "constants", "join")


def problems_of(name: str, section: Section) -> Iterator[MapProblem]:
    """Yield every wrong key of a section."""
    kind = KINDS[name]
    yield from _strange_columns(kind, section)
    yield from _given_twice(kind, section)
    if section.melt:
        yield from _wrong_melt(kind, section)
    yield from _wrong_percent(kind, section)
    yield from _wrong_units(kind, section)


def _strange_columns(kind: FileKind, section: Section) -> Iterator[MapProblem]:
    names = [field.name for field in kind.fields]
    for table in (*_GIVEN, "values"):
        for name in getattr(section, table):
            if name not in names:
                yield MapProblem(f"{kind.name}.{table}.{name}", f"not a column of {kind.name}; those are {', '.join(names)}")


def _given_twice(kind: FileKind, section: Section) -> Iterator[MapProblem]:
    for place, table in enumerate(_GIVEN):
        for first in _GIVEN[:place]:
            for name in getattr(section, first).keys() & getattr(section, table).keys():
                yield MapProblem(f"{kind.name}.{table}.{name}", f"stands under {first} as well; keep one")
    if section.numbers.unit and kind.unit in section.constants:
        yield MapProblem(f"{kind.name}.constants.{kind.unit}", "stands under numbers as well; keep one")


def _wrong_melt(kind: FileKind, section: Section) -> Iterator[MapProblem]:
    if kind.name != OBSERVATIONS.name:
        yield MapProblem(f"{kind.name}.melt", "only observations can be melted from wide columns")
    for name in ("indicator", "value"):
        for table in _GIVEN:
            if name in getattr(section, table):
                yield MapProblem(f"{kind.name}.{table}.{name}", f"melt gives each row its {name}; leave this out")
    indicators = list(section.melt.values())
    for column, indicator in section.melt.items():
        if indicators.count(indicator) > 1:
            yield MapProblem(f"{kind.name}.melt.{column}", f"{indicator!r} is given to more than one column")


def _wrong_percent(kind: FileKind, section: Section) -> Iterator[MapProblem]:
    known = {field.name for field in kind.fields if field.numeric} | set(section.melt)
    for name in section.numbers.in_percent:
        if name not in known:
            yield MapProblem(f"{kind.name}.numbers.in_percent", f"{name!r} is neither a melted column nor one of {_listed(known)}")


def _wrong_units(kind: FileKind, section: Section) -> Iterator[MapProblem]:
    amounts = {field.name for field in kind.fields if field.scales}
    if section.numbers.unit and not amounts:
        yield MapProblem(f"{kind.name}.numbers.unit", f"{kind.name} have no amounts; name single columns under units")
    known = amounts | set(section.melt) | ({"value"} if kind.name == OBSERVATIONS.name else set())
    for name in section.units:
        if name not in known:
            yield MapProblem(f"{kind.name}.units.{name}", f"is not an amount; those are {_listed(known)}")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
