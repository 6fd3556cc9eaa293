"""Structured logs: one JSON object a line, without secrets and without customers' data beyond ids."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import threading
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from pythonjsonlogger.json import JsonFormatter

from storage.addresses import HIDDEN

# what looks like a secret, whoever's it is; a password may hold an @ of its own, so that the last one ends it
_SECRETS = re.compile(
    r"(?:xoxe\.)?xox[a-z]-[\w%+/=.-]+|xapp-[\w-]+|xwfp-[\w-]+|xoxe\.[\w-]+|https://hooks\.slack\.com/\S+|/(?:commands|actions|response)/T\w+/\S+"
    r"|v0=[0-9a-f]{16,}|(?<=://)[^:/@\s\"']*:[^\s\"']*(?=@)"
    r"|(?i:(?<=password=)|(?<=passwd=)|(?<=secret=)|(?<=token=))(?:'[^']*'|[^\s&\"']+)"
)
# what this process was told to keep, in every spelling in which it may turn up
_kept: set[str] = set()
# less would take letters out of every line
_SHORTEST = 4


def keep(secrets: Iterable[str]) -> None:
    """Let none of these stand in anything that is logged or printed from now on, in place of those before."""
    _kept.clear()
    for secret in secrets:
        spelled = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
        _kept.update(one for one in spelled if len(one) >= _SHORTEST)


class RedactingFormatter(JsonFormatter):
    """The last gate: whatever a message or a traceback carries, tokens, hooks, signatures and passwords do not pass."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def redact(text: str) -> str:
    """Text without tokens, hook addresses, signatures and passwords, and without what is kept."""
    text = _SECRETS.sub(HIDDEN, text)
    for secret in sorted(_kept, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def configure(level: int = logging.INFO) -> None:
    """Log to standard error; the Slack libraries speak only of warnings, as they log whole bodies otherwise."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter("{asctime}{levelname}{name}{message}", style="{", rename_fields={"asctime": "at", "levelname": "level"})
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("slack_bolt", "slack_sdk", "bot.bolt", "apscheduler", "waitress", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # a line for each request that finds no worker free
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # what nobody caught, and what libraries warn of, would be printed as it is
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: logging.getLogger("bot").critical("the process ends", exc_info=(kind, error, trace))
    threading.excepthook = _thread_ended


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and ended.exc_type is not SystemExit:
        trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger("bot").error("a thread ended", extra={"thread": ended.thread and ended.thread.name}, exc_info=trace)


def reference() -> str:
    """A short mark that stands in the log and in front of the user."""
    return secrets.token_hex(4)
