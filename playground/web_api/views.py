"""Modals and the Home tab."""

from __future__ import annotations

from playground.block_kit import limits
from playground.block_kit.modals import View
from playground.shapes import Json, SlackError, invalid_arguments
from playground.web_api.registry import Call, method


@method("views.open", tier=4)
def views_open(call: Call) -> Json:
    """Open a modal for the trigger's person; from inside a modal it is pushed on top."""
    body = limits.check_view(call.json("view"), call.core.files, "modal")
    trigger = call.core.tickets.exchange(call.text("trigger_id"))
    inside = any(view.id == trigger.view_id for view in call.core.modals.stack(trigger.user))
    modals = call.core.modals
    return _shown(modals.push(trigger.user, body) if inside else modals.open(trigger.user, body))


@method("views.push", tier=4)
def views_push(call: Call) -> Json:
    """Push a modal on top of the one acted in."""
    body = limits.check_view(call.json("view"), call.core.files, "modal")
    trigger = call.core.tickets.exchange(call.text("trigger_id"))
    if not any(view.id == trigger.view_id for view in call.core.modals.stack(trigger.user)):
        raise invalid_arguments("invalid `trigger_id` [json-pointer:/trigger_id]")
    return _shown(call.core.modals.push(trigger.user, body))


@method("views.update", tier=4)
def views_update(call: Call) -> Json:
    modals = call.core.modals
    if not call.text("view_id") and not call.text("external_id"):
        raise invalid_arguments("must define either `view_id` or `external_id`")
    view = modals.get(call.text("view_id")) if call.text("view_id") else modals.external(call.text("external_id"))
    if view is None:
        limits.check_view(call.json("view"), call.core.files, "")
        raise SlackError("not_found")
    body = limits.check_view(call.json("view"), call.core.files, view.body["type"])
    return _shown(modals.update(view, body, call.text("hash")))


@method("views.publish", tier=4)
def views_publish(call: Call) -> Json:
    user = call.required("user_id")
    body = limits.check_view(call.json("view"), call.core.files, "home")
    member = call.core.workspace.members.get(user)
    if member is None or not member.here:
        raise invalid_arguments("invalid `user_id` [json-pointer:/user_id]")
    if not call.core.manifest.home_tab:
        raise SlackError("not_enabled")
    return _shown(call.core.modals.publish(user, body, call.text("hash")))


def _shown(view: View) -> Json:
    return {"view": view.public()}
