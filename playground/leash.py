"""``python -m playground.leash COMMAND …``: a bot that ends when the playground does, in any way.

Its standard input is a pipe that only the playground holds open. A killed playground cannot say goodbye, but its end of
the pipe closes, on every system.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

STOP_SECONDS = 5.0


def main(command: Sequence[str]) -> int:
    """Run the bot to its end; return its exit code, or 128 plus the number of the signal that ended it."""
    bot = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    # signals reach the whole group: the bot handles them, and the leash waits for it
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    threading.Thread(target=_watch, args=(bot,), daemon=True).start()
    code = bot.wait()
    return code if code >= 0 else 128 - code


def _watch(bot: subprocess.Popen[bytes]) -> None:
    """End the process group once the pipe is closed: first politely, then by force."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(0, signal.SIGTERM)
    try:
        bot.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
