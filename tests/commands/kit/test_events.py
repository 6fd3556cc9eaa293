"""Every kind of event has one declaration, words in the same room, and somebody who emits it."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import commands
from commands.audit.trail import trail_words
from commands.kit.i18n import Reader, reading
from commands.kit.registry import registry
from risk_engine.events import Event
from risk_engine.facts.events import ImportLoaded
from risk_engine.scoring.events import ScoreChanged, ScoresChanged, ScoresUpdated
from storage.types import canonical
from tests.commands.kit.typed import example, leaves

ROOT = Path(__file__).parents[3]
STORED = Path(__file__).parent / "events_as_stored.json"
TYPES = leaves(Event)
# the room of the commands where a room below has another name, or belongs to one
ROOMS = {"facts": "data", "row_digests": "audit"}


@cache
def sources() -> dict[Path, ast.Module]:
    """The product's own modules, as they are read."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text("utf-8"))
        for layer in ("risk_engine", "storage", "commands", "bot")
        for path in sorted((ROOT / layer).rglob("*.py"))
        if "migrations" not in path.parts
    }


def home(of: type[Event]) -> Path:
    """The file that declares a kind."""
    return Path(*of.__module__.split(".")).with_suffix(".py")


def words_by_room() -> dict[str, set[type[Event]]]:
    found: dict[str, set[type[Event]]] = {}
    for each in pkgutil.walk_packages(commands.__path__, "commands."):
        exported = getattr(importlib.import_module(each.name), "EVENTS", ())
        found.setdefault(each.name.split(".")[1], set()).update(one.of for one in exported)
    return found


def test_every_kind_is_declared_once():
    kinds = [of.kind for of in TYPES]

    assert len(kinds) > 40
    assert len(set(kinds)) == len(kinds)


def test_every_kind_has_its_words_and_no_words_are_for_nothing():
    assert {said.of for said in registry().said.values()} == set(TYPES)


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.__name__)
def test_the_words_stand_in_the_room_of_the_kind(of):
    room = of.__module__.split(".")[1]

    assert of in words_by_room()[ROOMS.get(room, room)]


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.__name__)
def test_a_kind_is_told_in_both_languages_with_facts_that_it_has(of):
    said, happened = registry().said[of.kind], example(of)
    with reading(Reader("en_GB", "Europe/London", masked=False)):
        english = str(said.what)
    with reading(Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)):
        chinese = str(said.what)

    assert english
    assert chinese != english
    assert set(said.facts) <= set(happened.facts)
    assert set(said.facts) <= set(trail_words.LABELS)


@pytest.mark.parametrize("of", TYPES, ids=lambda of: of.__name__)
def test_a_kind_is_stored_and_sealed_as_it_always_was(of):
    assert canonical(example(of).facts) == canonical(json.loads(STORED.read_text("utf-8"))[of.kind])


# --- emitters ------------------------------------------------------------------------------------------------------------


def emitted(tree: ast.Module, takers: set[str]) -> Iterator[str]:
    """The names of types that a module makes one of: by a call, or by handing the type to a function that does."""
    handed = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield called
            handed |= {called} if isinstance(node.func, ast.Name) else set()
            if called in takers:
                yield from _names(*node.args)
    # a type that is chosen first, and called by another name
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in handed:
            yield from _names(node.value)


def _names(*nodes: ast.expr) -> Iterator[str]:
    for node in nodes:
        yield from ([node.id] if isinstance(node, ast.Name) else [])
        yield from _names(node.body, node.orelse) if isinstance(node, ast.IfExp) else ()


def origins(tree: ast.Module) -> dict[str, str]:
    """The module that each imported name comes from: a refusal may be called like an event of another module."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def takers() -> set[str]:
    """The functions that are handed a type of event and make one of it."""
    return {
        function.name
        for tree in sources().values()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for argument in [*function.args.args, *function.args.kwonlyargs]
        if argument.annotation is not None and ast.unparse(argument.annotation).startswith("type[")
        if any(isinstance(call, ast.Call) and getattr(call.func, "id", "") == argument.arg for call in ast.walk(function))
    }


def test_every_kind_is_emitted():
    known = takers()
    made = {(imported.get(name), name) for tree in sources().values() for imported in [origins(tree)] for name in emitted(tree, known)}

    assert [of.__name__ for of in TYPES if (of.__module__, of.__name__) not in made] == []


def test_no_kind_is_spelled_outside_of_its_declaration():
    homes = {of.kind: home(of) for of in TYPES}
    # buttons that are called like what they bring about
    buttons = set(registry().actions)

    spelled = [
        f"{path}:{node.lineno} {node.value}"
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if homes.get(node.value, path) != path and node.value not in buttons
    ]

    assert spelled == []


def test_the_second_line_and_the_notices_name_kinds_that_exist(policy):
    assert set(policy.second_line.kinds) <= {of.kind for of in TYPES}
    assert {of for notice in registry().notices.values() for of in notice.on} <= set(TYPES)


def test_no_notice_is_about_loads_and_scorings_which_are_recorded_without_asking_for_one():
    told = {of for notice in registry().notices.values() for of in notice.on}

    assert not told & {ImportLoaded, ScoreChanged, ScoresChanged, ScoresUpdated}
