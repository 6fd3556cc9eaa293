"""The bot as a child process of the playground: started, watched, restarted in the other mode, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

STOP_SECONDS = 5.0
_LEASH = "playground.leash"


class Child:
    """One bot process at a time, on a leash.

    Args:
        command: the command that starts it.
        environment: called at each start, because the transport may have changed.
        announce: called with a sentence when the bot ended by itself or could not be started.
    """

    def __init__(self, command: Sequence[str], environment: Callable[[], Mapping[str, str]], announce: Callable[[str], None]) -> None:
        self._command = list(command)
        self._environment = environment
        self._announce = announce
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the bot; announce a failure to start."""
        environment = self._environment()
        if shutil.which(self._command[0], path=environment.get("PATH")) is None:
            self._announce(f"The bot could not be started: there is no program {self._command[0]!r}.")
            return
        words = [sys.executable, "-m", _LEASH, *self._command]
        self._process = await asyncio.create_subprocess_exec(*words, env=environment, stdin=asyncio.subprocess.PIPE, start_new_session=True)
        self._watch = asyncio.create_task(self._tell_the_end(self._process))

    async def stop(self) -> None:
        """Stop the bot, and kill it after five seconds."""
        process, self._process = self._process, None
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
        if process is None:
            return
        _signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await process.wait()

    async def _tell_the_end(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        self._process = None
        self._announce(f"The bot stopped with exit code {code}. Start the playground again to start it again.")


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Signal the bot's whole process group, which the leash leads."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
