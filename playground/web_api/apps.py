"""apps.connections.open, which starts Socket Mode."""

from __future__ import annotations

from playground.shapes import Json, SlackError
from playground.web_api.registry import Call, method


@method("apps.connections.open", token="app")
def connections_open(call: Call) -> Json:
    """Return a URL for one socket; refused while the workspace delivers by HTTP."""
    if call.core.transport.mode != "socket":
        raise SlackError("socket_mode_not_enabled")
    return {"url": call.core.transport.socket.open_url(call.core.host)}
