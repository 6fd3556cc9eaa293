"""Files: announced, uploaded, completed, shared; downloaded with a token."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, web

from playground.block_kit import limits
from playground.core import Core
from playground.shapes import Json, SlackError
from playground.web_api.registry import Call, method
from playground.web_api.server import faulty
from playground.workspace import messages
from playground.workspace.seed import BOT_TOKEN, BOT_USER, Channel
from playground.workspace.uploads import announced, public, received

_SHARE_SECONDS = 0.05


@method("files.getUploadURLExternal", "files:write", tier=4)
def get_upload_url(call: Call) -> Json:
    """Announce a file, and return the address for its bytes."""
    name, length = call.required("filename"), call.required("length")
    if not length.isdigit() or int(length) < 1:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] must be greater than 0 [json-pointer:/length]"]})
    id = announced(call.core, name, int(length), BOT_USER, call.text("alt_txt") or call.text("alt_text"))["id"]
    return {"upload_url": call.core.url(f"/upload/v1/{id}"), "file_id": id}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete_upload(call: Call) -> Json:
    """Complete uploaded files and share them; their shares appear in files.info a moment later."""
    wanted = call.json("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: files"]})
    found = [_uploaded(call.core, entry) for entry in wanted]
    channels = [_share_channel(call, id) for id in [*call.names("channels"), *call.names("channel_id")]]
    blocks = call.json("blocks", "invalid_blocks_format")
    if blocks:
        limits.check_message({"blocks": blocks}, call.core.files, call.core.weather.lacking)
    thread = call.text("thread_ts")
    for file, entry in zip(found, wanted, strict=True):
        file |= {"completed": True, "title": entry.get("title") or file["title"]}
        call.core.store.save_file(file)
    for channel in channels:
        root = messages.thread_root(call.core.workspace, channel, thread) if thread else ""
        message = messages.from_bot(call.text("initial_comment"), blocks, thread_ts=root)
        if not call.text("initial_comment"):
            message["text"] = ""
        asyncio.get_running_loop().call_later(_SHARE_SECONDS, _share, call.core, channel, found, message)
    return {"files": [{"id": file["id"], "title": file["title"]} for file in found]}


def _uploaded(core: Core, entry: Json) -> Json:
    file = core.files.get(str(entry.get("id", ""))) if isinstance(entry, dict) else None
    if file is None or not file["uploaded"] or file["completed"]:
        raise SlackError("file_not_found")
    return file


def _share_channel(call: Call, id: str) -> Channel:
    channel = call.core.workspace.channels.get(id)
    if channel is None:
        raise SlackError("channel_not_found" if id[:1] in "CGD" else "invalid_channel")
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel" if channel.kind == "public" else "channel_not_found")
    return channel


def _share(core: Core, channel: Channel, found: list[Json], message: Json) -> None:
    """Post the message with the files, and record its place in each file."""
    if core.store.closed:
        return
    message["ts"] = core.workspace.clock.ts()
    key, kind = {"public": ("channels", "public"), "private": ("groups", "private"), "im": ("ims", "private")}[channel.kind]
    for file in found:
        file[key] = [*file[key], channel.id]
        shares = file["shares"].setdefault(kind, {}).setdefault(channel.id, [])
        shares.append({"ts": message["ts"], "channel_name": channel.name} | {k: message[k] for k in ("thread_ts",) if k in message})
        core.store.save_file(file)
    core.workspace.post(channel, message | {"files": [public(file) for file in found], "upload": True})
    for file in found:
        core.events.file_shared(file["id"], BOT_USER, channel.id)


@method("files.info", "files:read", tier=4)
def files_info(call: Call) -> Json:
    file = call.core.files.get(call.required("file"))
    if file is None or not file["completed"]:
        raise SlackError("file_not_found")
    return {"file": public(file), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write", tier=3)
def files_delete(call: Call) -> Json:
    if call.core.files.pop(call.required("file"), None) is None:
        raise SlackError("file_not_found")
    return {}


def add_routes(app: web.Application, core: Core) -> None:
    """Serve the addresses for uploading and downloading."""

    async def upload(request: web.Request) -> web.StreamResponse:
        id = request.match_info["id"]
        return await faulty(core, request, "upload", lambda: _receive(core, id, request), {"file": id})

    async def download(request: web.Request) -> web.StreamResponse:
        return _download(core, request)

    app.router.add_post("/upload/v1/{id}", upload)
    app.router.add_get("/files-pri/{key}/{tail:.*}", download)


async def _receive(core: Core, id: str, request: web.Request) -> web.Response:
    file = core.files.get(id)
    content = await _content(request)
    if file is None or file["completed"]:
        return web.Response(status=404, text="file_not_found")
    if len(content) != file["size"]:
        return web.Response(status=400, text=f"The length announced was {file['size']}, the length received {len(content)}")
    received(core, file, content)
    return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    """Return the bytes of the body, or of the first part of a multipart form."""
    if request.content_type.startswith("multipart/"):
        part = await (await request.multipart()).next()
        return bytes(await part.read()) if isinstance(part, BodyPartReader) else b""
    return await request.read()


def _download(core: Core, request: web.Request) -> web.StreamResponse:
    """Return the file for the bot's token; the login page, with status 200, for anybody else."""
    if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
        return web.Response(text="<!DOCTYPE html><html><body>Sign in to Playground</body></html>", content_type="text/html")
    file = core.files.get(request.match_info["key"].partition("-")[2])
    content = core.store.content(file["id"]) if file else None
    if file is None or content is None:
        return web.Response(status=404, text="file_not_found")
    return web.Response(body=content, content_type=file["mimetype"])
