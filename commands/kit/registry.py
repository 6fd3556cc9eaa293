"""The registry, which collects everything that modules of ``commands`` export under the agreed names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import commands
from commands.kit.contract import Card, Command, EventWords, Job, Notice, Options, RefusalWords, Refused, Shortcut, Subject
from commands.kit.digest_parts import Section
from commands.kit.wording import refusal_words
from risk_engine.references import Reference
from risk_engine.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Registry:
    """All commands, actions, shortcuts, options, notices, cards, sections and jobs."""

    commands: dict[str, Command]
    actions: dict[str, Command]
    shortcuts: dict[str, Shortcut]
    options: dict[str, Options]
    notices: dict[str, Notice]
    sections: tuple[Section, ...]
    jobs: dict[str, Job]
    subjects: dict[type[Reference], Subject[Any]]
    cards: dict[type[Reference], Card[Any]]
    said: dict[str, EventWords]
    refusals: dict[type[Refusal], RefusalWords[Any]]

    def asked(self, name: str) -> Command | None:
        """Return the command or action of this name."""
        return self.commands.get(name) or self.actions.get(name)

    def refused(self, error: Refusal | Refused) -> Refused:
        """Return the words for a refusal by the engine; a refusal already in words stays as it is."""
        return error if isinstance(error, Refused) else self.refusals[type(error)].say(error)


@cache
def registry() -> Registry:
    """Collect once; a duplicate name is an error that stops the start."""
    found = pkgutil.walk_packages(commands.__path__, "commands.")
    modules = [importlib.import_module(each.name) for each in found if not each.ispkg and not each.name.startswith("commands.kit.")]
    return Registry(
        commands=_unique(iter(sorted(_exports(modules, "COMMAND"), key=lambda command: command.order)), "name"),
        actions=_unique(_exports(modules, "ACTIONS"), "name"),
        shortcuts=_unique(_exports(modules, "SHORTCUTS"), "callback_id"),
        options=_unique(_exports(modules, "OPTIONS"), "name"),
        notices=_unique(_exports(modules, "NOTICES"), "name"),
        sections=tuple(sorted(_exports(modules, "SECTIONS"), key=lambda section: section.order)),
        jobs=_unique(_exports(modules, "JOBS"), "name"),
        subjects=_unique(_exports(modules, "SUBJECTS"), "of"),
        cards=_unique(_exports(modules, "CARDS"), "of"),
        said=_unique(_exports(modules, "EVENTS"), "kind"),
        refusals=_unique(_exports([refusal_words, *modules], "REFUSALS"), "of"),
    )


def _exports(modules: Sequence[Any], name: str) -> Iterator[Any]:
    for module in modules:
        exported = getattr(module, name, ())
        yield from exported if isinstance(exported, tuple | list) else (exported,)


def _unique(exports: Iterator[Any], key: str) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for export in exports:
        name = getattr(export, key)
        if name in found:
            raise ValueError(f"two modules of commands export {name!r}")
        found[name] = export
    return found
