"""A workspace with a desk for answers beside it, so that drawing them is not measured."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from playground.core import build
from playground.hosting import Playground
from playground.server import Server


class DeskWorkspace(Playground):
    """A workspace whose desk has the workspace's own address: the product sends its answers nowhere else.

    Attributes:
        expected: the answers that are waited for, by the number of their question: when each came, and its body.
    """

    expected: dict[str, asyncio.Future[tuple[float, bytes]]]

    async def _start(self) -> int:
        self.expected = {}
        self.core = build(self._settings)
        self._server = Server(self.core)
        self._server.app.router.add_post("/desk/{number}", self._take)
        return await self._server.start(self._wanted_port)

    async def _take(self, request: web.Request) -> web.Response:
        arrived, body = time.perf_counter(), await request.read()
        waiting = self.expected.pop(request.match_info["number"], None)
        if waiting is not None and not waiting.done():
            waiting.set_result((arrived, body))
        return web.Response(text="ok")
