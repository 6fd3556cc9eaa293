"""HTTP mode: requests signed like Slack's, with three seconds for the answer."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground.transport.transport import ACK_SECONDS, Ack, Envelope, Presence
from playground.workspace.seed import SIGNING_SECRET, VERIFICATION_TOKEN

_KNOCK_SECONDS = 0.05
_LOOK_SECONDS = 5.0


class HttpMode:
    """HTTP delivery to the bot's address, ``bot_url``, which may change while the workspace runs."""

    def __init__(self, bot_url: str, ack_seconds: float = ACK_SECONDS, presence: Presence | None = None) -> None:
        self.presence = presence or Presence()
        self.bot_url = bot_url
        self._ack_seconds = ack_seconds
        self._session: aiohttp.ClientSession | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        timeout = aiohttp.ClientTimeout(total=self._ack_seconds)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False, connector=aiohttp.TCPConnector(limit=0))
        self._watch = asyncio.create_task(self._watch_bot())

    async def stop(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def deliver(self, envelope: Envelope) -> Ack:
        """Post once; a redirect, a refusal and a timeout are distinguished as by Slack."""
        body, content_type = _encode(envelope)
        headers = {"Content-Type": content_type}
        if envelope.attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.reason}
        return await self._post(body, headers)

    async def _post(self, body: bytes, headers: dict[str, str]) -> Ack:
        started = time.perf_counter()
        if self._session is None:
            return Ack(0.0, error="dispatch_failed", reason="connection_failed")
        try:
            async with self._session.post(self.bot_url, data=body, headers=headers | sign(body), allow_redirects=False) as reply:
                text = await reply.text()
                no_retry = reply.headers.get("X-Slack-No-Retry") == "1"
                ms = _since(started)
                if reply.status == 200:
                    return Ack(ms, _decode(text), no_retry=no_retry)
                reason = "too_many_redirects" if 300 <= reply.status < 400 else "http_error"
                return Ack(ms, text, "dispatch_failed", reason, no_retry)
        except TimeoutError:
            return Ack(_since(started), error="operation_timeout", reason="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Ack(_since(started), error="dispatch_failed", reason="connection_failed")

    async def _watch_bot(self) -> None:
        """Poll until the bot answers Slack's challenge, then check it from time to time."""
        while True:
            up = await self._verify()
            if up:
                self.presence.set(True, f"Answers at {self.bot_url}.")
            else:
                self.presence.lost(f"Nothing answers at {self.bot_url} any more.")
            await asyncio.sleep(_LOOK_SECONDS if up else _KNOCK_SECONDS)

    async def _verify(self) -> bool:
        challenge = secrets.token_hex(12)
        body = json.dumps({"token": VERIFICATION_TOKEN, "type": "url_verification", "challenge": challenge}).encode()
        ack = await self._post(body, {"Content-Type": "application/json"})
        answer = ack.payload.get("challenge") if isinstance(ack.payload, dict) else ack.payload
        return ack.ok and answer == challenge


def sign(body: bytes, at: float | None = None) -> dict[str, str]:
    """Return the two headers that prove to an app that a request is Slack's."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(SIGNING_SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _encode(envelope: Envelope) -> tuple[bytes, str]:
    form = "application/x-www-form-urlencoded"
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload, ensure_ascii=False).encode(), "application/json"
    if envelope.kind == "slash_commands":
        return urlencode(envelope.payload).encode(), form
    return urlencode({"payload": json.dumps(envelope.payload, ensure_ascii=False)}).encode(), form


def _decode(text: str) -> Any:
    """Return a JSON object as it is, any other words as text, an empty body as None."""
    try:
        value = json.loads(text)
    except ValueError:
        return text or None
    return value if isinstance(value, dict) else text


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
