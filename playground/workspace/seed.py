"""The initial workspace: people, channels, and the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from playground.shapes import Json

TEAM_ID = "T0PLAYGRND"
TEAM_NAME = "Playground"
TEAM_DOMAIN = "playground"
BOT_USER = "U0RISKBOT"
BOT_ID = "B0RISKBOT"
APP_ID = "A0RISKBOT"
BOT_NAME = "Riskbot"
BOT_TOKEN = "xoxb-playground"
APP_TOKEN = "xapp-playground"
SIGNING_SECRET = "playground-signing-secret"
VERIFICATION_TOKEN = "playground-verification-token"
CREATED = 1_735_689_600

Kind = Literal["public", "private", "im"]


@dataclass(frozen=True)
class Member:
    """An account that ``users.info`` can describe."""

    id: str
    name: str
    handle: str
    title: str = ""
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    guest: bool = False
    color: str = "4a154b"
    initials: str = ""
    deleted: bool = False
    stranger: bool = False
    bot: bool = False
    # a single-channel guest
    single: bool = False
    # an address other than the one made from the handle
    email: str = ""

    @property
    def here(self) -> bool:
        """Return True if this person can sit at the keyboard of this workspace."""
        return not (self.deleted or self.stranger or self.bot)


@dataclass
class Channel:
    """A conversation; ``members`` holds user ids, including the bot's."""

    id: str
    name: str
    kind: Kind
    topic: str = ""
    members: set[str] = field(default_factory=set)
    archived: bool = False
    person: str = ""
    # shared with another organisation (Slack Connect), or an invitation is pending
    ext_shared: bool = False
    invited: bool = False

    @property
    def is_im(self) -> bool:
        return self.kind == "im"

    @property
    def event_kind(self) -> str:
        """Return the name of this kind of conversation in events: channel, group or im."""
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]


def members() -> dict[str, Member]:
    """Return all known accounts, by id."""
    everyone = [
        Member("U0ANA", "Ana Duarte", "ana", "Analyst", "Europe/Lisbon", "en-GB", color="1264a3", initials="AD"),
        Member("U0MEI", "林美 Lin Mei", "mei", "Risk manager", "Asia/Shanghai", "zh-CN", color="2eb67d", initials="林"),
        Member("U0OMAR", "Omar Haddad", "omar", "Approver", "Europe/London", "en-GB", color="b3541e", initials="OH"),
        Member("U0EVA", "Eva Novak", "eva", "Approver (second)", "Europe/Prague", "en-US", color="7c3aed", initials="EN"),
        Member("U0GUS", "Gus Guest", "gus", "Guest", "Europe/Berlin", "en-US", guest=True, color="6b7280", initials="GG"),
        Member("U0GONE", "Greta Gone", "greta", "Analyst", "Europe/Vienna", "en-US", deleted=True),
        Member("U0STRANGE", "Sam Strange", "sam", "Visitor of another team", "Europe/Paris", "en-US", stranger=True),
        Member(BOT_USER, BOT_NAME, "riskbot", bot=True, color="e01e5a", initials="R"),
    ]
    return {member.id: member for member in everyone}


def channels() -> dict[str, Channel]:
    """Return the initial channels, by id."""
    people = {m.id for m in members().values() if m.here}
    full = {m.id for m in members().values() if m.here and not m.guest}
    public = [
        ("C0GENERAL", "general", "Everything for everybody", full | {BOT_USER}),
        ("C0ALERTS", "risk-alerts", "Indicators, covenants and limits out of bounds", full | {BOT_USER}),
        ("C0APPROVALS", "risk-approvals", "Requests that need a second person", full | {BOT_USER}),
        ("C0DIGEST", "risk-digest", "The morning digest", full | {BOT_USER}),
        ("C0SIGNALS", "risk-signals", "Candidates for the register", full | {BOT_USER}),
        ("C0AUDIT", "risk-audit", "Who changed what", full | {BOT_USER}),
        ("C0RANDOM", "random", "The bot is not in this channel", full),
        ("C0VISITORS", "visitors", "Guests read along here", people | {BOT_USER}),
    ]
    seeded = [Channel(id, name, "public", topic, set(who)) for id, name, topic, who in public]
    seeded.append(Channel("C0DEALS", "deals", "private", "Deals in the making", {"U0ANA", "U0OMAR", BOT_USER}))
    return {channel.id: channel for channel in seeded}


USER_GROUPS: tuple[Json, ...] = (
    {
        "id": "S0APPROVERS",
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "name": "Approvers",
        "handle": "approvers",
        "description": "People who may decide requests",
        "is_external": False,
        "date_create": CREATED,
        "date_update": CREATED,
        "date_delete": 0,
        "users": ["U0OMAR", "U0EVA"],
        "user_count": 2,
    },
)


def utc_offset(tz: str) -> int:
    """Return the seconds east of Greenwich now; 0 for a zone unknown to the machine."""
    try:
        offset = datetime.now(ZoneInfo(tz)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return 0
    return int(offset.total_seconds()) if offset else 0
