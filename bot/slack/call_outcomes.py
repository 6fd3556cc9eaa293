"""Outcomes of failed calls: every exception and answer has exactly one meaning for the message."""

from __future__ import annotations

import errno
import math
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from commands.delivery.slack_answers import NO_ANSWER, NOT_REACHED, UNREADABLE, Fate, is_code, verdict

# seconds
SOON, LIMIT, LONGEST_LIMIT = 5.0, 30.0, 3600.0
# the connection was never made, so nothing was sent over it
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}


class Unreadable(ValueError):
    """An answer arrived that is not one of Slack's."""


def fate(error: BaseException) -> tuple[Fate, str, float]:
    """Return an error's fate, its code, and the minimum wait in seconds."""
    if isinstance(error, SlackApiError):
        return _refused(error.response)
    if isinstance(error, URLError) and _never_connected(error.reason):
        return Fate.LATER, NOT_REACHED, SOON
    if isinstance(error, ValueError | TypeError | LookupError | AttributeError) and not isinstance(error, OSError):
        # the library or this code failed on the contents of an answer
        return Fate.UNCERTAIN, UNREADABLE, 0.0
    return Fate.UNHEARD, NO_ANSWER, 0.0


def _never_connected(reason: object) -> bool:
    """Return True if not a byte of the request was sent; a broken connection may have carried all of them."""
    if isinstance(reason, ConnectionRefusedError | PermissionError | socket.gaierror | ssl.SSLCertVerificationError):
        return True
    return isinstance(reason, OSError) and reason.errno in _NO_WAY


def _refused(response: Any) -> tuple[Fate, str, float]:
    """Return the meaning of an answer of any shape: the library's own, a mapping, bytes, nothing."""
    data = getattr(response, "data", response)
    said = data.get("error") if isinstance(data, Mapping) else None
    code = str(said) if is_code(said) else UNREADABLE
    status = getattr(response, "status_code", None)
    if status == 429:
        return Fate.LIMITED, "ratelimited", _retry_after(response)
    found = verdict(code).fate
    if isinstance(status, int) and status >= 500:
        return Fate.UNCERTAIN, code, 0.0
    return found, code, _retry_after(response) if found is Fate.LIMITED else 0.0


def _retry_after(response: Any) -> float:
    """Return the seconds that Slack requests, within reason."""
    headers = getattr(response, "headers", None) or {}
    asked = next((value for name, value in headers.items() if str(name).lower() == "retry-after"), LIMIT)
    try:
        seconds = float(asked)
    except (TypeError, ValueError):
        return LIMIT
    return min(max(seconds, 1.0), LONGEST_LIMIT) if math.isfinite(seconds) else LIMIT


def too_many_calls(error: SlackApiError) -> bool:
    """Return True if Slack limits calls."""
    return fate(error)[0] is Fate.LIMITED
