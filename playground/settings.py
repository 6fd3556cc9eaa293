"""Environment variables that connect a bot to a workspace."""

from __future__ import annotations

from collections.abc import Mapping

from playground.workspace import seed

_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_FOREIGN = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_APP_TOKEN", "PORT")


def settings_for(url: str, transport: str, bot_url: str) -> dict[str, str]:
    """Return the bot's variables for a workspace at ``url``."""
    settings = {"SLACK_API_URL": f"{url}/api/", "SLACK_BOT_TOKEN": seed.BOT_TOKEN, "SLACK_SIGNING_SECRET": seed.SIGNING_SECRET}
    if transport == "socket":
        return settings | {"SLACK_APP_TOKEN": seed.APP_TOKEN}
    return settings | {"PORT": bot_url.split(":")[2].partition("/")[0]}


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without proxies and without another Slack app's settings, which would mislead the bot."""
    return {k: v for k, v in environment.items() if k.lower() not in _PROXIES and k not in _FOREIGN}
