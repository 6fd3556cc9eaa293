"""From the start of the process until it answers, beside its imports alone and a bare Bolt app."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.contestants import FLOOR, OURS, TRANSPORTS, Contestant, running, sample_book
from tests.benchmarks.report import Failed, Finding, Table, ratio
from tests.benchmarks.sizes import Sizes

# what the product cannot do without
LIBRARIES = ("slack_bolt", "sqlalchemy", "apscheduler.schedulers.background")
LADEN = Contestant("bare Bolt echo that imports the libraries", (*FLOOR.arguments, "--also", *LIBRARIES))
NOTE = """\
Seconds from the start of the process until its socket is connected, or until it answers Slack's challenge over HTTP;
the best of {repetitions} starts, taken in turns, polled every 5 ms.
The floor is the bare Bolt echo that also imports {libraries}."""


def run(sizes: Sizes, folder: Path) -> Finding:
    """Start everything in turns."""
    book = sample_book(folder)
    starts = {name: start for transport in TRANSPORTS for name, start in _starts(transport, book).items()}
    seconds: dict[str, list[float]] = {name: [] for name in starts}
    for repetition in range(sizes.repetitions):
        for number, (name, start) in enumerate(starts.items()):
            seconds[name].append(start(folder / "starting" / f"{repetition} {number}"))
    best = {name: min(times) for name, times in seconds.items()}
    rows = [[name, f"{time:.2f}", ratio(time, best[_named(LADEN, _transport(name))])] for name, time in best.items()]
    note = NOTE.format(repetitions=sizes.repetitions, libraries=", ".join(LIBRARIES))
    return Finding(note, [Table(["start", "seconds", "/ floor"], rows)])


def _starts(transport: str, book: Path) -> dict[str, Callable[[Path], float]]:
    """What is started, by name."""
    ready: dict[str, Callable[[Path], float]] = {
        _named(LADEN, transport): lambda folder: _seconds(LADEN, transport, folder, None),
        _named(OURS, transport): lambda folder: _seconds(OURS, transport, folder, book),
    }
    if transport == "http":
        return ready
    imports = "import " + ", ".join(LIBRARIES)
    return {
        "Python alone": lambda folder: _process("pass"),
        "the libraries' imports alone": lambda folder: _process(imports),
        **ready,
        f"{_named(OURS, transport)}, no database yet": lambda folder: _seconds(OURS, transport, folder, None),
    }


def _named(one: Contestant, transport: str) -> str:
    return f"{one.name}, {TRANSPORTS[transport]}"


def _transport(name: str) -> str:
    return "http" if name.endswith(TRANSPORTS["http"]) else "socket"


def _seconds(one: Contestant, transport: str, folder: Path, book: Path | None) -> float:
    with running(one, transport, folder, book) as ready:
        return ready.seconds


def _process(code: str) -> float:
    """Until the code has run; how long the process then takes to end is nobody's wait."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", f"{code}; print('done', flush=True)"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None, "it was asked for"
        said, ended = process.stdout.readline(), time.perf_counter()
    if not said:
        raise Failed(f"{code!r} failed with exit code {process.returncode}")
    return ended - began
