"""Forms of commands, built from their arguments, and the parsing of submitted values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from commands.kit import blocks
from commands.kit.contract import Block, Command
from commands.kit.i18n import Text, _
from commands.kit.input.fields import Argument, arguments
from commands.kit.input.markup import Called, but_for_people, with_names
from commands.kit.input.stray_characters import storable
from commands.kit.wording.words import label, named
from risk_engine.policy.policy import Policy


def form(
    command: Command,
    values: Mapping[str, Any],
    policy: Policy,
    *,
    channel: str | None,
    labels: Mapping[str, str] | None = None,
    notes: Sequence[object] = (),
) -> dict[str, Any]:
    """Return the modal that asks for missing values and shows given ones.

    Args:
        values: the values given so far, by argument; ids are carried along and shown, not asked again.
        channel: the channel of the answer.
        labels: the text of a chosen option, by argument.
        notes: lines above the fields, about the subject and misunderstood input.
    """
    taken = list(arguments(command.args))
    fixed = {
        argument.name: str(values[argument.name]) for argument in taken if _is_fixed(argument) and values.get(argument.name) is not None
    }
    asked = [
        _input(argument, argument.spelled(values.get(argument.name, argument.default)), policy, (labels or {}).get(argument.name))
        for argument in taken
        if argument.name not in fixed and not argument.ask.hidden
    ]
    return {
        "type": "modal",
        "callback_id": command.name,
        "title": blocks.plain(command.title or _("Riskbot"), blocks.TITLE),
        "submit": blocks.plain(command.submit or _("Send"), blocks.TITLE),
        "close": blocks.plain(_("Cancel"), blocks.TITLE),
        "private_metadata": json.dumps({"channel": channel, "fixed": fixed}),
        "blocks": [*(blocks.note(line) for line in notes), *asked],
    }


def _is_fixed(argument: Argument) -> bool:
    """Return True for ids and carried values, which are not asked again."""
    return argument.ask.hidden or argument.is_reference


def _input(argument: Argument, value: Any, policy: Policy, shown: str | None) -> Block:
    block: Block = {
        "type": "input",
        "block_id": argument.name,
        "label": blocks.plain(argument.ask.label, 2000),
        "optional": not argument.required,
        "element": _element(argument, value, policy, shown),
    }
    return block | ({"hint": blocks.plain(argument.ask.hint, 2000)} if argument.ask.hint else {})


def _element(argument: Argument, value: Any, policy: Policy, shown: str | None) -> dict[str, Any]:
    given = value is not None and value != ""
    if argument.ask.options:
        picked = {"initial_option": blocks.option(shown or value, str(value))} if given else {}
        return {
            "type": "external_select",
            "action_id": "value",
            "min_query_length": 0,
            "placeholder": _placeholder(argument, _("Search")),
            **picked,
        }
    if argument.ask.scale:
        steps = getattr(policy.scales, argument.ask.scale)
        return _select(argument, {str(step): f"{step} · {named(word)}" for step, word in enumerate(steps, 1)}, value)
    if argument.several:
        return _multi_select(argument, value)
    if argument.choices:
        return _select(argument, {choice.value: label(choice) for choice in argument.choices}, value)
    if argument.ask.person:
        return {"type": "users_select", "action_id": "value", **({"initial_user": str(value)} if given else {})}
    if argument.type is date:
        return {"type": "datepicker", "action_id": "value", **({"initial_date": str(value)} if given else {})}
    if argument.type in (int, Decimal):
        bounds = {"min_value": str(argument.least)} if argument.least is not None else {}
        return {
            "type": "number_input",
            "action_id": "value",
            "is_decimal_allowed": argument.type is Decimal,
            **bounds,
            **({"initial_value": str(value)} if given else {}),
        }
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "value", "multiline": argument.ask.multiline}
    if argument.longest:
        element["max_length"] = min(argument.longest, 3000)
    if argument.shortest and argument.required:
        element["min_length"] = argument.shortest
    if argument.ask.placeholder:
        element["placeholder"] = _placeholder(argument, argument.ask.placeholder)
    return element | ({"initial_value": blocks.cut(str(value), min(argument.longest or 3000, 3000))} if given else {})


def _placeholder(argument: Argument, otherwise: Text) -> dict[str, Any]:
    return blocks.plain(argument.ask.placeholder or otherwise, 150)


def _select(argument: Argument, choices: Mapping[str, str], value: Any) -> dict[str, Any]:
    key = str(getattr(value, "value", value))
    options = [blocks.option(text, name) for name, text in choices.items()][: blocks.OPTIONS]
    picked = {"initial_option": blocks.option(choices[key], key)} if key in choices else {}
    return {"type": "static_select", "action_id": "value", "options": options, "placeholder": _placeholder(argument, _("Choose")), **picked}


def _multi_select(argument: Argument, value: Any) -> dict[str, Any]:
    given = [part.strip() for part in value.split(",")] if isinstance(value, str) else list(value or ())
    options = {choice.value: blocks.option(label(choice), choice.value) for choice in argument.choices}
    picked = {"initial_options": [options[name] for name in given if name in options]}
    placeholder = _placeholder(argument, _("Choose"))
    return {
        "type": "multi_static_select",
        "action_id": "value",
        "options": list(options.values()),
        "placeholder": placeholder,
        **(picked if picked["initial_options"] else {}),
    }


def filled_in(view: Mapping[str, Any], called: Called = str) -> tuple[dict[str, Any], str | None]:
    """Return the contents of a submitted form: values by argument, and its channel of origin; ``called`` gives names for mentions."""
    carried = json.loads(view.get("private_metadata") or "{}")
    values: dict[str, Any] = dict(carried.get("fixed") or {})
    for name, actions in view["state"]["values"].items():
        value = _value(next(iter(actions.values()), {}))
        if value not in (None, ""):
            values[name] = storable(with_names(but_for_people(str(value)), called))
    return values, carried.get("channel")


def _value(state: Mapping[str, Any]) -> Any:
    chosen = state.get("selected_option")
    if chosen:
        return chosen["value"]
    if several := state.get("selected_options"):
        return ",".join(option["value"] for option in several)
    for name in ("value", "selected_date", "selected_user"):
        if state.get(name):
            return state[name]
    return None
