"""Structured logs: one JSON object per line, without secrets, and without customers' data beyond ids."""

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

# patterns of secrets; a password may contain an @, so the last one ends it; USER:PASSWORD@HOST is the form that a message names
_SECRETS = re.compile(
    r"(?:xoxe\.)?xox[a-z]-[\w%+/=.-]+|xapp-[\w-]+|xwfp-[\w-]+|xoxe\.[\w-]+|https://hooks\.slack\.com/\S+|/(?:commands|actions|response)/T\w+/\S+"
    r"|v0=[0-9a-f]{16,}|(?<=://)(?!USER:PASSWORD@HOST)[^:/@\s\"']*:[^\s\"']*(?=@)"
    r"|(?i:(?<=password=)|(?<=passwd=)|(?<=secret=)|(?<=token=))(?:'[^']*'|[^\s&\"']+)"
)
# this process's secrets, in every spelling in which they may appear
_kept: set[str] = set()
# shorter ones would occur in ordinary text
_SHORTEST = 4


def keep(secrets: Iterable[str]) -> None:
    """Set the secrets to be removed from everything logged or printed from now on, replacing earlier ones."""
    _kept.clear()
    for secret in secrets:
        spelled = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
        _kept.update(one for one in spelled if len(one) >= _SHORTEST)


class RedactingFormatter(JsonFormatter):
    """The last gate: it removes tokens, hooks, signatures and passwords from messages and tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def redact(text: str) -> str:
    """Return text without tokens, hook addresses, signatures, passwords and known secrets."""
    text = _SECRETS.sub(HIDDEN, text)
    for secret in sorted(_kept, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def configure(level: int = logging.INFO) -> None:
    """Log to standard error; the Slack libraries log only warnings, as they would log whole bodies otherwise."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter("{asctime}{levelname}{name}{message}", style="{", rename_fields={"asctime": "at", "levelname": "level"})
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("slack_bolt", "slack_sdk", "bot.bolt", "apscheduler", "waitress", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # it logs a line for each request that finds no free worker
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # uncaught exceptions and warnings would be printed unredacted
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: logging.getLogger("bot").critical("the process ends", exc_info=(kind, error, trace))
    threading.excepthook = _thread_ended


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and ended.exc_type is not SystemExit:
        trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger("bot").error("a thread ended", extra={"thread": ended.thread and ended.thread.name}, exc_info=trace)


def reference() -> str:
    """Return a short reference for the log and the user."""
    return secrets.token_hex(4)
