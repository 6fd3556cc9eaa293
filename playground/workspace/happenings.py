"""Changes of channels and people by others than the bot: sharing, guests, leaving, archiving, each with Slack's event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.core import Core
from playground.web_api.users import user_object
from playground.workspace import seed
from playground.workspace.seed import Channel, Member

ELSEWHERE = "T0ELSEWHERE"


def shares(core: Core, channel: str, *, quietly: bool = False) -> None:
    """Share a channel with another organisation; ``quietly``, the event is lost."""
    found = _channel(core, channel)
    found.ext_shared, found.invited = True, False
    if not quietly:
        _tell(core, "channel_shared", {"channel": found.id, "connected_team_id": ELSEWHERE})


def ends_sharing(core: Core, channel: str) -> None:
    """End the sharing of a channel."""
    found = _channel(core, channel)
    found.ext_shared = False
    _tell(core, "channel_unshared", {"channel": found.id, "previously_connected_team_id": ELSEWHERE, "is_ext_shared": False})


def invites(core: Core, channel: str) -> None:
    """Invite another organisation, which has not accepted yet; the bot is not informed."""
    _channel(core, channel).invited = True


def joins(core: Core, channel: str, person: str, *, quietly: bool = False) -> None:
    """Add a person to a channel."""
    found = _channel(core, channel)
    core.workspace.join(found, person)
    if not quietly:
        core.events.joined(found, person)


def leaves(core: Core, channel: str, person: str) -> None:
    """Remove a person from a channel."""
    found = _channel(core, channel)
    core.workspace.join(found, person, present=False)
    _tell(core, "member_left_channel", {"user": person, "channel": found.id, "channel_type": "C", "team": seed.TEAM_ID})


def archives(core: Core, channel: str) -> None:
    """Archive a channel."""
    found = _channel(core, channel)
    found.archived = True
    _tell(core, "channel_archive" if found.kind == "public" else "group_archive", {"channel": found.id, "user": "U0ANA"})


def renames(core: Core, channel: str, name: str) -> None:
    """Rename a channel."""
    found = _channel(core, channel)
    found.name = name
    renamed = {"id": found.id, "name": name, "created": seed.CREATED}
    _tell(core, "channel_rename" if found.kind == "public" else "group_rename", {"channel": renamed})


def changes(core: Core, person: str, *, quietly: bool = False, **facts: Any) -> None:
    """Change a person's account: ``deleted=True``, ``guest=True``, ``email="…"``."""
    member = core.workspace.members[person] = replace(core.workspace.members[person], **facts)
    if not quietly:
        email = core.manifest.scopes is None or "users:read.email" in core.manifest.scopes
        _tell(core, "user_change", {"user": user_object(member, email=email, locale=True), "cache_ts": seed.CREATED})


def hires(core: Core, member: Member) -> None:
    """Create an account; the bot is not informed."""
    core.workspace.members[member.id] = member


def _channel(core: Core, name: str) -> Channel:
    found = core.workspace.named(name)
    if found is None:
        raise LookupError(f"there is no channel {name!r}")
    return found


def _tell(core: Core, kind: str, event: dict[str, Any]) -> None:
    core.events.send(kind, {"type": kind, **event, "event_ts": core.workspace.clock.ts()})
