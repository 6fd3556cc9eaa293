"""Conversion of plain values into the state of each kind of element."""

from __future__ import annotations

from typing import Any

from playground.block_kit import blocks
from playground.block_kit.typed_input import offered_options
from playground.shapes import Json


def state_of(element: Json, value: Any) -> Json:
    """Return ``value`` as in Slack's ``state.values``: strings become options, dates or users by the element's type.

    A state already in Slack's form, alone or under its action id, is returned unchanged.
    """
    # an option has a "value" too, which is a string, and so may be an action's id
    if isinstance(value, dict) and isinstance(value.get(element["action_id"]), dict):
        value = value[element["action_id"]]
    key = blocks.state_key(element["type"])
    if key is None:
        raise LookupError(f"a {element['type']} keeps no state")
    if isinstance(value, dict) and key in value:
        return {"type": element["type"], **value}
    return {"type": element["type"], key: _converted(element, key, value)}


def _converted(element: Json, key: str, value: Any) -> Any:
    if key in ("selected_options", "selected_users", "selected_conversations", "selected_channels", "files"):
        many = [] if value is None else list(value) if isinstance(value, (list, tuple, set)) else [value]
        return [choice(element, each) for each in many] if key == "selected_options" else many
    if value is None:
        return None
    if key == "selected_option":
        return choice(element, value)
    if key == "selected_date_time":
        return int(value)
    if key == "rich_text_value":
        return value if isinstance(value, dict) else _rich_text(str(value))
    return str(value)


def choice(element: Json, value: Any) -> Json:
    """Return the offered option with this value or text; a complete option is returned unchanged.

    Raises:
        LookupError: no such option is offered.
    """
    if isinstance(value, dict):
        return value
    offered = offered_options(element) or []
    for option in offered:
        if str(value) in (option["value"], option["text"]["text"]):
            return option
    raise LookupError(f"{value!r} is not offered; there are {[option['value'] for option in offered]}")


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
