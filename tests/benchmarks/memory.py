"""Resident memory after the start and after a thousand answers, beside a bare Bolt app."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.contestants import FLOOR, OURS, Running, running, sample_book
from tests.benchmarks.load import Clients
from tests.benchmarks.report import Failed, Finding, Table, ratio
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.starting import LADEN

CONTESTANTS, CLIENTS = (FLOOR, LADEN, OURS), 16
NOTE = """\
Resident memory in MiB, as the kernel counts it, when the app has connected by Socket Mode, and after {answers:,} answers
to {clients} clients. The floor is the bare Bolt echo; the echo that imports the libraries shows their share."""


def run(sizes: Sizes, folder: Path) -> Finding:
    """Start the apps, look, ask, and look again."""
    book, rows = sample_book(folder), []
    with ExitStack() as stack:
        apps = [stack.enter_context(running(one, "socket", folder / "memory" / one.name, book)) for one in CONTESTANTS]
        before = [resident(app.process.pid) for app in apps]
        for app in apps:
            _ask(app, sizes.remembered)
        after = [resident(app.process.pid) for app in apps]
    for app, start, end in zip(apps, before, after, strict=True):
        cells = [f"{start:.0f}", ratio(start, before[0]), f"{end:.0f}", ratio(end, after[0]), f"{end - start:+.1f}"]
        rows.append([app.contestant.name, *cells])
    headers = ["app", "after the start", "/ floor", f"after {sizes.remembered:,} answers", "/ floor", "growth"]
    return Finding(NOTE.format(answers=sizes.remembered, clients=CLIENTS), [Table(headers, rows)])


def _ask(app: Running, answers: int) -> None:
    Clients(app).lap(CLIENTS, -(-answers // CLIENTS))


def resident(pid: int) -> float:
    """MiB of a process that lie in memory.

    Raises:
        Failed: this system does not tell.
    """
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError as error:
        raise Failed("memory is read from /proc, which only Linux has: name the other measures instead") from error
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
