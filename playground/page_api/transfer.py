"""Files for the page, which carries no token, and files from people."""

from __future__ import annotations

from aiohttp import web

from playground.core import Core
from playground.gestures import missing
from playground.page_api.asked import check_origin, who
from playground.shapes import SlackError
from playground.workspace.uploads import from_person, public


async def download(core: Core, request: web.Request) -> web.StreamResponse:
    """Return a file's bytes for the page, which has no token."""
    file = core.files.get(request.match_info["id"])
    content = core.store.content(file["id"]) if file else None
    if file is None or content is None:
        return web.json_response({"ok": False, "error": "file_not_found", "say": "There is no such file."}, status=404)
    disposition = "inline" if file["mimetype"].startswith("image/") else f'attachment; filename="{file["id"]}-{_ascii(file["name"])}"'
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox"}
    return web.Response(body=content, content_type=file["mimetype"], headers=headers)


def _ascii(name: str) -> str:
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-")) or "file"


async def upload(core: Core, request: web.Request) -> web.StreamResponse:
    """Accept a file chosen in a form; its name is in the query."""
    try:
        check_origin(request)
        member = who(core, dict(request.query))
        name, content = request.query.get("name", ""), await request.read()
        if not name or not content:
            raise missing("invalid_file", "A file needs a name and at least one byte.")
    except SlackError as refusal:
        return web.json_response(refusal.reply(), status=403 if refusal.code == "foreign_origin" else 200)
    return web.json_response({"ok": True, "file": public(from_person(core, name, content, member.id))})
