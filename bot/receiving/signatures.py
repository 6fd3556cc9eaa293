"""The gate before Bolt in HTTP mode: it reads requests that Slack has signed and refuses all others unread."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
# a view of 250 KB, three bytes for each in a form, and its state
BODY_BYTES = 1 << 20
FRESH_SECONDS = 300
RETRY = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
# Slack checks the certificate with these two fields and does not sign them; the answer is an empty 200
_SSL_CHECK = re.compile(rb"(?:token=[\w.-]{0,100}&)?ssl_check=1(?:&token=[\w.-]{0,100})?")


class Refused(Exception):
    """A refused request: the status to answer, and a reason that never quotes the request."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass(frozen=True, slots=True)
class Verified:
    """A request that Slack has signed: its body, and the headers that Bolt needs."""

    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gate:
    """The check of one app's signatures.

    Args:
        secret: the app's signing secret.
        now: the clock.
    """

    secret: bytes
    now: Callable[[], datetime]

    def verify(self, headers: Headers, body: bytes) -> Verified:
        """Return the request if Slack has signed it within the last five minutes.

        Raises:
            Refused: the signature, the time, the type or the encoding is not Slack's.
        """
        kind = _kind(headers)
        timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or abs(self.now().timestamp() - int(timestamp)) > FRESH_SECONDS:
            raise Refused(401, "no fresh timestamp")
        if not self._signed(timestamp.encode(), signature.encode("utf-8", "replace"), body):
            raise Refused(401, "no valid signature")
        text = _read(kind, body)
        own = {"Content-Type": kind, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
        return Verified(text, own | {name: headers[name] for name in RETRY if name in headers})

    def _signed(self, timestamp: bytes, signature: bytes, body: bytes) -> bool:
        if not _SIGNATURE.fullmatch(signature):
            return False
        expected = hmac.new(self.secret, b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest()
        # bytes: texts beyond ASCII make the comparison raise
        return hmac.compare_digest(b"v0=" + expected.encode(), signature)


def is_ssl_check(body: bytes) -> bool:
    """Tell whether the body is Slack's check of the certificate, which is never signed."""
    return _SSL_CHECK.fullmatch(body) is not None


def _kind(headers: Headers) -> str:
    """Return the type of the body, one of the two that Slack sends."""
    kind, _semicolon, parameters = headers.get("Content-Type", "").partition(";")
    if kind.strip().lower() not in (FORM, JSON):
        raise Refused(415, "another content type")
    if parameters.strip().lower().replace('"', "") not in ("", "charset=utf-8"):
        raise Refused(415, "another character set")
    if headers.get("Content-Encoding", "identity").lower() != "identity" or "Transfer-Encoding" in headers:
        raise Refused(415, "an encoded body")
    return kind.strip().lower()


def _read(kind: str, body: bytes) -> str:
    """Return a signed body as text. The content type is not signed, so it has to fit the body."""
    try:
        text = body.decode("utf-8")
        fields = dict(parse_qsl(text, keep_blank_values=True)) if kind == FORM and not text.startswith("{") else {}
        inner = text if kind == JSON else fields.get("payload", "{}" if fields else "")
        readable = isinstance(json.loads(inner), dict)
    except (ValueError, RecursionError):
        readable = False
    if not readable:
        raise Refused(400, "a signed body that cannot be read")
    return text
