"""Slack's error codes and their consequences for the message: one table, with a reason in words for each.

The codes are those of Slack's pages for chat.postMessage, chat.update, chat.delete, conversations.* and files.*. A code
that is missing here is *uncertain*: Slack adds codes, and a message must not be lost because of an unknown one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from commands.kit.i18n import Text, _


class Fate(Enum):
    """The consequence of a failed call for its message."""

    LATER = "certainly not posted; try again soon"
    LIMITED = "certainly not posted; Slack says when to come again"
    UNCERTAIN = "may have been posted; look before trying again"
    UNHEARD = "may still be posted; wait out the lease, then look"
    CURABLE = "not posted; somebody has to mend the channel or a permission first"
    SHUT_OUT = "not posted; Slack does not let the app in at all, until somebody mends its token or settings"
    CLOSED = "not posted; whoever or whatever it is for is gone, unless that is taken back within minutes"
    GONE = "what was to be rewritten is not there any more, so nothing is lost"
    HOPELESS = "not posted, and never will be as it is"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A code's fate, and the reason in words."""

    fate: Fate
    why: Text


# the product's own codes, for errors other than Slack's
NO_ANSWER, NOT_REACHED, UNREADABLE, UNWRITABLE = "no_answer", "not_reached", "unreadable_answer", "not_writable"
# unknown whether it was posted
DOUBT = Fate.UNCERTAIN
# a message without its blocks is better than none
ABOUT_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "only_one_table_allowed", "block_mismatch"})

