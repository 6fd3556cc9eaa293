"""The /ui routes of the page, also used by a test's person."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from aiohttp import web

from playground.core import Core
from playground.page_api import acting, reading, streaming, switching, transfer
from playground.page_api.asked import Handler, served

_STATIC = Path(__file__).parents[1] / "static"

_READERS: dict[str, Handler] = {
    "state": reading.state,
    "messages": reading.channel,
    "home": reading.home,
    "wire": reading.wire,
    "wire/entry": reading.wire_entry,
}
_WRITERS: dict[str, Handler] = {
    "send": acting.send,
    "action": acting.action,
    "options": acting.options,
    "submit": acting.submit,
    "close": acting.close,
    "shortcut": acting.shortcut,
    "home": acting.open_home,
    "read": acting.read,
    "faults": switching.faults,
    "transport": switching.transport,
    "reset": switching.reset,
}


def add_routes(app: web.Application, core: Core) -> None:
    """Serve the page, its files and its requests."""
    for name, handler in _READERS.items():
        app.router.add_get(f"/ui/{name}", served(core, handler))
    for name, handler in _WRITERS.items():
        app.router.add_post(f"/ui/{name}", served(core, handler))
    app.router.add_get("/ui/events", partial(streaming.events, core))
    app.router.add_get("/ui/files/{id}", partial(transfer.download, core))
    app.router.add_post("/ui/upload", partial(transfer.upload, core))
    app.router.add_get("/", _index)
    if _STATIC.is_dir():
        app.router.add_static("/static/", _STATIC)


async def _index(_request: web.Request) -> web.StreamResponse:
    page = _STATIC / "index.html"
    if not page.is_file():
        return web.Response(status=404, text="The playground serves its API, but its page is not installed.")
    return web.FileResponse(page, headers={"Cache-Control": "no-cache"})
