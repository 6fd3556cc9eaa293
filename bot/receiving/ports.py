"""The ports of the bot: ``PORT`` for Slack and ``/healthz``, and the health pages there or on a port of their own."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, Response
from waitress.server import BaseWSGIServer

from bot.clock import Clock
from bot.receiving.complaints import Complaints
from bot.receiving.serving import serve
from bot.receiving.signatures import Gate, Verified
from bot.receiving.web import HttpApp, Probe, Readers, create_app
from bot.settings import Settings, SettingsError

DEFAULT_PORT = 3000
CLOSING_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports of the process; call ``open`` and ``close`` once each."""

    settings: Settings
    probe: Probe
    clock: Clock
    complaints: Complaints = field(default_factory=Complaints)
    _servers: list[BaseWSGIServer] = field(default_factory=list)

    def open(self, take: Callable[[Verified], Response]) -> None:
        """Begin to listen; in HTTP mode ``take`` receives the requests that Slack has signed.

        Raises:
            SettingsError: an address or a port cannot be used.
        """
        settings = self.settings
        token = settings.riskbot_health_token
        secret = token.get_secret_value().encode() if token else None
        apart = settings.riskbot_health_port
        port = settings.port if settings.socket_mode else settings.port or DEFAULT_PORT
        if apart is not None and apart == port:
            raise SettingsError(f"RISKBOT_HEALTH_PORT is wrong: {apart} is the value of PORT, too; expected another port")
        if apart is not None:
            # the operator protects this port, or sets a token
            self._listen("RISKBOT_HEALTH_PORT", apart, self._app(readers=Readers(public=False, token=secret)), threads=2)
        if port is not None:
            readers = Readers(public=settings.public, token=secret) if apart is None else None
            self._listen("PORT", port, self._app(door=self._door(take), readers=readers), threads=16)

    def close(self) -> None:
        """Finish the answers under way and stop listening."""
        for server in self._servers:
            server.task_dispatcher.shutdown(timeout=CLOSING_SECONDS)
            server.close()
        self.complaints.tell()

    def _door(self, take: Callable[[Verified], Response]) -> HttpApp | None:
        if self.settings.socket_mode:
            return None
        assert self.settings.slack_signing_secret is not None, "HTTP mode has its secret"
        return HttpApp(Gate(self.settings.slack_signing_secret.get_secret_value().encode(), self.clock.now), take)

    def _app(self, *, door: HttpApp | None = None, readers: Readers | None) -> Flask:
        return create_app(self.probe, door=door, readers=readers, complaints=self.complaints)

    def _listen(self, name: str, port: int, app: Flask, *, threads: int) -> None:
        try:
            server = serve(app, self.settings.bind, port, refused=self.complaints.note, threads=threads)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise SettingsError(f"RISKBOT_BIND {self.settings.bind} cannot be used: {error.strerror}") from error
            raise SettingsError(f"{name} {port} cannot be used: {error.strerror}") from error
        self._servers.append(server)
        threading.Thread(target=server.run, name=name.lower(), daemon=True).start()
