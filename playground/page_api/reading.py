"""Contents of the page: people, channels, messages, Home, the wire log."""

from __future__ import annotations

from playground import tour
from playground.core import Core, bot_state, controls_state, shown_home, shown_views
from playground.gestures import missing
from playground.page_api.asked import where, who
from playground.shapes import Json
from playground.workspace import messages, seed
from playground.workspace.seed import BOT_USER, Channel, Member

_WIRE_ENTRIES = 500


async def state(core: Core, given: Json) -> Json:
    member = who(core, given)
    return {
        "team": {"id": seed.TEAM_ID, "name": seed.TEAM_NAME, "domain": seed.TEAM_DOMAIN},
        "me": member.id,
        "people": [_card(m) for m in core.workspace.members.values() if m.here],
        "channels": [_room(core, member, c) for c in core.workspace.visible(member.id)],
        "bot": {"id": BOT_USER, "name": seed.BOT_NAME, **bot_state(core)},
        "commands": [{k: c[k] for k in ("command", "description", "usage_hint")} for c in core.manifest.commands],
        "shortcuts": [{k: s.get(k, "") for k in ("name", "type", "callback_id", "description")} for s in core.manifest.shortcuts],
        "controls": controls_state(core),
        "tour": tour.told(core.tour, member.locale),
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


async def channel(core: Core, given: Json) -> Json:
    """Return a channel or a thread, and the person's read position."""
    member = who(core, given)
    place = where(core, member, given)
    shown = messages.seen_by(core.workspace, place, member.id, str(given.get("thread_ts", "")))
    return {"messages": shown, "read": core.workspace.read_up_to(member.id, place.id)}


async def home(core: Core, given: Json) -> Json:
    return {"view": shown_home(core, who(core, given).id)}


async def wire(core: Core, given: Json) -> Json:
    """Return the latest exchanges, without their bodies."""
    after = str(given.get("after", "0"))
    entries = core.wire.after(int(after) if after.isdigit() else 0)
    return {"entries": [entry.public() for entry in entries[-_WIRE_ENTRIES:]]}


async def wire_entry(core: Core, given: Json) -> Json:
    """Return one exchange with both bodies."""
    n = str(given.get("n", ""))
    entry = core.wire.get(int(n)) if n.isdigit() else None
    if entry is None:
        raise missing("entry_not_found", "The wire log does not hold that exchange any more.")
    return {"entry": entry.whole()}
