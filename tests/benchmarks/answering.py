"""``/risk show VK-01``, acknowledged and answered, beside a bare Bolt echo, stock Bolt and no Bolt at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.contestants import BARE, FLOOR, OURS, STOCK, TRANSPORTS, Contestant, running, sample_book
from tests.benchmarks.load import Clients, Lap
from tests.benchmarks.report import Finding, Table, best_median, percentile, ratio
from tests.benchmarks.sizes import Sizes

CONTESTANTS = (BARE, STOCK, FLOOR, OURS)
NOTE = """\
Milliseconds from sending `/risk show VK-01` until its acknowledgement, and until its whole answer has arrived by `response_url`.
All clients ask at one instant, and again when all have their answers: the last of 64 waits for 63 others.
A cell is p50 / p99: the best median of {repetitions} repetitions in which the apps take turns, and the p99 over all of them.

- *Bare Bolt echo*, the floor: runs with `process_before_response`, acknowledges at once and answers one sentence from eight workers,
  with the product's server, threads and socket options.
- *Stock Bolt echo*: the echo with Bolt's own server and default options.
- *No Bolt at all* checks nothing and looks nothing up: it shows the cost of the measurement itself, on the cores that it shares with the
  apps."""

Laps = dict[tuple[str, int, str], list[Lap]]


def run(sizes: Sizes, folder: Path) -> Finding:
    """Ask every contestant over both transports with each number of clients."""
    book, laps = sample_book(folder), Laps()
    for transport in TRANSPORTS:
        with ExitStack() as stack:
            asked = {one: _started(stack, one, transport, folder / "answering" / transport / one.name, book) for one in CONTESTANTS}
            for clients in asked.values():
                clients.lap(max(sizes.rounds), sizes.warm)
            _take_turns(asked, transport, sizes, laps)
    tables = [_times(laps, sizes, "ack"), _times(laps, sizes, "answer"), _pace(laps, sizes)]
    return Finding(NOTE.format(repetitions=sizes.repetitions), tables)


def _started(stack: ExitStack, one: Contestant, transport: str, folder: Path, book: Path) -> Clients:
    return Clients(stack.enter_context(running(one, transport, folder, book)))


def _take_turns(asked: dict[Contestant, Clients], transport: str, sizes: Sizes, laps: Laps) -> None:
    """One after the other and then again, so that what else the machine does hits all of them alike."""
    for count, rounds in sizes.rounds.items():
        for _repetition in range(sizes.repetitions):
            for one, clients in asked.items():
                laps.setdefault((transport, count, one.name), []).append(clients.lap(count, rounds))


def _times(laps: Laps, sizes: Sizes, what: str) -> Table:
    rows = []
    for transport, count in _settings(sizes):
        series = {one: [_series(lap, what) for lap in laps[transport, count, one.name]] for one in CONTESTANTS}
        cells = [_cell(series[one]) for one in CONTESTANTS]
        rows.append([TRANSPORTS[transport], str(count), *cells, ratio(best_median(series[OURS]), best_median(series[FLOOR]))])
    return Table([what, "clients", *(one.name for one in CONTESTANTS), "Riskbot / bare Bolt echo"], rows)


def _series(lap: Lap, what: str) -> list[float]:
    return lap.acks if what == "ack" else lap.answers


def _cell(series: Sequence[Sequence[float]]) -> str:
    return f"{best_median(series):.2f} / {percentile([ms for figures in series for ms in figures], 0.99):.1f}"


def _pace(laps: Laps, sizes: Sizes) -> Table:
    """Answers a second in the best repetition, and what was lost in any: not acknowledged in 3 s, refused, or not answered."""
    rows = []
    for transport, count in _settings(sizes):
        pace = {one: max(len(lap.answers) / lap.seconds for lap in laps[transport, count, one.name]) for one in CONTESTANTS}
        lost = [f"{one.name} {gone}" for one in CONTESTANTS if (gone := sum(len(lap.lost) for lap in laps[transport, count, one.name]))]
        cells = [f"{pace[one]:,.0f}" for one in CONTESTANTS]
        rows.append([TRANSPORTS[transport], str(count), *cells, ratio(pace[OURS], pace[FLOOR]), ", ".join(lost) or "none"])
    return Table(["answers a second", "clients", *(one.name for one in CONTESTANTS), "Riskbot / bare Bolt echo", "lost"], rows)


def _settings(sizes: Sizes) -> list[tuple[str, int]]:
    return [(transport, count) for transport in TRANSPORTS for count in sizes.rounds]
