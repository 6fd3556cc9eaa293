"""Every way in which somebody can reach the product, written from the registry: what Slack would send, and which rights it takes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal, get_args, get_origin

from commands.home.home import _LINES, View
from commands.kit.contract import Command
from commands.kit.input import inline
from commands.kit.input.fields import Argument, arguments
from commands.kit.registry import registry
from playground.shapes import Json
from playground.transport import interactions
from playground.workspace import seed
from playground.workspace.seed import Channel, Member
from risk_engine.people.roles import Right

NUMBERS = itertools.count(1)
GENERAL = Channel("C0GENERAL", "general", "public")


@dataclass(frozen=True)
class Surface:
    """One way in: what Slack sends when somebody takes it, given a fresh trigger and their direct messages with the bot.

    Attributes:
        silent: nothing is said in words here; the refusal is an empty list.
    """

    name: str
    needs: frozenset[Right]
    send: Callable[[Member, str, str], Json]
    silent: bool = False


# what stands for an argument of this name; "command.argument" goes before "argument"
Recipes = Mapping[str, str]


def value_of(command: Command, argument: Argument, recipes: Recipes) -> str:
    """A value that this argument takes.

    Raises:
        LookupError: nobody has said what a value would be; say so in the recipes of the matrix.
    """
    for name in (f"{command.name}.{argument.name}", f"{command.name.partition('.')[0]}.{argument.name}", argument.name):
        if name in recipes:
            return recipes[name]
    if argument.choices:
        return argument.choices[0].value
    if get_origin(argument.type) is Literal:
        return str(get_args(argument.type)[0])
    if argument.ask.options == "customer":
        return recipes["customer"]
    if argument.is_reference:
        return "1"
    if argument.ask.person:
        return "U0EVA"
    simple: dict[Any, str] = {date: "2030-01-31", time: "08:30", int: str(max(argument.least or 1, 1))}
    if argument.type in simple:
        return simple[argument.type]
    if argument.type is str and not argument.ask.hidden and (argument.shortest or 0) <= 40:
        return "words that say what is meant, and why"
    raise LookupError(f"no recipe for {command.name}.{argument.name}: add one to RECIPES in tests/bot/receiving/test_matrix.py")


def filled(command: Command, recipes: Recipes) -> dict[str, str]:
    """Values for all that a command needs; they are such that it takes them."""
    values = {one.name: value_of(command, one, recipes) for one in arguments(command.args) if one.required}
    inline.check(command, values)
    return values


def everything(recipes: Recipes) -> Iterator[Surface]:
    """Every surface of the product."""
    known = registry()
    for command in known.commands.values():
        yield from _typed(command, recipes)
        yield _opened_by_button(command)
        yield from _asked_in_words(command, recipes)
    for action in known.actions.values():
        yield from _pressed(action, recipes)
    for command in [*known.commands.values(), *known.actions.values()]:
        yield _submitted(command, recipes)
        yield from _searched(command)
    for shortcut in known.shortcuts.values():
        yield _from_a_menu(shortcut.callback_id, known.commands[shortcut.command], on_message=shortcut.prefill is not None)
    yield _slash("types /risk log and no more", "log", _needs(known.commands["log"]))
    opened = {"type": "app_home_opened", "tab": "home", "channel": "D0"}
    yield Surface("opens Home", frozenset(), lambda who, _trigger, _direct: _event(who, opened))
    for text in ("hello", "<@U0RISKBOT> what can you do?"):
        yield _said(f"says {text}", text, frozenset())
    yield _said("mentions the bot with a question", "<@U0RISKBOT> list", _needs(known.commands["list"]))


def _needs(command: Command, *more: Right) -> frozenset[Right]:
    # a button under an answer asks the question behind it again
    inner = {Right.READ} if command.name.startswith("reply.") else set()
    return frozenset({command.right, *inner, *more})


def _typed(command: Command, recipes: Recipes) -> Iterator[Surface]:
    values = filled(command, recipes)
    hidden = {one.name for one in arguments(command.args) if one.ask.hidden}
    line = " ".join([command.name, *(f'{name}="{value}"' for name, value in values.items() if name not in hidden)])
    yield _slash(f"types /risk {command.name}", line, _needs(command))


def _slash(name: str, line: str, needs: frozenset[Right]) -> Surface:
    return Surface(name, needs, lambda who, trigger, _direct: interactions.slash_command(who, GENERAL, "/risk", line, "", trigger))


def _opened_by_button(command: Command) -> Surface:
    """The button that opens a command's form; what asks for nothing opens as well, empty."""
    return _press(f"opens the form of {command.name}", "form.new:matrix", command.name, _needs(command))


