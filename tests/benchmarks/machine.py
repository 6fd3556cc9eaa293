"""On what, and when, something was measured."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime


def described() -> str:
    """The date and the machine's size in one line; the load says how busy others kept it."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    parts = [
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{os.cpu_count()} cores",
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"load before the run {os.getloadavg()[0]:.1f}",
    ]
    return "Measured " + " · ".join(parts) + "."
