"""What people switch in the workspace itself: transport, faults, forgetting."""

from __future__ import annotations

from typing import Any

from playground.core import Core, controls_state
from playground.settings import settings_for
from playground.shapes import Json, SlackError
from playground.transport.line import MODES


async def change_transport(core: Core, mode: Any) -> Json:
    """Deliver by ``socket`` or ``http`` from now on, and start the bot anew so that it listens there.

    Returns:
        The variables with which to start a bot that the playground did not start itself.

    Raises:
        SlackError: invalid_transport.
    """
    if mode not in MODES:
        raise SlackError("invalid_transport", say=f"The transport cannot be {mode!r}; it is socket or http.")
    # the bot goes first: one that is told that Socket Mode was turned off would only complain
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
        # the page hears why the bot is lost before it hears that it is
        tell(core)
    await core.transport.turn(core.weather.down)
    tell(core)
    return {}


async def reset(core: Core) -> Json:
    """Forget every message and file; people, channels and what the bot itself keeps stay."""
    core.workspace.forget()
    core.files.clear()
    core.typed_states.clear()
    core.modals.clear_all()
    core.stream.publish({"type": "reset"})
    return {}


def tell(core: Core) -> None:
    """Show the switches as they stand on every open page."""
    core.stream.publish({"type": "controls", **controls_state(core)})
