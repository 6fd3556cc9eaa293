"""Blocks: ids, elements, and the state of inputs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from playground.shapes import Json
from playground.workspace.ids import short_id

Values = dict[str, dict[str, Json]]
"""``state.values``: block id, then action id, then the element's state."""

_STATE_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
_LISTS = frozenset(kind for kind, (key, _) in _STATE_KEYS.items() if key.endswith("s") and kind != "file_input") | {"file_input"}


def elements(block: Json) -> Iterator[Json]:
    """Yield the interactive elements of one block."""
    if block.get("type") in ("actions", "context_actions"):
        yield from block.get("elements", [])
    elif block.get("type") == "section" and isinstance(block.get("accessory"), dict):
        yield block["accessory"]
    elif block.get("type") == "input":
        yield block["element"]


def with_ids(blocks: list[Json]) -> list[Json]:
    """Return a copy in which every block has a ``block_id`` and every interactive element an ``action_id``."""
    copied = copy.deepcopy(blocks)
    for block in copied:
        block["block_id"] = block.get("block_id") or short_id()
        for element in elements(block):
            if element.get("type") != "image":
                element["action_id"] = element.get("action_id") or short_id()
    return copied


def find(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json] | None:
    """Return the block and the element with these ids; None if there is no such element."""
    for block in blocks:
        if block_id is None or block.get("block_id") == block_id:
            for element in elements(block):
                if element.get("action_id") == action_id:
                    return block, element
    return None


def state_key(kind: str) -> str | None:
    """Return the key of an element type's state; None for a button or overflow menu."""
    return _STATE_KEYS[kind][0] if kind in _STATE_KEYS else None


def initial_state(element: Json) -> Json:
    """Return the state of an untouched element, as in ``state.values``."""
    key, initial = _STATE_KEYS[element["type"]]
    empty: Any = [] if element["type"] in _LISTS else None
    return {"type": element["type"], key: copy.deepcopy(element.get(initial, empty))}


def initial_values(blocks: list[Json]) -> Values:
    """Return the state of all untouched inputs."""
    values: Values = {}
    for block in blocks:
        for element in elements(block):
            if element.get("type") in _STATE_KEYS:
                values.setdefault(block["block_id"], {})[element["action_id"]] = initial_state(element)
    return values


def overlay(base: Values, given: Any) -> Values:
    """Return ``base`` updated with states ``given`` for its inputs; states of unknown inputs or other types are ignored."""
    merged = copy.deepcopy(base)
    for block_id, actions in (given or {}).items():
        for action_id, state in (actions or {}).items():
            known = merged.get(block_id, {}).get(action_id)
            if known is not None and isinstance(state, dict) and state.get("type", known["type"]) == known["type"]:
                merged[block_id][action_id] = known | state
    return merged


def text_of(value: Any) -> str:
    """Return all text in blocks, a message or a view, joined by line breaks, for searching."""
    if isinstance(value, dict) and value.get("type") == "data_table":
        return "\n".join("  ".join(text_of(cell) for cell in row) for row in value.get("rows", []))
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return "\n".join([*own, *(text_of(v) for v in value.values() if isinstance(v, (dict, list)))]).strip()
    return "\n".join(filter(None, map(text_of, value))) if isinstance(value, list) else ""
