"""Error codes of each method, by Slack's own method pages, and codes common to all."""

from __future__ import annotations

from playground.shapes import SlackError

_COMMON = (
    "not_authed invalid_auth not_allowed_token_type missing_scope ratelimited unknown_method invalid_arguments"
    " invalid_json json_not_object service_unavailable fatal_error internal_error request_timeout"
)
_MESSAGE = "invalid_blocks invalid_blocks_format invalid_attachments msg_blocks_too_long only_one_table_allowed no_text"
_METADATA = "invalid_metadata_format invalid_metadata_schema metadata_too_large"
_PLACE = "channel_not_found not_in_channel"
_POST = f"{_PLACE} is_archived messages_tab_disabled thread_not_found {_MESSAGE} {_METADATA}"
_PAGE = "invalid_cursor invalid_limit"
_HISTORY = f"{_PLACE} {_PAGE} invalid_ts_latest invalid_ts_oldest"
_MODAL = "exchanged_trigger_id expired_trigger_id view_too_large duplicate_external_id push_limit_reached"
_ITEM = f"{_PLACE} message_not_found no_item_specified bad_timestamp"

_BY_METHOD = {
    "apps.connections.open": "socket_mode_not_enabled forbidden_team",
    "team.info": "team_not_found",
    "bots.info": "bot_not_found",
    "chat.postMessage": _POST,
    "chat.postEphemeral": f"{_POST} user_not_in_channel",
    "chat.update": f"{_PLACE} {_MESSAGE} {_METADATA} message_not_found cant_update_message msg_too_long",
    "chat.delete": f"{_PLACE} message_not_found cant_delete_message",
    "chat.getPermalink": f"{_PLACE} message_not_found",
    "conversations.list": f"{_PAGE} invalid_types",
    "conversations.info": "channel_not_found",
    "conversations.members": f"{_PLACE} {_PAGE}",
    "conversations.open": "channel_not_found user_not_found user_disabled user_not_visible users_list_not_supplied restricted_action",
    "conversations.join": "channel_not_found is_archived method_not_supported_for_channel_type",
    "conversations.history": _HISTORY,
    "conversations.replies": f"{_HISTORY} thread_not_found",
    "files.completeUploadExternal": f"{_PLACE} invalid_channel file_not_found thread_not_found {_MESSAGE}",
    "files.info": "file_not_found",
    "files.delete": "file_not_found",
    "reactions.add": f"{_ITEM} invalid_name already_reacted too_many_emoji",
    "reactions.remove": f"{_ITEM} invalid_name no_reaction",
    "pins.add": f"{_ITEM} already_pinned",
    "pins.remove": f"{_ITEM} no_pin",
    "users.info": "user_not_found",
    "users.list": _PAGE,
    "users.lookupByEmail": "users_not_found",
    "users.conversations": f"user_not_found invalid_types {_PAGE}",
    "usergroups.users.list": "no_such_subteam",
    "views.open": _MODAL,
    "views.push": _MODAL,
    "views.update": "not_found hash_conflict view_too_large duplicate_external_id",
    "views.publish": "not_enabled hash_conflict view_too_large duplicate_external_id",
}
COMMON = frozenset(_COMMON.split())
CODES = {method: frozenset(words.split()) for method, words in _BY_METHOD.items()}


def checked(method: str, refusal: SlackError) -> SlackError:
    """Return the refusal if Slack has it, so that the playground never teaches a bot unknown codes.

    Raises:
        AssertionError: this method has no such code.
    """
    # api.test answers with any requested error
    known = refusal.code in COMMON or refusal.code in CODES.get(method, ()) or method == "api.test"
    assert known, f"{method} does not answer {refusal.code!r} in Slack"
    return refusal
