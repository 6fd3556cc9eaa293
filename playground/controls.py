"""Controls of the workspace: transport, faults, reset."""

from __future__ import annotations

from typing import Any

from playground.core import Core, controls_state
from playground.settings import settings_for
from playground.shapes import Json, SlackError
from playground.transport.line import MODES


async def change_transport(core: Core, mode: Any) -> Json:
    """Deliver by ``socket`` or ``http`` from now on, and restart the bot so that it listens there.

    Returns:
        the variables for starting a bot that the playground did not start itself.

    Raises:
        SlackError: invalid_transport.
    """
    if mode not in MODES:
        raise SlackError("invalid_transport", say=f"The transport cannot be {mode!r}; it is socket or http.")
    # stop the bot first: it would only complain about Socket Mode being turned off
    if core.bot is not None:
        await core.bot.stop()
    await core.transport.switch(mode)
    tell(core)
    if core.bot is not None:
        await core.bot.start()
        return {}
    return {"restart_with": settings_for(core.url(""), mode, core.transport.http.bot_url)}


async def change_faults(core: Core, given: Any) -> Json:
    """Switch faults on or off, for every call until the next change."""
    if not isinstance(given, dict):
        raise SlackError("invalid_fault", say='Faults are given as an object, for instance {"slow": 2}.')
    core.weather.change(given)
    if core.weather.down:
        # the page must receive the reason before the loss of the bot
        tell(core)
    await core.transport.turn(core.weather.down)
    tell(core)
    return {}


async def reset(core: Core) -> Json:
    """Delete every message and file; people, channels and the bot's own data stay."""
    core.workspace.forget()
    core.files.clear()
    core.typed_states.clear()
    core.modals.clear_all()
    core.stream.publish({"type": "reset"})
    return {}


def tell(core: Core) -> None:
    """Show the present state of the controls on every open page."""
    core.stream.publish({"type": "controls", **controls_state(core)})
