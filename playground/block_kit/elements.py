"""Block Kit's composition objects and elements, with their limits."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlparse

from playground.block_kit.schema import Report, Rule, anything, array, both, either_of, flag, matching, one_of, record, string, typed, whole
from playground.shapes import Json
from playground.workspace.messages import file_id

ID = string(255)


def plain(most: int) -> Rule:
    """Return the rule for a plain_text object of at most ``most`` characters."""
    return typed({"plain_text": record({"type": anything, "text": string(most)}, {"emoji": flag})})


def words(most: int) -> Rule:
    """Return the rule for a plain_text or mrkdwn object of at most ``most`` characters."""
    return typed(
        {
            "plain_text": record({"type": anything, "text": string(most)}, {"emoji": flag}),
            "mrkdwn": record({"type": anything, "text": string(most)}, {"verbatim": flag}),
        }
    )


_STYLE = one_of("primary", "danger")
CONFIRM = record({}, {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30), "style": _STYLE})
_DATE = matching(r"\d{4}-\d{2}-\d{2}", "must be a valid date in the format YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "must be a valid time in the format HH:mm")
_NUMBER = matching(r"-?(\d+\.?\d*|\.\d+)", "must be a valid number")
_URL = both(string(3000), matching(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+", "invalid url"))


def option(label: Rule, **more: Rule) -> Rule:
    return record({"text": label, "value": string(150)}, {"description": plain(75), **more})


OPTION = option(plain(75))
_RICH_OPTION = record({"text": words(75), "value": string(150)}, {"description": words(75)})
_GROUP = record({"label": plain(75), "options": array(OPTION, 100)})
OPTIONS = array(OPTION, 100)
GROUPS = array(_GROUP, 100)

_COMMON: dict[str, Rule] = {"type": anything, "action_id": ID}
_PLACEHOLDER: dict[str, Rule] = {"placeholder": plain(150), "focus_on_load": flag}
_SELECT: dict[str, Rule] = {**_COMMON, **_PLACEHOLDER, "confirm": CONFIRM}
_MULTI: dict[str, Rule] = {**_SELECT, "max_selected_items": whole(1, 100)}
_DISPATCH = record({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)})
_TYPED: dict[str, Rule] = {**_COMMON, **_PLACEHOLDER, "dispatch_action_config": _DISPATCH}
_FILTER = record({}, {"include": array(anything, 4), "exclude_external_shared_channels": flag, "exclude_bot_users": flag})


def _initial_offered(value: Any, pointer: str, report: Report) -> None:
    """Require that the initial option is exactly one of those offered."""
    groups = [g for g in value.get("option_groups") or [] if isinstance(g, dict)]
    offered = [*(value.get("options") or []), *(o for group in groups for o in group.get("options") or [])]
    single = [value["initial_option"]] if value.get("initial_option") else []
    for chosen in [*single, *(value.get("initial_options") or [])]:
        if chosen not in offered:
            name = "initial_option" if single else "initial_options"
            report.add(f"`{name}` is not one of the options", f"{pointer}/{name}")


def _static(common: dict[str, Rule], **initial: Rule) -> Rule:
    rules = record({"type": anything}, {**common, "options": OPTIONS, "option_groups": GROUPS, **initial})
    return both(rules, either_of("options", "option_groups", one=True), _initial_offered)


def _choices(most: int, **initial: Rule) -> Rule:
    more: dict[str, Rule] = {**_COMMON, "confirm": CONFIRM, "focus_on_load": flag, **initial}
    return both(record({"type": anything, "options": array(_RICH_OPTION, most)}, more), _initial_offered)


def _reachable(value: Any, pointer: str, report: Report) -> None:
    """Refuse picture addresses on this machine, which Slack could not download."""
    host = urlparse(value).hostname if isinstance(value, str) else None
    if not host or not str(value).startswith(("http://", "https://")):
        report.add("invalid url", pointer)
    elif host == "localhost" or host.endswith((".local", ".internal", ".localhost")) or "." not in host or _private(host):
        report.add("downloading image failed", pointer)


def _private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _known_file(value: Any, pointer: str, report: Report) -> None:
    file: Json | None = report.files.get(file_id(value)) if isinstance(value, dict) else None
    if file is None or not file["completed"] or not file["mimetype"].startswith("image/"):
        report.add("invalid slack file", pointer)


PICTURE: dict[str, Rule] = {
    "image_url": both(string(3000), _reachable),
    "slack_file": both(record({}, {"id": string(255), "url": string(3000)}), either_of("id", "url"), _known_file),
}
IMAGE = both(record({"type": anything, "alt_text": string(2000)}, PICTURE), either_of("image_url", "slack_file", one=True))

_WORKFLOW = record({"trigger": anything})
_BUTTON_LOOK: dict[str, Rule] = {"style": _STYLE, "accessibility_label": string(75)}
_OPINION = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
ELEMENTS: dict[str, Rule] = {
    "image": IMAGE,
    "button": record(
        {"type": anything, "text": plain(75)}, {**_COMMON, **_BUTTON_LOOK, "value": string(2000, 0), "url": _URL, "confirm": CONFIRM}
    ),
    "workflow_button": record({"type": anything, "text": plain(75), "workflow": _WORKFLOW}, {**_COMMON, **_BUTTON_LOOK}),
    "overflow": record({"type": anything, "options": array(option(plain(75), url=_URL), 5)}, {**_COMMON, "confirm": CONFIRM}),
    "static_select": _static(_SELECT, initial_option=OPTION),
    "multi_static_select": _static(_MULTI, initial_options=OPTIONS),
    "external_select": record({"type": anything}, {**_SELECT, "initial_option": OPTION, "min_query_length": whole(0, 100)}),
    "multi_external_select": record({"type": anything}, {**_MULTI, "initial_options": OPTIONS, "min_query_length": whole(0, 100)}),
    "users_select": record({"type": anything}, {**_SELECT, "initial_user": ID}),
    "multi_users_select": record({"type": anything}, {**_MULTI, "initial_users": array(ID, 100)}),
    "conversations_select": record(
        {"type": anything},
        {
            **_SELECT,
            "initial_conversation": ID,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": _FILTER,
        },
    ),
    "multi_conversations_select": record(
        {"type": anything},
        {**_MULTI, "initial_conversations": array(ID, 100), "default_to_current_conversation": flag, "filter": _FILTER},
    ),
    "channels_select": record({"type": anything}, {**_SELECT, "initial_channel": ID, "response_url_enabled": flag}),
    "multi_channels_select": record({"type": anything}, {**_MULTI, "initial_channels": array(ID, 100)}),
    "datepicker": record({"type": anything}, {**_SELECT, "initial_date": _DATE}),
    "timepicker": record({"type": anything}, {**_SELECT, "initial_time": _TIME, "timezone": string(100)}),
    "datetimepicker": record(
        {"type": anything}, {**_COMMON, "confirm": CONFIRM, "focus_on_load": flag, "initial_date_time": whole(10**9, 10**10 - 1)}
    ),
    "checkboxes": _choices(10, initial_options=array(_RICH_OPTION, 10)),
    "radio_buttons": _choices(10, initial_option=_RICH_OPTION),
    "plain_text_input": record(
        {"type": anything},
        {**_TYPED, "initial_value": string(3000, 0), "multiline": flag, "min_length": whole(0, 3000), "max_length": whole(1, 3000)},
    ),
    "number_input": record(
        {"type": anything, "is_decimal_allowed": flag}, {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER}
    ),
    "email_text_input": record({"type": anything}, {**_TYPED, "initial_value": string(3000, 0)}),
    "url_text_input": record({"type": anything}, {**_TYPED, "initial_value": string(3000, 0)}),
    "rich_text_input": record({"type": anything}, {**_TYPED, "initial_value": anything}),
    "file_input": record({"type": anything}, {**_COMMON, "filetypes": array(string(50), 100), "max_files": whole(1, 10)}),
    "feedback_buttons": record({"type": anything, "positive_button": _OPINION, "negative_button": _OPINION}, _COMMON),
    "icon_button": record(
        {"type": anything, "icon": string(75), "text": plain(75)}, {**_COMMON, "value": string(2000), "confirm": CONFIRM}
    ),
}

_SELECTS = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_MULTIS = {f"multi_{kind}" for kind in _SELECTS}
_CHOICES = _SELECTS | _MULTIS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
_TEXT_INPUTS = {"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"}


def _only(kinds: set[str]) -> Rule:
    return typed({kind: rule for kind, rule in ELEMENTS.items() if kind in kinds})


IN_SECTION = _only(_CHOICES | {"button", "overflow", "image", "workflow_button"})
IN_ACTIONS = _only(_CHOICES | {"button", "overflow", "datetimepicker", "workflow_button", "rich_text_input"})
IN_INPUT = typed(
    {kind: rule for kind, rule in ELEMENTS.items() if kind in _CHOICES | _TEXT_INPUTS | {"datetimepicker", "file_input"}},
    lambda kind, report: kind != "file_input" or report.surface == "modal",
)
IN_CONTEXT_ACTIONS = _only({"feedback_buttons", "icon_button"})
IN_CONTEXT = typed({"image": IMAGE, "plain_text": words(2000), "mrkdwn": words(2000)})
