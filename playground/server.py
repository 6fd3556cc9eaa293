"""The workspace as a web application."""

from __future__ import annotations

import errno

from aiohttp import web

from playground import page_api, web_api
from playground.core import Core
from playground.transport import response_urls
from playground.web_api import files

_LARGEST_BODY = 64 * 1024 * 1024
_SHUTDOWN_SECONDS = 1.0


def application(core: Core) -> web.Application:
    """Return the web application with every address: Web API, sockets, response URLs, files, page."""
    app = web.Application(client_max_size=_LARGEST_BODY)
    web_api.add_routes(app, core)
    response_urls.add_routes(app, core)
    files.add_routes(app, core)
    page_api.add_routes(app, core)
    app.router.add_get("/link/", core.transport.link)
    return app


class Server:
    """A running server of the workspace; addresses may be added to ``app`` until it starts."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.app = application(core)
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)

    async def start(self, *ports: int) -> int:
        """Serve on the first free port of these on 127.0.0.1 and return it.

        Raises:
            OSError: all of them are taken.
        """
        await self._runner.setup()
        try:
            await self._take(*ports)
        except OSError:
            await self._runner.cleanup()
            self._core.store.close()
            raise
        actual = int(self._runner.addresses[0][1])
        self._core.host = f"127.0.0.1:{actual}"
        await self._core.start()
        return actual

    async def _take(self, port: int, *others: int) -> None:
        try:
            await web.TCPSite(self._runner, "127.0.0.1", port).start()
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE or not others:
                raise
            await self._take(*others)

    async def stop(self) -> None:
        await self._core.stop()
        await self._runner.cleanup()
