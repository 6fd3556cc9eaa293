"""Slack's limits on messages and views, and its errors beyond them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from playground.block_kit import blocks as kit
from playground.block_kit import data_blocks
from playground.block_kit.elements import (
    GROUPS,
    ID,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    OPTIONS,
    PICTURE,
    plain,
    words,
)
from playground.block_kit.schema import Report, Rule, anything, array, both, either_of, flag, one_of, record, string, typed, whole
from playground.shapes import Json, SlackError, invalid_arguments

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
LARGEST_VIEW = 250_000
MOST_CHARACTERS = 13_200
MOST_TABLE_CHARACTERS = 10_000
MOST_MARKDOWN_CHARACTERS = 12_000

_ID: dict[str, Rule] = {"block_id": ID}


def _rich(**more: Rule) -> Rule:
    return record({"type": anything, "elements": array(anything, 1000, 0)}, {"border": anything, "style": anything, **more})


_RICH = typed(
    {
        "rich_text_section": _rich(),
        "rich_text_preformatted": _rich(language=anything),
        "rich_text_quote": _rich(),
        "rich_text_list": _rich(indent=whole(0, 8), offset=whole(0, 10**6)),
    }
)
_RICH_TEXT = record({"type": anything, "elements": array(_RICH, 1000)}, _ID)
_CELL = typed({"raw_text": record({"type": anything, "text": string(10_000, 0)}), "rich_text": _RICH_TEXT})
_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})

_BLOCKS: dict[str, Rule] = {
    "section": both(
        record(
            {"type": anything},
            {**_ID, "text": words(3000), "fields": array(words(2000), 10), "accessory": IN_SECTION, "expand": flag},
        ),
        either_of("text", "fields"),
    ),
    "header": record({"type": anything, "text": plain(150)}, _ID),
    "divider": record({"type": anything}, _ID),
    "context": record({"type": anything, "elements": array(IN_CONTEXT, 10)}, _ID),
    "actions": record({"type": anything, "elements": array(IN_ACTIONS, 25)}, _ID),
    "context_actions": record({"type": anything, "elements": array(IN_CONTEXT_ACTIONS, 5)}, _ID),
    "image": both(
        record({"type": anything, "alt_text": string(2000)}, {**_ID, **PICTURE, "title": plain(2000)}),
        either_of("image_url", "slack_file", one=True),
    ),
    "input": record(
        {"type": anything, "label": plain(2000), "element": IN_INPUT},
        {**_ID, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": _RICH_TEXT,
    "markdown": record({"type": anything, "text": string(MOST_MARKDOWN_CHARACTERS)}, _ID),
    "table": record({"type": anything, "rows": array(array(_CELL, 20), 100)}, {**_ID, "column_settings": array(both(_COLUMN), 20, 0)}),
    data_blocks.TABLE: data_blocks.table(_RICH_TEXT),
    data_blocks.CHART: data_blocks.VISUALIZATION,
    "video": record(
        {"type": anything, "alt_text": string(2000), "title": plain(200), "thumbnail_url": string(3000), "video_url": string(3000)},
        {
            **_ID,
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": string(3000),
            "provider_name": string(50),
            "title_url": string(3000),
        },
    ),
}
_MESSAGE_ONLY = {"table", data_blocks.TABLE, data_blocks.CHART, "markdown", "context_actions"}
_VIEW_ONLY = {"input"}


def _fits(kind: str, report: Report) -> bool:
    return kind not in report.lacking and kind not in (_VIEW_ONLY if report.surface == "message" else _MESSAGE_ONLY)


_BLOCK = typed(_BLOCKS, _fits)


def _check_blocks(value: Any, pointer: str, report: Report) -> None:
    """Check every block by its own rules, then uniqueness and consistency over all of them."""
    array(_BLOCK, MOST_BLOCKS[report.surface], 0)(value, pointer, report)
    if not report.problems:
        _check_ids(value, pointer, report)
        _check_focus(value, pointer, report)


def _check_ids(value: list[Json], pointer: str, report: Report) -> None:
    seen: set[str] = set()
    for index, block in enumerate(value):
        name = block.get("block_id")
        if name and name in seen:
            report.add(f'`block_id` "{name}" already exists for another block', f"{pointer}/{index}/block_id")
        seen.add(name or "")
        actions: set[str] = set()
        for place, element in enumerate(kit.elements(block)):
            action = element.get("action_id")
            if action and action in actions:
                where = f"{pointer}/{index}/elements/{place}/action_id"
                report.add(f'`action_id` "{action}" already exists for another action', where)
            actions.add(action or "")


def _check_focus(value: list[Json], pointer: str, report: Report) -> None:
    focused = [e for block in value for e in kit.elements(block) if e.get("focus_on_load")]
    if len(focused) > 1:
        report.add("only one element can have `focus_on_load` set to true", pointer)


def check_message(message: Json, files: Mapping[str, Json], lacking: frozenset[str] = frozenset()) -> None:
    """Refuse a message that chat.postMessage would refuse, in a workspace that lacks some types of blocks.

    Raises:
        SlackError: no_text, invalid_blocks_format, invalid_blocks, only_one_table_allowed or msg_blocks_too_long.
    """
    given = message.get("blocks")
    if isinstance(given, str):
        raise SlackError("invalid_blocks_format")
    if not given and not message.get("text") and not message.get("attachments"):
        raise SlackError("no_text")
    if given is None:
        return
    if not isinstance(given, list):
        raise SlackError("invalid_blocks_format")
    report = Report("message", files, lacking)
    _check_blocks(given, "/blocks", report)
    _check_tables(given, report)
    if not report.problems:
        data_blocks.check_together(given, report, MOST_TABLE_CHARACTERS)
    if report.problems:
        lines = [f"[ERROR] {problem}" for problem in report.problems]
        raise SlackError("invalid_blocks", errors=report.problems, response_metadata={"messages": lines})
    if sum(map(len, _strings(given))) > MOST_CHARACTERS:
        raise SlackError("msg_blocks_too_long")


def _check_tables(given: list[Any], report: Report) -> None:
    tables = [block for block in given if isinstance(block, dict) and block.get("type") == "table"]
    if len(tables) > 1:
        raise SlackError("only_one_table_allowed")
    if sum(map(len, _strings(tables))) > MOST_TABLE_CHARACTERS:
        report.add(f"must be less than {MOST_TABLE_CHARACTERS + 1} characters", f"/blocks/{given.index(tables[0])}/rows")


def _strings(value: Any) -> Iterator[str]:
    """Yield every visible text in a tree of blocks."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key == "text" and isinstance(entry, str):
                yield entry
            else:
                yield from _strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


