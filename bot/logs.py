"""Structured logs: one JSON object a line, without secrets and without customers' data beyond ids."""

from __future__ import annotations

import logging
import re
import secrets
import sys

from pythonjsonlogger.json import JsonFormatter

_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https://hooks\.slack\.com/\S+|/(?:commands|actions|response)/T\w+/\S+|v0=[0-9a-f]{16,}|(?<=://)([^:/@\s]+):[^@\s]+(?=@)"
)


class RedactingFormatter(JsonFormatter):
    """The last gate: whatever a message or a traceback carries, tokens, hooks, signatures and passwords do not pass."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def redact(text: str) -> str:
    """Text without tokens, hook addresses, signatures and passwords."""
    return _SECRETS.sub("[redacted]", text)


def configure(level: int = logging.INFO) -> None:
    """Log to standard error; the Slack libraries speak only of warnings, as they log whole bodies otherwise."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter("{asctime}{levelname}{name}{message}", style="{", rename_fields={"asctime": "at", "levelname": "level"})
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("slack_bolt", "slack_sdk", "bot.bolt", "apscheduler", "waitress", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def reference() -> str:
    """A short mark that stands in the log and in front of the user."""
    return secrets.token_hex(4)
