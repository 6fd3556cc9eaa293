"""Response URLs: later answers of the bot to a command or an action, without a token."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from playground.block_kit import limits
from playground.core import Core
from playground.gestures import show_response
from playground.shapes import Json, SlackError
from playground.transport.tickets import ResponseUrl
from playground.web_api.server import faulty
from playground.workspace import messages

_GONE = ("no_service", "used_url", "expired_url")


def add_routes(app: web.Application, core: Core) -> None:
    """Serve the three families of response URLs."""

    async def serve(request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        return await faulty(core, request, "response_url", lambda: _answer(core, request.match_info["key"], body), body)

    for kind in ("commands", "actions", "app"):
        app.router.add_post(f"/{kind}/{{key:.+}}", serve)


async def _body(request: web.Request) -> Any:
    """Return a JSON body, or the ``payload`` of a form; None if it is neither."""
    text = await request.text()
    if request.content_type == "application/x-www-form-urlencoded":
        text = str((await request.post()).get("payload", text))
    try:
        return json.loads(text)
    except ValueError:
        return None


async def _answer(core: Core, key: str, body: Any) -> web.Response:
    try:
        ticket = core.tickets.respond(key)
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        _respond(core, ticket, body)
    except SlackError as refusal:
        return web.json_response(refusal.reply(), status=404 if refusal.code in _GONE else 400)
    return web.Response(text="ok")


def _respond(core: Core, ticket: ResponseUrl, body: Json) -> None:
    """Replace or delete the message acted on, or show a new one."""
    if body.get("delete_original") and ticket.ts:
        _delete(core, ticket)
    elif body.get("replace_original") and ticket.ts:
        limits.check_message(body, core.files, core.weather.lacking)
        _replace(core, ticket, body)
    else:
        show_response(core, ticket, body)


def _delete(core: Core, ticket: ResponseUrl) -> None:
    channel = core.workspace.channels[ticket.channel]
    if ticket.ephemeral:
        core.workspace.forget_ephemeral(channel.id, ticket.user, ticket.ts)
        core.stream.publish({"type": "deleted", "channel": channel.id, "ts": ticket.ts}, {ticket.user})
    elif core.workspace.message(channel.id, ticket.ts) is not None:
        core.workspace.delete(channel, ticket.ts)


def _replace(core: Core, ticket: ResponseUrl, body: Json) -> None:
    channel = core.workspace.channels[ticket.channel]
    own = core.workspace.ephemeral(channel.id, ticket.user, ticket.ts)
    before = own if ticket.ephemeral else core.workspace.message(channel.id, ticket.ts)
    if before is None:
        raise SlackError("message_not_found")
    fresh = messages.from_bot(body.get("text") or "", body.get("blocks"))
    changed = {k: v for k, v in before.items() if k != "blocks"} | {k: fresh[k] for k in ("text", "blocks") if k in fresh}
    if not ticket.ephemeral:
        core.workspace.change(channel, ticket.ts, changed)
        return
    core.workspace.whisper(channel, ticket.user, changed)
    shown = messages.for_page(core.workspace, channel, changed, ephemeral=True)
    core.stream.publish({"type": "changed", "channel": channel.id, "message": shown}, {ticket.user})
