"""Actions of people on the page: write, press, submit, open."""

from __future__ import annotations

from typing import Any

from playground import gestures
from playground.core import Core
from playground.gestures import missing
from playground.page_api.asked import where, who
from playground.shapes import Json


async def send(core: Core, given: Json) -> Json:
    member = who(core, given)
    text = str(given.get("text", ""))
    if isinstance(files := given.get("files"), list):
        return await gestures.send_files(core, member, where(core, member, given), [str(id) for id in files], text)
    if not text.strip():
        raise missing("no_text", "There is nothing to send.")
    return await gestures.send(core, member, where(core, member, given), text, str(given.get("thread_ts") or ""))


async def action(core: Core, given: Json) -> Json:
    return await gestures.act(core, who(core, given), _container(given), given)


async def options(core: Core, given: Json) -> Json:
    return await gestures.options(core, who(core, given), _container(given), given)


def _container(given: Json) -> Json:
    container = given.get("container")
    return container if isinstance(container, dict) else {}


async def submit(core: Core, given: Json) -> Json:
    state: Any = given.get("state") or {}
    return await gestures.submit(core, who(core, given), str(given.get("view_id", "")), state.get("values", state))


async def close(core: Core, given: Json) -> Json:
    return await gestures.close(core, who(core, given), str(given.get("view_id", "")), bool(given.get("whole")))


async def shortcut(core: Core, given: Json) -> Json:
    member = who(core, given)
    channel = where(core, member, given) if given.get("channel") else None
    return await gestures.shortcut(core, member, str(given.get("callback_id", "")), channel, str(given.get("ts") or ""))


async def open_home(core: Core, given: Json) -> Json:
    return gestures.open_home(core, who(core, given), str(given.get("tab") or "home"))


async def read(core: Core, given: Json) -> Json:
    member = who(core, given)
    channel = where(core, member, given)
    core.workspace.read(member.id, channel.id)
    core.stream.publish({"type": "unread", "channel": channel.id, "unread": 0}, {member.id})
    return {}
