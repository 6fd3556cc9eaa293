"""Common parts of the page's requests: a JSON body or a query, a person, perhaps a channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlparse

from aiohttp import web

from playground.core import Core
from playground.gestures import missing
from playground.shapes import Json, SlackError
from playground.workspace.seed import Channel, Member

_GONE = (
    "channel_not_found",
    "user_not_found",
    "message_not_found",
    "view_not_found",
    "action_not_found",
    "thread_not_found",
    "entry_not_found",
)

Handler = Callable[[Core, Json], Awaitable[Json]]


def served(core: Core, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            check_origin(request)
            return web.json_response({"ok": True} | await handler(core, await given_in(request)))
        except SlackError as refusal:
            status = 404 if refusal.code in _GONE else 403 if refusal.code == "foreign_origin" else 200
            return web.json_response(refusal.reply(), status=status)

    return serve


def check_origin(request: web.Request) -> None:
    """Refuse requests from other sites open in the browser."""
    origin = request.headers.get("Origin")
    if origin and urlparse(origin).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise missing("foreign_origin", "Only the playground's own page may do that.")


async def given_in(request: web.Request) -> Json:
    if request.method == "GET":
        return dict(request.query)
    try:
        given = await request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise missing("invalid_json", "The request is not a JSON object.")
    return given


def who(core: Core, given: Json) -> Member:
    member = core.workspace.person(str(given.get("user", "")))
    if member is None:
        raise missing("user_not_found", f"There is no person {given.get('user', '')!r} here.")
    return member


def where(core: Core, member: Member, given: Json) -> Channel:
    wanted = str(given.get("channel", ""))
    direct = core.workspace.direct(member.id)
    channel = direct if wanted == "dm" else core.workspace.named(wanted)
    if channel is None or member.id not in channel.members:
        raise missing("channel_not_found", f"{member.name} does not see a channel {wanted!r}.")
    return channel