_ANSWERS: tuple[tuple[Fate, Text, str], ...] = (
    (Fate.LIMITED, _("Slack is limiting the rate"), "ratelimited rate_limited"),
    (Fate.LIMITED, _("the workspace has reached the limit of messages that Slack allows"), "message_limit_exceeded"),
    # --- Slack itself does not know the outcome, or the request was damaged on the way
    (
        Fate.UNCERTAIN,
        _("Slack reports an internal error"),
        "fatal_error internal_error service_unavailable update_failed failed_for_some_languages file_update_failed team_not_found",
    ),
    (
        Fate.UNCERTAIN,
        _("Slack cannot find the original of this repeated message"),
        "duplicate_channel_not_found duplicate_message_not_found",
    ),
    (Fate.UNCERTAIN, _("the workspace is being migrated, and Slack is not always available"), "org_login_required team_added_to_org"),
    (Fate.UNCERTAIN, _("the channel is being migrated, and Slack is not always available"), "external_channel_migrating"),
    (Fate.UNCERTAIN, _("Slack denies access without giving a reason"), "access_denied"),
    (
        Fate.UNCERTAIN,
        _("the request arrived damaged, as happens when a proxy alters it"),
        "request_timeout invalid_charset invalid_form_data invalid_post_type missing_post_type invalid_json json_not_object",
    ),
    (Fate.UNCERTAIN, _("Slack does not let me read the whole channel"), "invalid_cursor invalid_limit invalid_ts_oldest"),
    # --- somebody can repair it, and then the message is sent automatically
    (Fate.CURABLE, _("there is no such channel, or I am not in it: invite me with /invite"), "channel_not_found not_in_channel"),
    (
        Fate.CURABLE,
        _("the workspace does not allow me to post there"),
        "restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel posting_to_channel_denied"
        " posting_to_general_channel_denied ekm_access_denied no_permission not_enabled",
    ),
    (Fate.CURABLE, _("the app's Messages tab is switched off (App Home, in the app's settings)"), "messages_tab_disabled"),
    (
        Fate.SHUT_OUT,
        _("Slack does not accept the bot's token: install the app again, or set SLACK_BOT_TOKEN"),
        "invalid_auth not_authed token_revoked token_expired account_inactive not_allowed_token_type two_factor_setup_required",
    ),
    (
        Fate.SHUT_OUT,
        _("the app lacks a permission: see the scopes in its settings"),
        "missing_scope team_access_not_granted enterprise_is_restricted access_not_granted",
    ),
    (Fate.SHUT_OUT, _("Slack does not allow calls from this network: see the allowed IP addresses in the app's settings"), "accesslimited"),
    (Fate.SHUT_OUT, _("the address in SLACK_API_URL does not know this request"), "unknown_method method_deprecated deprecated_endpoint"),
    # --- as good as final
    (Fate.CLOSED, _("the channel is archived"), "is_archived is_inactive"),
    (
        Fate.CLOSED,
        _("the person has no account, or one that I cannot write to"),
        "user_not_found user_disabled user_not_visible cannot_dm_bot invalid_user_combination users_list_not_supplied not_enough_users"
        " method_not_supported_for_channel_type invalid_channel",
    ),
    # --- nothing is left to do
    (
        Fate.GONE,
        _("the message to be updated no longer exists, or may not be edited"),
        "message_not_found cant_update_message edit_window_closed streaming_state_conflict",
    ),
    # --- the message itself is refused
    (Fate.HOPELESS, _("Slack finds the message too long"), "msg_too_long msg_blocks_too_long attachment_payload_limit_exceeded"),
    (Fate.HOPELESS, _("the message it replies to no longer exists"), "thread_not_found cannot_reply_to_message"),
    (Fate.HOPELESS, _("threads are switched off there"), "restricted_action_non_threadable_channel"),
    (
        Fate.HOPELESS,
        _("Slack does not accept the message as it is written"),
        "no_text invalid_blocks invalid_blocks_format only_one_table_allowed block_mismatch invalid_attachments too_many_attachments"
        " too_many_contact_cards invalid_arguments invalid_arg_name invalid_array_arg invalid_metadata_format invalid_metadata_schema"
        " metadata_too_large metadata_must_be_sent_from_app markdown_text_conflict as_user_not_supported cant_broadcast_message"
        " no_dual_broadcast_content_update slack_connect_file_link_sharing_blocked slack_connect_canvas_sharing_blocked"
        " slack_connect_clip_sharing_blocked slack_connect_lists_sharing_blocked",
    ),
    (
        Fate.HOPELESS,
        _("Slack does not allow it to be deleted"),
        "cant_delete_message compliance_exports_prevent_deletion",
    ),
    (Fate.HOPELESS, _("Slack does not find the file"), "file_not_found"),
    # --- no answer from Slack
    (Fate.UNHEARD, _("no answer came"), NO_ANSWER),
    (Fate.LATER, _("Slack cannot be reached"), NOT_REACHED),
    (Fate.UNCERTAIN, _("the answer was not from Slack, perhaps from a proxy"), UNREADABLE),
    (Fate.HOPELESS, _("The message could not be composed: an internal error, recorded in the log"), UNWRITABLE),
)
ANSWERS: dict[str, Verdict] = {code: Verdict(fate, why) for fate, why, codes in _ANSWERS for code in codes.split()}

_CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")


def is_code(text: object) -> bool:
    """Return True if a value looks like one of Slack's codes."""
    return isinstance(text, str) and _CODE.fullmatch(text) is not None


def verdict(code: str) -> Verdict:
    """Return the verdict on a code; an unlisted one is uncertain."""
    return ANSWERS.get(code) or Verdict(Fate.UNCERTAIN, _("Slack answers “{code}”, which I do not know").format(code=code))


def trouble(error: str) -> Fate | str:
    """Return the kind of trouble of a delivery's error: all doubts are one kind; a sentence is its own kind."""
    if not is_code(error):
        return error
    found = verdict(error).fate
    return DOUBT if found is Fate.UNHEARD else found


def why(error: str) -> Text | str:
    """Return the reason in words for a delivery's error: a code, or already a sentence."""
    return verdict(error).why if is_code(error) else error


def codes(fate: Fate) -> Iterator[str]:
    """Yield every listed code of one fate."""
    return (code for code, known in ANSWERS.items() if known.fate is fate)
