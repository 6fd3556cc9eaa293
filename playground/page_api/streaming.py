"""Server-sent events to every open page."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from playground.core import Core, bot_state
from playground.page_api.asked import who
from playground.shapes import Json, SlackError

_HEARTBEAT_SECONDS = 15.0


async def events(core: Core, request: web.Request) -> web.StreamResponse:
    """Stream server-sent events to one open page, until it or the workspace closes."""
    try:
        member = who(core, dict(request.query))
    except SlackError as refusal:
        return web.json_response(refusal.reply(), status=404)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    listener = core.stream.open(member.id)
    try:
        await response.write(_sse({"type": "bot", **bot_state(core)}))
        while (event := await _next(listener.queue)) is not None:
            await response.write(_sse(event) if event else b": still here\n\n")
    except ConnectionError:
        pass
    finally:
        core.stream.close(listener)
    return response


async def _next(queue: asyncio.Queue[Json | None]) -> Json | None:
    """Return the next event, or an empty one after some silence, to keep the connection open."""
    try:
        return await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
    except TimeoutError:
        return {}


def _sse(event: Json) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
