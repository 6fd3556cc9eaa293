"""Outgoing calls: only to Slack's hosts and that of SLACK_API_URL, and never along a redirect."""

from __future__ import annotations

import logging
import re
from email.message import Message
from functools import cached_property
from http.client import HTTPResponse
from ssl import SSLContext
from typing import IO, Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.web.file_upload_v2_result import FileUploadV2Result
from slack_sdk.web.slack_response import SlackResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

log = logging.getLogger(__name__)

# unambiguous addresses only: no user, no backslash, no blank, only ASCII
_ADDRESS = re.compile(r"(https?|wss?)://([\w.:\[\]-]+)(?:[/?][!-\[\]-~]*)?", re.ASCII | re.IGNORECASE)
# GovSlack has its own domain
_SLACK = re.compile(r"(?:[a-z0-9-]+\.)*slack(?:-gov)?\.com(?::443)?")
_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_SECURE = {"http": False, "ws": False, "https": True, "wss": True}


class Elsewhere(URLError):
    """An address that does not lead to Slack; nothing was sent there."""


def check(url: str, api: str) -> None:
    """Accept an address from a payload or an answer if it leads to Slack.

    Args:
        api: SLACK_API_URL; its host and port are accepted too.

    Raises:
        Elsewhere: it leads to another host, or it is ambiguous.
    """
    address = _ADDRESS.fullmatch(url)
    if address is not None:
        scheme, place = address[1].lower(), address[2].lower()
        if (_SECURE[scheme] and _SLACK.fullmatch(place)) or _place(url) == _place(api):
            return
    place = address[2] if address else "cannot be read"
    log.warning("an address that does not lead to Slack was refused", extra={"host": place[:100]})
    # an OSError as its reason: certainly not sent
    raise Elsewhere(PermissionError("the address does not lead to Slack"))


def _place(url: str) -> tuple[bool, str | None, int | None] | None:
    """Return encryption, host and port; None if the address is malformed."""
    try:
        parts = urlsplit(url)
        host = "127.0.0.1" if parts.hostname in ("localhost", "::1") else parts.hostname
        return _SECURE[parts.scheme], host, parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None


class _Stay(HTTPRedirectHandler):
    """A handler that treats a redirect as an error: the token and the message are for the host that was called."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str) -> None:
        return None


def _opener(tls: SSLContext | None, proxy: str | None) -> OpenerDirector:
    proxies = ProxyHandler({"http": proxy, "https": proxy}) if proxy else ProxyHandler()
    return build_opener(_Stay(), HTTPSHandler(context=tls), proxies)


def _text(reply: HTTPResponse) -> str:
    return reply.read().decode(reply.headers.get_content_charset() or "utf-8")


class SlackClient(WebClient):
    """The Web API client, restricted to Slack's hosts for calls, uploads and the socket."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        with self._open(url, req) as reply:
            return {"status": reply.status, "headers": reply.headers, "body": _text(reply)}

    def _upload_file(self, *, url: str, data: bytes, timeout: int, **_our_own: Any) -> FileUploadV2Result:
        with self._open(url, Request(url, data, method="POST")) as reply:
            return FileUploadV2Result(status=reply.status, body=_text(reply))

    def apps_connections_open(self, *, app_token: str, **more: Any) -> SlackResponse:
        answer = super().apps_connections_open(app_token=app_token, **more)
        check(str(answer["url"]), self.base_url)
        return answer

    def _open(self, url: str, request: Request) -> HTTPResponse:
        check(url, self.base_url)
        reply: HTTPResponse = self._opener.open(request, timeout=self.timeout)
        return reply

    @cached_property
    def _opener(self) -> OpenerDirector:
        return _opener(self.ssl, self.proxy)


class AnswerClient(WebhookClient):
    """A client for one ``response_url``, which was checked before."""

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        with _opener(self.ssl, self.proxy).open(req, timeout=self.timeout) as reply:
            return WebhookResponse(url=url, status_code=reply.status, body=_text(reply), headers=reply.headers)


def download(client: WebClient, url: str, *, most: int) -> bytes:
    """Return the bytes of a file of Slack's, with the client's token, up to one more than ``most``.

    Raises:
        OSError: Slack does not give it, or the address leads elsewhere.
    """
    check(url, client.base_url)
    asking = Request(url, headers={"Authorization": f"Bearer {client.token}"})
    with _opener(client.ssl, client.proxy).open(asking, timeout=client.timeout) as reply:
        content: bytes = reply.read(most + 1)
    return content


def beat(url: str, *, timeout: float) -> None:
    """Call the operator's heartbeat address, without any data.

    Raises:
        OSError: there is no answer, or an error.
    """
    with _opener(None, None).open(Request(url, headers={"User-Agent": "riskbot"}), timeout=timeout):
        pass
