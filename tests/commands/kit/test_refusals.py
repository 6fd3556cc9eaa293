"""Every refusal of the engine has its words, in the same room and in both languages."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, date, datetime
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import risk_engine
from commands.kit.contract import Refused
from commands.kit.i18n import Reader, _, reading
from commands.kit.registry import registry
from risk_engine.approvals.ballot import Stage
from risk_engine.references import Reference
from risk_engine.refusals import Refusal

for _module in pkgutil.walk_packages(risk_engine.__path__, "risk_engine."):
    importlib.import_module(_module.name)
TYPES = sorted(Refusal.__subclasses__(), key=lambda each: each.__name__)


def example(of: Any) -> Any:
    """A fact of a type."""
    if get_origin(of) is UnionType:
        return example(get_args(of)[0])
    if isinstance(of, type) and issubclass(of, Enum):
        return next(iter(of))
    if isinstance(of, type) and issubclass(of, Reference):
        return of(3)
    made = {str: "U0ANA", datetime: datetime(2026, 11, 30, tzinfo=UTC), date: date(2026, 11, 30), int: 3, Stage: Stage(), object: 7.5}
    if of in made:
        return made[of]
    return {tuple: ("limits", "routes"), Any: 0.25}.get(get_origin(of) or of, {"type": "number"})


def room(module: str) -> str:
    """The room that a module stands in: the engine's kernel is the commands' kit."""
    parts = module.split(".")
    return parts[1] if len(parts) > 2 else "kit"


def test_every_refusal_of_the_engine_has_its_words_and_no_words_are_for_nothing():
    assert set(registry().refusals) == set(TYPES)
    assert [kind for kind in TYPES if kind.__subclasses__()] == []


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.__name__)
def test_the_words_stand_in_the_room_of_the_refusal(of):
    assert room(registry().refusals[of].say.__module__) == room(of.__module__)


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.__name__)
def test_a_refusal_is_said_in_both_languages_with_its_facts(of):
    refusal = of(**{name: example(fact) for name, fact in get_type_hints(of).items()})
    with reading(Reader("en_GB", "Europe/London", masked=False)):
        english = str(registry().refused(refusal).sentence)
    with reading(Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)):
        chinese = str(registry().refused(refusal).sentence)

    assert english
    assert chinese
    assert english != chinese
    assert "{" not in english + chinese
    assert str(refusal) == ", ".join(f"{name}={value!r}" for name, value in vars(refusal).items())


def test_a_refusal_that_is_in_words_already_stays_as_it_is():
    refused = Refused(_("Please give a reason."))

    assert registry().refused(refused) is refused
