"""``python -m playground``: the workspace for people, with the bot as its child."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from playground.child import Child
from playground.core import Core, Settings, build
from playground.server import Server
from playground.settings import clean, settings_for

PORT, BOT_PORT = 8228, 3000
# how many ports are tried, one after the other
PORTS = 20
# a bot that has just connected logs a few lines; the address is printed after them
START_SECONDS = 1.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C; return the exit code."""
    options = _parser().parse_args(argv)
    bot_url = f"http://127.0.0.1:{options.bot_port or _free_port(BOT_PORT)}/slack/events"
    try:
        core = build(
            Settings(
                options.data, options.transport, bot_url, manifest=options.manifest, tour=options.tour, older=options.without_new_blocks
            )
        )
    except (OSError, ValueError) as problem:
        print(f"The manifest or the tour cannot be read: {problem}", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_run(core, options.port, _command(options.command)))
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m playground", description="A Slack workspace on your own machine.")
    parser.add_argument("--port", type=int, help=f"where the page is served (default {PORT}, or the next port that is free)")
    parser.add_argument("--data", type=Path, default=Path(".playground"), help="where messages are kept (default .playground)")
    parser.add_argument("--transport", choices=("socket", "http"), default="socket", help="how the bot is reached (default socket)")
    parser.add_argument(
        "--bot-port", type=int, help=f"where the bot listens in HTTP mode (default {BOT_PORT}, or the next port that is free)"
    )
    parser.add_argument("--manifest", type=Path, help="the app's manifest, a JSON file")
    parser.add_argument("--tour", type=Path, help="three things to try first, a JSON file")
    parser.add_argument(
        "--without-new-blocks", action="store_true", help="play a workspace that does not know data_table and data_visualization yet"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ...", help="starts the bot, with its settings set")
    return parser


def _command(words: list[str]) -> list[str]:
    return words[1:] if words[:1] == ["--"] else words


def _free_port(first: int) -> int:
    """Return the first free port from this one on; this one if none is free, so that the bot reports it as taken."""
    for port in range(first, first + PORTS):
        with socket.socket() as probe, contextlib.suppress(OSError):
            # as a server binds it: a port that was left a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    return first


async def _serve(server: Server, wanted: int | None) -> int | None:
    """Serve the page on the wanted port, or else on the first free one; return None if all are taken."""
    first = wanted or PORT
    last = first if wanted else first + PORTS - 1
    try:
        port = await server.start(*range(first, last + 1))
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            raise
        taken = f"Port {first} is taken" if wanted else f"Ports {first} to {last} are taken"
        print(f"{taken}, perhaps by another playground. Stop that one, or choose another port with --port.", file=sys.stderr)
        return None
    if port != first and not wanted:
        print(f"Port {first} is taken, perhaps by another playground; this one takes port {port}.", flush=True)
    return port


async def _run(core: Core, wanted: int | None, command: list[str]) -> int:
    server = Server(core)
    if (port := await _serve(server, wanted)) is None:
        return 1
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await _begin(core, f"http://127.0.0.1:{port}", command)
        await stop.wait()
    finally:
        if core.bot is not None:
            await core.bot.stop()
        await server.stop()
    return 0


async def _begin(core: Core, url: str, command: list[str]) -> None:
    """Start the bot, or print the instructions for starting one."""

    def settings() -> dict[str, str]:
        return settings_for(url, core.transport.mode, core.transport.http.bot_url)

    if command:
        _tell_when_connected(core, url)
        core.bot = Child(command, lambda: clean(os.environ) | settings(), lambda sentence: _announce(core, url, sentence))
        await core.bot.start()
    else:
        print(f"Open {url}/", flush=True)
        print("Start your bot with " + " ".join(f"{k}={v}" for k, v in settings().items()), flush=True)


def _tell_when_connected(core: Core, url: str) -> None:
    """Print the address once, a moment after the bot first connects, so that it is the last line of the start."""
    presence = core.transport.presence
    told = False

    def tell() -> None:
        nonlocal told
        if presence.connected and not told:
            told = True
            asyncio.get_running_loop().call_later(START_SECONDS, lambda: print(f"Open {url}/", flush=True))

    presence.listeners.append(tell)


def _announce(core: Core, url: str, sentence: str) -> None:
    core.transport.presence.set(False, sentence)
    print(f"{sentence}\nThe workspace is still at {url}/; Ctrl-C ends it.", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
