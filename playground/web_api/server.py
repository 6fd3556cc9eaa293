"""The entrance of the Web API: arguments, token, limits, faults, the method, the wire log."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from aiohttp import web

from playground.core import Core
from playground.faults.faults import SPOILT, Fault
from playground.faults.rates import RateLimited
from playground.shapes import Json, SlackError
from playground.transport.wire import FROM_BOT
from playground.web_api.errors import checked
from playground.web_api.registry import METHODS, Call, Method
from playground.workspace.seed import APP_TOKEN, BOT_TOKEN


def add_routes(app: web.Application, core: Core) -> None:
    """Serve every method at /api/NAME, by POST or GET."""

    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args = await _arguments(request)
        return await faulty(core, request, name, lambda: _answer(core, request, name, args), args)

    app.router.add_route("*", "/api/{method:.*}", serve)


async def _arguments(request: web.Request) -> Json:
    """Return the arguments of a call, from a JSON body, a form or the query."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            return args | {"__malformed": "invalid_json"}
        return args | body if isinstance(body, dict) else args | {"__malformed": "json_not_object"}
    if request.can_read_body:
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return args


async def faulty(
    core: Core, request: web.Request, name: str, answer: Callable[[], Awaitable[web.Response]], sent: object = None
) -> web.Response:
    """Answer, unless a fault was ordered for this call; log either."""
    started = time.perf_counter()
    fault = core.faults.next(name) or core.weather.fault()
    if core.weather.slow:
        await asyncio.sleep(core.weather.slow)
    response = await _before(fault)
    if response is None:
        response = _spoilt(await answer(), fault.kind if fault else "")
    response.headers["Date"] = formatdate(time.time() + core.weather.ahead, usegmt=True)
    lost = fault is not None and fault.kind in ("reset_before", "reset_after")
    _log(core, name, started, response, sent, fault.kind if lost and fault else "")
    if lost:
        _reset(request)
    return response


async def _before(fault: Fault | None) -> web.Response | None:
    """Return a fault's replacement for the answer; None if the call is to be carried out."""
    if fault is None:
        return None
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.page:
        return _page(fault.page)
    if fault.kind == "down":
        return web.json_response({"ok": False, "error": "service_unavailable"}, status=503)
    if fault.kind == "429":
        return _refused(RateLimited(fault.retry_after))
    return _refused(SlackError(fault.error)) if fault.error else None


def _page(status: int) -> web.Response:
    """Return the page of a proxy, or of a broken server, in place of an answer."""
    elsewhere = {"Location": "/login"} if 300 <= status < 400 else None
    return web.Response(status=status, text="<html><body>Something went wrong.</body></html>", content_type="text/html", headers=elsewhere)


def _spoilt(response: web.Response, kind: str) -> web.Response:
    """Return the damaged answer for a kind of fault; most kinds leave it intact."""
    if kind not in SPOILT:
        return response
    if kind == "truncated_after":
        return web.Response(text=(response.text or "")[: len(response.text or "") // 2], content_type="application/json")
    return web.json_response([]) if kind == "list_after" else _page(SPOILT[kind])


def _reset(request: web.Request) -> None:
    """Cut the connection so that the other side sees a reset, not a regular end."""
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _said(response: web.Response) -> Json:
    """Return the answer as an object, if it is one."""
    try:
        said = json.loads(response.text or "") if response.content_type == "application/json" else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _log(core: Core, name: str, started: float, response: web.Response, sent: object, lost: str) -> None:
    reply = _said(response)
    error = lost or reply.get("error") or (f"http_{response.status}" if response.status >= 400 else None)
    core.wire.add(FROM_BOT, name, ms=(time.perf_counter() - started) * 1000, error=error, sent=sent, reply=reply or response.text)


async def _answer(core: Core, request: web.Request, name: str, args: Json) -> web.Response:
    try:
        found = METHODS.get(name)
        if found is None:
            raise SlackError("unknown_method", req_method=name)
        _check_token(found, request, args)
        if "__malformed" in args:
            raise SlackError(args["__malformed"])
        call = Call(core, {k: v for k, v in args.items() if k != "token"}, request.host)
        call.need_scope(*found.scopes)
        core.rates.call(name, found.tier)
        headers = {"x-oauth-scopes": ",".join(sorted(core.manifest.scopes or ()))}
        return web.json_response({"ok": True} | found.run(call), headers=headers)
    except SlackError as refusal:
        return _refused(checked(name, refusal))


def _refused(refusal: SlackError) -> web.Response:
    if isinstance(refusal, RateLimited):
        return web.json_response(refusal.reply(), status=429, headers={"Retry-After": str(refusal.retry_after)})
    return web.json_response(refusal.reply())


def _check_token(found: Method, request: web.Request, args: Json) -> None:
    """Check the bearer header, or the old ``token`` argument.

    Raises:
        SlackError: not_authed, invalid_auth or not_allowed_token_type.
    """
    if found.token == "none":
        return
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() or str(args.get("token", ""))
    if not token:
        raise SlackError("not_authed")
    if token not in (BOT_TOKEN, APP_TOKEN):
        raise SlackError("invalid_auth")
    if token != (APP_TOKEN if found.token == "app" else BOT_TOKEN):
        raise SlackError("not_allowed_token_type")
