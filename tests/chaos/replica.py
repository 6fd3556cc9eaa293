"""One replica of the whole bot, with a courier that does not wait as long as in production; run by the campaign of the replicas."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import timedelta

from bot.application import Application
from bot.delivering.courier import Pace
from bot.opening import open_database
from bot.settings import load
from storage.policy import policies

# the lease has to outlast the network's timeout
BRISK = Pace(
    lease=timedelta(seconds=15),
    settle=timedelta(seconds=1),
    cure=timedelta(seconds=2),
    longest=timedelta(seconds=4),
    poll=0.05,
    between_posts=0.0,
)


def main() -> None:
    """Run until a signal ends it; one line says when it has begun."""
    # what goes wrong on order is no news
    logging.disable(logging.CRITICAL)
    env, ended = load(), threading.Event()
    application = Application(env, open_database(env), policies.read(env.riskbot_policy), pace=BRISK)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    application.start()
    print("up", flush=True)
    ended.wait()
    application.close()


if __name__ == "__main__":
    main()
