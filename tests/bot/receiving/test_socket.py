"""Socket Mode on the wire: an acknowledgement does not wait for the one before it."""

from __future__ import annotations

import socket

from bot.application import Application
from playground.hosting import Playground
from tests.conftest import eventually


def test_acknowledgements_are_sent_without_delay_also_on_a_socket_that_was_renewed(bot: Application, workspace: Playground):
    first = bot._socket.client.current_session

    eventually(lambda: sends_at_once(bot))
    workspace.disconnect_sockets()
    eventually(lambda: bot._socket.client.current_session is not first and bot._socket.client.is_connected(), 15)

    assert eventually(lambda: sends_at_once(bot))


def sends_at_once(bot: Application) -> bool:
    return bool(bot._socket.client.current_session.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
