"""Every refusal of the engine has its words, in the same room and in both languages."""

from __future__ import annotations

import pytest

from commands.kit.contract import Refused
from commands.kit.i18n import Reader, _, reading
from commands.kit.registry import registry
from risk_engine.refusals import Refusal
from tests.commands.kit.typed import example, leaves

TYPES = leaves(Refusal)


def room(module: str) -> str:
    """The room that a module stands in: the engine's kernel is the commands' kit."""
    parts = module.split(".")
    return parts[1] if len(parts) > 2 else "kit"


def test_every_refusal_of_the_engine_has_its_words_and_no_words_are_for_nothing():
    assert set(registry().refusals) == set(TYPES)


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.__name__)
def test_the_words_stand_in_the_room_of_the_refusal(of):
    assert room(registry().refusals[of].say.__module__) == room(of.__module__)


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.__name__)
def test_a_refusal_is_said_in_both_languages_with_its_facts(of):
    refusal = example(of)
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
