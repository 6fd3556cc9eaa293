"""The workspace as a web application."""

from __future__ import annotations

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
    """A running server of the workspace."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._runner = web.AppRunner(application(core), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)

    async def start(self, port: int) -> int:
        """Serve on 127.0.0.1 and return the port.

        Raises:
            OSError: the port is taken.
        """
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, "127.0.0.1", port)
            await site.start()
        except OSError:
            await self._runner.cleanup()
            self._core.store.close()
            raise
        actual = int(self._runner.addresses[0][1])
        self._core.host = f"127.0.0.1:{actual}"
        await self._core.start()
        return actual

    async def stop(self) -> None:
        await self._core.stop()
        await self._runner.cleanup()
