"""The Slack client: one TLS context, and no retries of the library's own."""

from __future__ import annotations

import ssl
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.clock import Clock
from bot.settings import Settings
from bot.slack.outgoing_calls import AnswerClient, SlackClient, check
from bot.slack.skew import Skew

TIMEOUT = 10
IMPATIENCE = 2
# creating a context per call costs more than the call
TLS = ssl.create_default_context()


class Client(SlackClient):
    """The Web API client, which also measures Slack's clock."""

    def __init__(self, token: str | None, *, skew: Skew, **how: Any) -> None:
        super().__init__(token, **how)
        self.skew = skew

    def api_call(self, api_method: str, **how: Any) -> Any:
        """Call a method and note the date of the answer, even of a refusal."""
        started = self.skew.starts()
        try:
            response = super().api_call(api_method, **how)
        except SlackApiError as error:
            self.skew.hear(getattr(error.response, "headers", {}), started)
            raise
        self.skew.hear(response.headers, started)
        return response


def web_client(settings: Settings, skew: Skew | None = None) -> Client:
    """Return the client for all calls; library retries are off, as they would post messages twice."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    skew = skew or Skew(Clock())
    return Client(token, base_url=settings.slack_api_url, timeout=TIMEOUT, ssl=TLS, retry_handlers=[], skew=skew)


def impatient(client: Client) -> Client:
    """Return a client with a short timeout, for questions that an acknowledgement waits for."""
    return Client(client.token, base_url=client.base_url, timeout=IMPATIENCE, ssl=TLS, retry_handlers=[], skew=client.skew)


def webhook(url: str, client: WebClient) -> WebhookClient:
    """Return a client for one ``response_url``.

    Raises:
        Elsewhere: the address does not lead to Slack.
    """
    check(url, client.base_url)
    return AnswerClient(url, timeout=TIMEOUT, ssl=TLS, retry_handlers=[])
