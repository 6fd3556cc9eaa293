"""``python -m playground``: the workspace for people, with the bot as its child."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from playground.core import Core, Settings, build
from playground.hosting import clean, settings_for
from playground.server import Server

PORT = 8228
STOP_SECONDS = 5.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C; returns the exit code."""
    options = _parser().parse_args(argv)
    bot_url = f"http://127.0.0.1:{options.bot_port}/slack/events"
    try:
        core = build(Settings(options.data, options.transport, bot_url, manifest=options.manifest))
    except (OSError, ValueError) as problem:
        print(f"The manifest cannot be read: {problem}", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_run(core, options.port, _command(options.command)))
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m playground", description="A Slack workspace on your own machine.")
    parser.add_argument("--port", type=int, default=PORT, help=f"where the page is served (default {PORT})")
    parser.add_argument("--data", type=Path, default=Path(".playground"), help="where messages are kept (default .playground)")
    parser.add_argument("--transport", choices=("socket", "http"), default="socket", help="how the bot is reached (default socket)")
    parser.add_argument("--bot-port", type=int, default=3000, help="where the bot listens in HTTP mode (default 3000)")
    parser.add_argument("--manifest", type=Path, help="the app's manifest, a JSON file")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ...", help="starts the bot, with its settings set")
    return parser


def _command(words: list[str]) -> list[str]:
    return words[1:] if words[:1] == ["--"] else words


async def _run(core: Core, port: int, command: list[str]) -> int:
    server = Server(core)
    try:
        port = await server.start(port)
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            raise
        print(f"Port {port} is taken, perhaps by another playground. Stop that one, or choose another with --port.", file=sys.stderr)
        return 1
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    url = f"http://127.0.0.1:{port}"
    bot: asyncio.Task[None] | None = None
    try:
        if command:
            bot = asyncio.create_task(_run_bot(core, url, command))
            _tell_when_connected(core, url)
        else:
            print(f"Open {url}/", flush=True)
            settings = settings_for(url, core.settings.transport, core.settings.bot_url)
            print("Start your bot with " + " ".join(f"{k}={v}" for k, v in settings.items()), flush=True)
        await stop.wait()
    finally:
        if bot is not None:
            bot.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await bot
        await server.stop()
    return 0


def _tell_when_connected(core: Core, url: str) -> None:
    """Print the address once, when the bot is there for the first time."""
    presence = core.transport.presence
    told = False

    def tell() -> None:
        nonlocal told
        if presence.connected and not told:
            told = True
            print(f"Open {url}/", flush=True)

    presence.listeners.append(tell)


async def _run_bot(core: Core, url: str, command: list[str]) -> None:
    """Run the bot until it ends or this task is cancelled; an end of its own is told to people."""
    environment = clean(os.environ) | settings_for(url, core.settings.transport, core.settings.bot_url)
    try:
        child = await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True)
    except OSError as problem:
        _announce(core, url, f"The bot could not be started: {problem}")
        return
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        await _stop(child)
        raise
    _announce(core, url, f"The bot stopped with exit code {code}. Start the playground again to start it again.")


def _announce(core: Core, url: str, sentence: str) -> None:
    core.transport.presence.set(False, sentence)
    print(f"{sentence}\nThe workspace is still at {url}/; Ctrl-C ends it.", file=sys.stderr, flush=True)


async def _stop(child: asyncio.subprocess.Process) -> None:
    """Ask the bot to end, and after five seconds end it."""
    _signal(child, signal.SIGTERM)
    try:
        await asyncio.wait_for(child.wait(), STOP_SECONDS)
    except TimeoutError:
        _signal(child, signal.SIGKILL)
        await child.wait()


def _signal(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Signal the bot's whole process group, which it leads."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


if __name__ == "__main__":
    sys.exit(main())
