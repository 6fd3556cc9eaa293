"""Settings from the environment; a missing or wrong variable stops the start, by name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import logs
from storage.addresses import secrets_in


class SettingsError(Exception):
    """A variable of the environment is missing or wrong; the text names it."""


class Settings(BaseSettings):
    """Riskbot's environment; an empty variable counts as missing."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Annotated[str, Field(pattern=r"^https?://")] = "https://slack.com/api/"
    database_url: str = "sqlite:///riskbot.db"
    riskbot_policy: Path | None = None
    riskbot_admins: Annotated[tuple[str, ...], NoDecode] = ()
    riskbot_audit_key: SecretStr | None = None
    riskbot_audit_old_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    riskbot_bind: str | None = None
    riskbot_health_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    riskbot_health_token: SecretStr | None = None

    riskbot_heartbeat_url: SecretStr | None = None
    riskbot_heartbeat_file: Path | None = None

    @field_validator("riskbot_heartbeat_url")
    @classmethod
    def _an_address(cls, value: SecretStr | None) -> SecretStr | None:
        # the address may hold a secret, and is not repeated
        if value is not None and not _is_an_address(value.get_secret_value()):
            raise ValueError("expected an address that begins with https:// or http://, as a monitoring service gives it")
        return value

    @field_validator("riskbot_heartbeat_file")
    @classmethod
    def _a_file(cls, value: Path | None) -> Path | None:
        if value is not None and (
            value.is_dir() or not value.absolute().parent.is_dir() or not os.access(value.absolute().parent, os.W_OK)
        ):
            raise ValueError(f"“{value}” cannot be written: expected the name of a file in a folder that exists and may be written to")
        return value

    @field_validator("riskbot_admins", "riskbot_audit_old_keys", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("riskbot_admins")
    @classmethod
    def _ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for id in value:
            if not re.fullmatch(r"[UW][A-Z0-9]+", id):
                raise ValueError(f"“{id}” is no Slack user id; expected ids like U012ABCDEF, with commas between them")
        return value

    @field_validator("riskbot_bind")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None or value == "localhost":
            return value and "127.0.0.1"
        try:
            return str(ip_address(value.strip("[]")))
        except ValueError as error:
            raise ValueError(f"“{value}” is no IP address; expected one such as 127.0.0.1, 0.0.0.0 or ::1") from error

    @field_validator("riskbot_health_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[!-~]{16,}", value.get_secret_value()):
            raise ValueError("expected at least 16 letters, digits or signs without blanks, as openssl rand -hex 32 makes them")
        return value

    def secrets(self) -> Iterator[str]:
        """Yield everything here that must not be shown: tokens, keys, and passwords in addresses."""
        for _name, value in self:
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, SecretStr):
                    yield one.get_secret_value()
                elif isinstance(one, str) and "://" in one:
                    yield from secrets_in(one)

    @property
    def socket_mode(self) -> bool:
        return self.slack_app_token is not None

    @property
    def bind(self) -> str:
        """Return the address to listen on: in HTTP mode Slack must reach it, in Socket Mode only this machine."""
        return self.riskbot_bind or ("127.0.0.1" if self.socket_mode else "0.0.0.0")

    @property
    def public(self) -> bool:
        """Return True if other machines can reach the ports."""
        return not ip_address(self.bind).is_loopback

    def require_slack(self) -> None:
        """Check the settings that the running bot needs to reach Slack.

        Raises:
            SettingsError: names the variable and its expected value.
        """
        if self.slack_bot_token is None:
            raise SettingsError("SLACK_BOT_TOKEN is missing: expected the bot token of the app's page “OAuth & Permissions”, xoxb-…")
        _not_of_another_kind("SLACK_BOT_TOKEN", self.slack_bot_token, ("xapp-", "xoxp-"), "the bot token, xoxb-…")
        if self.slack_app_token is not None:
            _not_of_another_kind(
                "SLACK_APP_TOKEN", self.slack_app_token, ("xoxb-", "xoxp-"), "an app-level token with connections:write, xapp-…"
            )
        elif self.slack_signing_secret is None:
            raise SettingsError("SLACK_SIGNING_SECRET is missing: HTTP mode needs it (or set SLACK_APP_TOKEN for Socket Mode)")


def _is_an_address(text: str) -> bool:
    """Return True for an unambiguous http or https address with a host."""
    if not re.fullmatch(r"https?://[!-~]+", text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False


def _not_of_another_kind(name: str, value: SecretStr, kinds: tuple[str, ...], what: str) -> None:
    if value.get_secret_value().startswith(kinds):
        raise SettingsError(f"{name} is wrong: it holds a token of another kind; expected {what}")


def load() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: names every variable that is wrong.
    """
    try:
        env = Settings()
    except ValidationError as error:
        lines = [f"{str(fault['loc'][0]).upper()} is wrong: {fault['msg']}" for fault in error.errors()]
        raise SettingsError("\n".join(lines)) from None
    logs.keep(env.secrets())
    return env
