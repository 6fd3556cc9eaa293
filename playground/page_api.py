"""The /ui routes: what the page, or a test's person, sees and does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from aiohttp import web

from playground import gestures, messages, seed
from playground.core import Core, bot_state, shown_home, shown_views
from playground.gestures import missing
from playground.seed import BOT_USER, Channel, Member
from playground.shapes import Json, SlackError

_STATIC = Path(__file__).parent / "static"
_GONE = ("channel_not_found", "user_not_found", "message_not_found", "view_not_found", "action_not_found", "thread_not_found")
_HEARTBEAT_SECONDS = 15.0

Handler = Callable[[Core, Json], Awaitable[Json]]


def add_routes(app: web.Application, core: Core) -> None:
    """Serve the page, its files and everything that it asks for."""
    readers: dict[str, Handler] = {"state": _state, "messages": _messages, "home": _home, "wire": _wire}
    writers: dict[str, Handler] = {
        "send": _send,
        "action": _action,
        "options": _options,
        "submit": _submit,
        "close": _close,
        "shortcut": _shortcut,
        "home": _open_home,
        "read": _read,
    }
    for name, handler in readers.items():
        app.router.add_get(f"/ui/{name}", _served(core, handler))
    for name, handler in writers.items():
        app.router.add_post(f"/ui/{name}", _served(core, handler))
    app.router.add_get("/ui/events", partial(_events, core))
    app.router.add_get("/ui/files/{id}", partial(_file, core))
    app.router.add_get("/", _index)
    if _STATIC.is_dir():
        app.router.add_static("/static/", _STATIC)


def _served(core: Core, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            _check_origin(request)
            return web.json_response({"ok": True} | await handler(core, await _given(request)))
        except SlackError as refusal:
            status = 404 if refusal.code in _GONE else 403 if refusal.code == "foreign_origin" else 200
            return web.json_response(refusal.reply(), status=status)

    return serve


def _check_origin(request: web.Request) -> None:
    """Other sites open in the same browser must not act here."""
    origin = request.headers.get("Origin")
    if origin and urlparse(origin).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise missing("foreign_origin", "Only the playground's own page may do that.")


async def _given(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    try:
        given = await request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise missing("invalid_json", "The request is not a JSON object.")
    return given


def _who(core: Core, given: Json) -> Member:
    member = core.workspace.person(str(given.get("user", "")))
    if member is None:
        raise missing("user_not_found", f"There is no person {given.get('user', '')!r} here.")
    return member


def _where(core: Core, member: Member, given: Json) -> Channel:
    wanted = str(given.get("channel", ""))
    direct = core.workspace.direct(member.id)
    channel = direct if wanted == "dm" else core.workspace.named(wanted)
    if channel is None or member.id not in channel.members:
        raise missing("channel_not_found", f"{member.name} does not see a channel {wanted!r}.")
    return channel


async def _state(core: Core, given: Json) -> Json:
    member = _who(core, given)
    return {
        "team": {"id": seed.TEAM_ID, "name": seed.TEAM_NAME, "domain": seed.TEAM_DOMAIN},
        "me": member.id,
        "people": [_card(m) for m in core.workspace.members.values() if m.here],
        "channels": [_room(core, member, c) for c in core.workspace.visible(member.id)],
        "bot": {"id": BOT_USER, "name": seed.BOT_NAME, **bot_state(core)},
        "commands": [{k: c[k] for k in ("command", "description", "usage_hint")} for c in core.manifest.commands],
        "shortcuts": [{k: s.get(k, "") for k in ("name", "type", "callback_id", "description")} for s in core.manifest.shortcuts],
        "transport": core.settings.transport,
        "views": shown_views(core, member.id),
        "completions": list(core.manifest.words),
    }


def _card(member: Member) -> Json:
    keys = ("id", "name", "title", "tz", "locale", "guest", "color", "initials")
    return {key: getattr(member, key) for key in keys} | {"handle": member.handle}


def _room(core: Core, member: Member, channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": seed.BOT_NAME if channel.is_im else channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "unread": core.workspace.unread(member.id, channel.id),
        "member": True,
        "bot": BOT_USER in channel.members,
    }


async def _messages(core: Core, given: Json) -> Json:
    member = _who(core, given)
    channel = _where(core, member, given)
    return {"messages": messages.seen_by(core.workspace, channel, member.id, str(given.get("thread_ts", "")))}


async def _home(core: Core, given: Json) -> Json:
    return {"view": shown_home(core, _who(core, given).id)}


async def _wire(core: Core, given: Json) -> Json:
    after = str(given.get("after", "0"))
    return {"entries": [entry.public() for entry in core.wire.after(int(after) if after.isdigit() else 0)]}


async def _send(core: Core, given: Json) -> Json:
    member = _who(core, given)
    text = str(given.get("text", ""))
    if not text.strip():
        raise missing("no_text", "There is nothing to send.")
    return await gestures.send(core, member, _where(core, member, given), text, str(given.get("thread_ts") or ""))


async def _action(core: Core, given: Json) -> Json:
    return await gestures.act(core, _who(core, given), _container(given), given)


async def _options(core: Core, given: Json) -> Json:
    return await gestures.options(core, _who(core, given), _container(given), given)


def _container(given: Json) -> Json:
    container = given.get("container")
    return container if isinstance(container, dict) else {}


async def _submit(core: Core, given: Json) -> Json:
    state: Any = given.get("state") or {}
    return await gestures.submit(core, _who(core, given), str(given.get("view_id", "")), state.get("values", state))


async def _close(core: Core, given: Json) -> Json:
    return await gestures.close(core, _who(core, given), str(given.get("view_id", "")), bool(given.get("whole")))


async def _shortcut(core: Core, given: Json) -> Json:
    member = _who(core, given)
    channel = _where(core, member, given) if given.get("channel") else None
    return await gestures.shortcut(core, member, str(given.get("callback_id", "")), channel, str(given.get("ts") or ""))


async def _open_home(core: Core, given: Json) -> Json:
    return gestures.open_home(core, _who(core, given), str(given.get("tab") or "home"))


async def _read(core: Core, given: Json) -> Json:
    member = _who(core, given)
    channel = _where(core, member, given)
    core.workspace.read(member.id, channel.id)
    core.stream.publish({"type": "unread", "channel": channel.id, "unread": 0}, {member.id})
    return {}


async def _events(core: Core, request: web.Request) -> web.StreamResponse:
    """Server-sent events for one open page, until it or the workspace closes."""
    try:
        member = _who(core, dict(request.query))
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
    """The next event; an empty one after a while of silence, to keep the line open."""
    try:
        return await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
    except TimeoutError:
        return {}


def _sse(event: Json) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


async def _file(core: Core, request: web.Request) -> web.StreamResponse:
    """A file's bytes for the page, which carries no token."""
    file = core.files.get(request.match_info["id"])
    content = core.store.content(file["id"]) if file else None
    if file is None or content is None:
        return web.json_response({"ok": False, "error": "file_not_found", "say": "There is no such file."}, status=404)
    disposition = "inline" if file["mimetype"].startswith("image/") else f'attachment; filename="{file["id"]}-{_ascii(file["name"])}"'
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox"}
    return web.Response(body=content, content_type=file["mimetype"], headers=headers)


def _ascii(name: str) -> str:
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-")) or "file"


async def _index(_request: web.Request) -> web.StreamResponse:
    page = _STATIC / "index.html"
    if not page.is_file():
        return web.Response(status=404, text="The playground serves its API, but its page is not installed.")
    return web.FileResponse(page, headers={"Cache-Control": "no-cache"})
