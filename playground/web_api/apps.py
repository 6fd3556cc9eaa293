"""apps.connections.open: the way into Socket Mode."""

from __future__ import annotations

from playground.shapes import Json, SlackError
from playground.socket_mode import SocketMode
from playground.web_api.registry import Call, method


@method("apps.connections.open", token="app")
def connections_open(call: Call) -> Json:
    """A URL for one socket; refused while the workspace delivers by HTTP."""
    transport = call.core.transport
    if not isinstance(transport, SocketMode):
        raise SlackError("socket_mode_not_enabled")
    return {"url": transport.open_url(call.core.host)}
