"""How Slack is reached: one TLS context, and no retries of the library's own."""

from __future__ import annotations

import ssl

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.outward import AnswerClient, SlackClient, check
from bot.settings import Settings

TIMEOUT = 10
IMPATIENCE = 2
# building a context per call costs more than the call
TLS = ssl.create_default_context()


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
