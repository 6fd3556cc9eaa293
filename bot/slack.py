"""How Slack is reached: one TLS context, no retries of the library's own, and what its errors mean for a message."""

from __future__ import annotations

import ssl
from enum import Enum
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.outward import AnswerClient, SlackClient, check
from bot.settings import Settings

TIMEOUT = 10
IMPATIENCE = 2
# building a context per call costs more than the call
TLS = ssl.create_default_context()

_UNCERTAIN = {
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "duplicate_channel_not_found",
    "duplicate_message_not_found",
}
_CURABLE = {
    *("channel_not_found", "not_in_channel", "is_archived", "user_not_found", "user_disabled", "messages_tab_disabled", "cannot_dm_bot"),
    *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope", "restricted_action"),
    *("ekm_access_denied", "unknown_method"),
}


def web_client(settings: Settings) -> WebClient:
    """The Web API client; retrying on its own it would post messages twice."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    return SlackClient(token, base_url=settings.slack_api_url, timeout=TIMEOUT, ssl=TLS, retry_handlers=[])


def impatient(client: WebClient) -> WebClient:
    """The same client for questions that somebody's acknowledgement waits for."""
    return SlackClient(client.token, base_url=client.base_url, timeout=IMPATIENCE, ssl=TLS, retry_handlers=[])


def webhook(url: str, client: WebClient) -> WebhookClient:
    """A client for one ``response_url``.

    Raises:
        Elsewhere: it does not lead to Slack.
    """
    check(url, client.base_url)
    return AnswerClient(url, timeout=TIMEOUT, ssl=TLS, retry_handlers=[])


def too_many_calls(error: SlackApiError) -> bool:
    """Whether Slack takes no more calls for now."""
    return error.response.status_code == 429 or error.response.get("error") in {"ratelimited", "rate_limited"}


class Fate(Enum):
    """What a failed call means for the message that it carried."""

    LATER = "certainly not posted; try again soon"
    LIMITED = "certainly not posted; Slack says when to come again"
    UNCERTAIN = "may have been posted; look before trying again"
    UNHEARD = "may still be posted; wait out the lease, then look"
    CURABLE = "not posted; somebody has to mend a channel, a token or a scope first"
    HOPELESS = "not posted, and never will be as it is"


def fate(error: Exception) -> tuple[Fate, str, float]:
    """What an error means, its name, and how many seconds Slack asks to wait."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if (
        isinstance(error, URLError)
        and isinstance(error.reason, ConnectionRefusedError | OSError)
        and not isinstance(error.reason, ConnectionResetError | TimeoutError)
    ):
        return Fate.LATER, str(error.reason), 5.0
    return Fate.UNHEARD, type(error).__name__, 0.0


def _refused(error: SlackApiError) -> tuple[Fate, str, float]:
    response: Any = error.response
    name = str(response.get("error", "unknown_error"))
    if response.status_code == 429:
        return Fate.LIMITED, "ratelimited", float(response.headers.get("Retry-After", 30))
    if response.status_code >= 500 or name in _UNCERTAIN:
        return Fate.UNCERTAIN, name[:60], 0.0
    if name in {"ratelimited", "rate_limited"}:
        return Fate.LIMITED, name, 30.0
    return (Fate.CURABLE if name in _CURABLE else Fate.HOPELESS), name, 0.0
