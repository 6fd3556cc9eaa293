"""Identity of the app and the workspace: api.test, auth.test, team.info, bots.info."""

from __future__ import annotations

from playground.shapes import Json, SlackError
from playground.web_api.registry import Call, method
from playground.workspace import seed


@method("api.test", token="none")
def api_test(call: Call) -> Json:
    if call.text("error"):
        raise SlackError(call.text("error"), args=call.args)
    return {"args": call.args}


@method("auth.test")
def auth_test(call: Call) -> Json:
    return {
        "url": call.core.url("/"),
        "team": seed.TEAM_NAME,
        "user": "riskbot",
        "team_id": seed.TEAM_ID,
        "user_id": seed.BOT_USER,
        "bot_id": seed.BOT_ID,
        "is_enterprise_install": False,
    }


@method("team.info", "team:read", tier=3)
def team_info(call: Call) -> Json:
    wanted = call.text("team", seed.TEAM_ID)
    if wanted != seed.TEAM_ID:
        raise SlackError("team_not_found")
    team = {"id": seed.TEAM_ID, "name": seed.TEAM_NAME, "domain": seed.TEAM_DOMAIN, "email_domain": "", "url": call.core.url("/")}
    return {"team": team | {"icon": {"image_default": True}}}


@method("bots.info", "users:read", tier=3)
def bots_info(call: Call) -> Json:
    if call.text("bot", seed.BOT_ID) != seed.BOT_ID:
        raise SlackError("bot_not_found")
    bot = {"id": seed.BOT_ID, "deleted": False, "name": seed.BOT_NAME, "updated": seed.CREATED, "app_id": seed.APP_ID}
    return {"bot": bot | {"user_id": seed.BOT_USER, "icons": {}}}
