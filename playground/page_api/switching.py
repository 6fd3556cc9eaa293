"""Controls of the workspace."""

from __future__ import annotations

from playground import controls
from playground.core import Core
from playground.page_api.asked import who
from playground.shapes import Json


async def faults(core: Core, given: Json) -> Json:
    who(core, given)
    return await controls.change_faults(core, given.get("faults"))


async def transport(core: Core, given: Json) -> Json:
    who(core, given)
    return await controls.change_transport(core, given.get("transport"))


async def reset(core: Core, given: Json) -> Json:
    who(core, given)
    return await controls.reset(core)