_SHARED: dict[str, Rule] = {"private_metadata": string(3000, 0), "callback_id": string(255, 0), "external_id": string(255, 0)}
_VIEWS: dict[str, Rule] = {
    "modal": record(
        {"type": anything, "title": plain(24), "blocks": _check_blocks},
        {
            **_SHARED,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
    ),
    "home": record({"type": anything, "blocks": _check_blocks}, _SHARED),
}


def check_view(view: Any, files: Mapping[str, Json], kind: str) -> Json:
    """Return the view if Slack would accept it as a ``modal`` or ``home``; an empty kind accepts either.

    Raises:
        SlackError: invalid_arguments with the problems, or view_too_large.
    """
    if not isinstance(view, dict):
        raise invalid_arguments("missing required field: view" if view is None else "must provide an object [json-pointer:/view]")
    if len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    kinds = {name: rule for name, rule in _VIEWS.items() if kind in ("", name)}
    report = Report(str(view.get("type")), files)
    typed(kinds)(view, "/view", report)
    if not report.problems and view["type"] == "modal" and not view.get("submit"):
        for index, block in enumerate(view["blocks"]):
            if block["type"] == "input":
                report.add("must define `submit` to use an `input` block in modals", f"/view/blocks/{index}/input")
    if report.problems:
        raise invalid_arguments(*report.problems)
    return {key: value for key, value in view.items() if value is not None}


def check_options(answer: Any) -> Json:
    """Return the options of a block_suggestion's ack, if Slack would show them.

    Raises:
        SlackError: invalid_options.
    """
    report = Report("message", {})
    answer = answer if isinstance(answer, dict) else {}
    given = {key: answer[key] for key in ("options", "option_groups") if answer.get(key) is not None}
    if len(given) != 1:
        report.add("must define either `options` or `option_groups`", "/")
    for key, value in given.items():
        if value:
            (OPTIONS if key == "options" else GROUPS)(value, f"/{key}", report)
    if report.problems:
        raise SlackError("invalid_options", errors=report.problems)
    return given


def check_errors(errors: Any, in_blocks: list[Json]) -> dict[str, str]:
    """Return the errors of a view_submission's ack, if every key is the id of an input block.

    Raises:
        SlackError: invalid_errors.
    """
    inputs = {block["block_id"] for block in in_blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors", errors_given=errors)
    return {str(block_id): str(text) for block_id, text in errors.items()}
