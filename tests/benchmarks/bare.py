"""Acknowledge and answer without Bolt and without checks, as a process: what is left is the measuring itself."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from aiohttp import ClientSession, web


async def main() -> None:
    """Serve until killed, over Socket Mode if SLACK_APP_TOKEN is set, else over HTTP on PORT."""
    async with ClientSession() as session:
        await (_socket(session) if "SLACK_APP_TOKEN" in os.environ else _http(session))


async def _socket(session: ClientSession) -> None:
    token = {"Authorization": f"Bearer {os.environ['SLACK_APP_TOKEN']}"}
    async with session.post(os.environ["SLACK_API_URL"] + "apps.connections.open", headers=token) as reply:
        url = (await reply.json())["url"]
    answers = set()
    async with session.ws_connect(url) as socket:
        async for frame in socket:
            told = json.loads(frame.data)
            if "envelope_id" in told:
                await socket.send_json({"envelope_id": told["envelope_id"]})
                answers.add(task := asyncio.create_task(_answer(session, told["payload"])))
                task.add_done_callback(answers.discard)


async def _http(session: ClientSession) -> None:
    answers = set()

    async def take(request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            return web.Response(text=(await request.json()).get("challenge", ""))
        answers.add(task := asyncio.create_task(_answer(session, dict(await request.post()))))
        task.add_done_callback(answers.discard)
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    await asyncio.Event().wait()


async def _answer(session: ClientSession, command: dict[str, Any]) -> None:
    async with session.post(command["response_url"], json={"text": command["text"]}) as reply:
        await reply.read()


if __name__ == "__main__":
    asyncio.run(main())