def _pressed(action: Command, recipes: Recipes) -> Iterator[Surface]:
    first = next(arguments(action.args))
    if action.name == "home.ask":
        for view in View:
            yield _press(f"presses {action.name} {view}", action.name, view.value, _needs(inline.read(registry(), _LINES[view]).command))
        return
    yield _press(f"presses {action.name}", action.name, value_of(action, first, recipes), _needs(action))


def _press(name: str, action: str, value: str, needs: frozenset[Right]) -> Surface:
    def send(who: Member, trigger: str, _direct: str) -> Json:
        message = {"type": "message", "ts": "1.2", "text": "an answer"}
        pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": f"{next(NUMBERS)}.1"}
        return interactions.message_action(who, GENERAL, message, True, pressed, {}, "", trigger)

    return Surface(name, needs, send)


def _submitted(command: Command, recipes: Recipes) -> Surface:
    values = filled(command, recipes)
    hidden = {one.name for one in arguments(command.args) if one.ask.hidden or one.is_reference}

    def send(who: Member, trigger: str, _direct: str) -> Json:
        asked = {name: value for name, value in values.items() if name not in hidden}
        fixed = {name: value for name, value in values.items() if name in hidden}
        view = _view(command, {name: {"value": {"value": value}} for name, value in asked.items()})
        view["private_metadata"] = json.dumps({"channel": GENERAL.id, "fixed": fixed})
        return interactions.view_submission(who, view, trigger)

    return Surface(f"submits the form of {command.name}", _needs(command), send)


def _view(command: Command, state: Json) -> Json:
    inputs = [{"type": "input", "block_id": name} for name in state]
    title = {"type": "plain_text", "text": "A form"}
    number = next(NUMBERS)
    return {
        "id": f"V{number}",
        "hash": f"h{number}",
        "type": "modal",
        "callback_id": command.name,
        "title": title,
        "blocks": inputs,
        "state": {"values": state},
    }


def _searched(command: Command) -> Iterator[Surface]:
    for argument in arguments(command.args):
        if argument.ask.options is None:
            continue

        def send(who: Member, _trigger: str, _direct: str, name: str = argument.name) -> Json:
            where = {"view": _view(command, {})}
            return interactions.block_suggestion(who, {"type": "view", "view_id": "V1"}, name, "value", "", where)

        yield Surface(f"searches {argument.name} of {command.name}", _needs(command, Right.READ), send, silent=True)


def _from_a_menu(callback: str, command: Command, *, on_message: bool) -> Surface:
    message = {"type": "message", "text": "they pay late", "user": "U0EVA", "ts": "1.2"}

    def send(who: Member, trigger: str, _direct: str) -> Json:
        if on_message:
            return interactions.message_shortcut(who, callback, trigger, "1.2", GENERAL, message, "")
        return interactions.global_shortcut(who, callback, trigger, "1.2")

    return Surface(f"takes {callback} from a menu", _needs(command), send)


def _asked_in_words(command: Command, recipes: Recipes) -> Iterator[Surface]:
    """A question in a direct message."""
    values = filled(command, recipes)
    if command.writes or any(one.ask.hidden for one in arguments(command.args) if one.required):
        return
    line = " ".join([command.name, *(f'{name}="{value}"' for name, value in values.items())])
    yield _said(f"writes {command.name}", line, _needs(command))


def _said(name: str, text: str, needs: frozenset[Right]) -> Surface:
    def send(who: Member, _trigger: str, direct: str) -> Json:
        if text.startswith("<@"):
            return _event(who, {"type": "app_mention", "text": text, "channel": GENERAL.id, "ts": f"{next(NUMBERS)}.3"})
        said = {"type": "message", "channel_type": "im", "text": text, "channel": direct, "ts": f"{next(NUMBERS)}.3"}
        return _event(who, said)

    return Surface(name, needs, send)


def _event(who: Member, event: Json) -> Json:
    outer = {"type": "event_callback", "team_id": seed.TEAM_ID, "api_app_id": seed.APP_ID, "event_id": f"Ev{next(NUMBERS)}"}
    return outer | {"event": event | {"user": who.id}}
