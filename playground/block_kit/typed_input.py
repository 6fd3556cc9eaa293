"""Input from people: as actions, as state, and checked like Slack's client does."""

from __future__ import annotations

import re
from typing import Any

from playground.block_kit import blocks
from playground.block_kit.blocks import Values
from playground.shapes import Json, SlackError

REQUIRED = "Please complete this required field."


def values_of(given: Json) -> Any:
    """Return the ``state`` sent with an action, with or without its ``values`` wrapper."""
    state = given.get("state") or {}
    return state.get("values", state)


def own_state(block: Json, element: Json, given: Json) -> Values:
    """Return the state that this action gives to its own element."""
    key = blocks.state_key(element["type"])
    if key is None or key not in given:
        return {}
    return {block["block_id"]: {element["action_id"]: {"type": element["type"], key: given[key]}}}


def action(block: Json, element: Json, given: Json, ts: str) -> Json:
    """Return one entry of ``actions``: a button's text and value, or the choice made.

    Raises:
        SlackError: the choice is not one of the element's options.
    """
    entry: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"], "action_ts": ts}
    key = blocks.state_key(element["type"])
    if element["type"] == "overflow":
        key = "selected_option"
    if key is not None:
        entry[key] = given.get(key)
        _check_choice(element, entry[key])
    if element["type"] == "feedback_buttons":
        entry |= _feedback(element, given.get("value"))
    if element["type"] in ("button", "icon_button"):
        entry |= {k: element[k] for k in ("text", "value", "style", "url") if k in element}
    initial = {k: v for k, v in element.items() if k.startswith("initial_") or k in ("placeholder", "confirm")}
    return entry | initial


def _feedback(element: Json, value: Any) -> Json:
    """Return the one of the two buttons that has this value.

    Raises:
        SlackError: neither has this value.
    """
    for button in (element["positive_button"], element["negative_button"]):
        if button.get("value") == value:
            return {"text": button["text"], "value": value}
    raise SlackError("invalid_option", say="That choice is not offered here.")


def _check_choice(element: Json, chosen: Any) -> None:
    offered = offered_options(element)
    if offered is None or chosen is None:
        return
    values = [option.get("value") for option in offered]
    for choice in chosen if isinstance(chosen, list) else [chosen]:
        if choice.get("value") not in values:
            raise SlackError("invalid_option", say="That choice is not offered here.")


def offered_options(element: Json) -> list[Json] | None:
    """Return the options of an element, groups flattened; None if it has none of its own."""
    if "option_groups" in element:
        return [option for group in element["option_groups"] for option in group["options"]]
    return element.get("options")


def problems(in_blocks: list[Json], values: Values) -> dict[str, str]:
    """Return the problems that keep a modal from being submitted, by block id, as Slack's client checks them."""
    found: dict[str, str] = {}
    for block in in_blocks:
        if block["type"] == "input":
            state = values[block["block_id"]][block["element"]["action_id"]]
            problem = _problem(block, block["element"], state)
            if problem:
                found[block["block_id"]] = problem
    return found


def _problem(block: Json, element: Json, state: Json) -> str:
    value = state.get(blocks.state_key(element["type"]) or "")
    if value in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    check = _CHECKS.get(element["type"])
    return check(element, value) if check else _too_many(element, value)


def _text(element: Json, value: str) -> str:
    if len(value) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters."
    most = element.get("max_length", 3000)
    return f"Must be at most {most} characters." if len(value) > most else ""


def _number(element: Json, value: str) -> str:
    whole = not element.get("is_decimal_allowed")
    if not re.fullmatch(r"-?\d+" if whole else r"-?(\d+\.?\d*|\.\d+)", value):
        return "Please enter a whole number." if whole else "Please enter a number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Must be {element['min_value']} or more."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Must be {element['max_value']} or less."
    return ""


def _email(element: Json, value: str) -> str:
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."


def _url(element: Json, value: str) -> str:
    return "" if re.fullmatch(r"[a-zA-Z][\w+.-]*://\S+", value) else "Please enter a valid URL."


def _too_many(element: Json, value: Any) -> str:
    most = element.get("max_selected_items")
    return f"Choose at most {most}." if most and isinstance(value, list) and len(value) > most else ""


_CHECKS = {"plain_text_input": _text, "number_input": _number, "email_text_input": _email, "url_text_input": _url}
