"""People and user groups."""

from __future__ import annotations

from playground.shapes import Json, SlackError
from playground.web_api.conversations import describe, slack_kind
from playground.web_api.registry import Call, method, page
from playground.workspace import seed
from playground.workspace.seed import Member


def address(member: Member) -> str:
    """Return a person's e-mail address."""
    return member.email or f"{member.handle}@playground.example"


def user_object(member: Member, *, email: bool, locale: bool = False) -> Json:
    """Return a person as in users.info; a deleted one has little more than a name."""
    first, _, last = member.name.rpartition(" ")
    profile = {"title": member.title, "real_name": member.name, "display_name": member.handle, "first_name": first, "last_name": last}
    user: Json = {
        "id": member.id,
        "team_id": "T0ELSEWHERE" if member.stranger else seed.TEAM_ID,
        "name": member.handle,
        "deleted": member.deleted,
        "color": member.color,
        "real_name": member.name,
        "is_bot": member.bot,
        "is_app_user": False,
        "updated": seed.CREATED,
        "profile": profile | {"team": seed.TEAM_ID},
    }
    if member.deleted:
        return user
    if email and not member.bot:
        user["profile"]["email"] = address(member)
    if member.bot:
        user["profile"] |= {"api_app_id": seed.APP_ID, "bot_id": seed.BOT_ID, "always_active": True}
    if member.stranger:
        user["is_stranger"] = True
    user |= {"tz": member.tz, "tz_label": member.tz, "tz_offset": seed.utc_offset(member.tz)}
    user |= {"is_admin": member.id == "U0ANA", "is_owner": False, "is_primary_owner": False}
    user |= {"is_restricted": member.guest or member.single, "is_ultra_restricted": member.single, "who_can_share_contact_card": "EVERYONE"}
    return user | ({"locale": member.locale} if locale else {})


@method("users.info", "users:read", tier=4)
def users_info(call: Call) -> Json:
    member = call.core.workspace.members.get(call.required("user"))
    if member is None:
        raise SlackError("user_not_found")
    return {"user": user_object(member, email=call.has_scope("users:read.email"), locale=call.flag("include_locale"))}


@method("users.list", "users:read", tier=2)
def users_list(call: Call) -> Json:
    team = [m for m in call.core.workspace.members.values() if not m.stranger]
    found, cursor = page(team, call)
    email, locale = call.has_scope("users:read.email"), call.flag("include_locale")
    return {"members": [user_object(m, email=email, locale=locale) for m in found], "cache_ts": seed.CREATED, **cursor}


@method("users.lookupByEmail", "users:read.email", tier=3)
def lookup_by_email(call: Call) -> Json:
    wanted = call.required("email").lower()
    for member in call.core.workspace.members.values():
        if member.here and wanted == address(member).lower():
            return {"user": user_object(member, email=True)}
    raise SlackError("users_not_found")


@method("users.conversations", "channels:read", "groups:read", "im:read", "mpim:read", tier=3)
def users_conversations(call: Call) -> Json:
    """Return the conversations of a person, or of the bot, that the bot can see."""
    workspace = call.core.workspace
    user = call.text("user", seed.BOT_USER)
    if user not in workspace.members:
        raise SlackError("user_not_found")
    kinds = set(call.names("types") or ["public_channel"])
    rooms = [c for c in workspace.channels.values() if user in c.members and slack_kind(c) in kinds]
    if user != seed.BOT_USER:
        rooms = [c for c in rooms if c.kind == "public" or seed.BOT_USER in c.members]
    found, cursor = page(rooms, call, most=999)
    return {"channels": [describe(c) for c in found], **cursor}


@method("usergroups.list", "usergroups:read", tier=2)
def usergroups_list(call: Call) -> Json:
    hidden = () if call.flag("include_users") else ("users",)
    return {"usergroups": [{k: v for k, v in group.items() if k not in hidden} for group in seed.USER_GROUPS]}


@method("usergroups.users.list", "usergroups:read", tier=2)
def usergroups_users(call: Call) -> Json:
    wanted = call.required("usergroup")
    for group in seed.USER_GROUPS:
        if group["id"] == wanted:
            return {"users": list(group["users"])}
    raise SlackError("no_such_subteam")
