"""How long ``/risk show`` takes to be acknowledged and answered over Socket Mode, beside bare Bolt apps in the same run.

Run with ``make bench``. The ratios to the bare echo are what compares between machines.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from tabulate import tabulate

from playground.hosting import Playground
from tests.staged import riskbot

ROUNDS, WARM = 300, 20


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of every round, sorted."""

    ack: list[float]
    answer: list[float]

    @staticmethod
    def at(times: list[float], share: float) -> float:
        return times[min(len(times) - 1, int(len(times) * share))]


def main() -> None:
    """Measure the three apps and print the table."""
    measured = {
        "bare Bolt echo (stock)": _measure(lambda workspace: _echo(workspace, before_response=False), "/risk show ACME"),
        "bare Bolt echo (process_before_response)": _measure(lambda workspace: _echo(workspace, before_response=True), "/risk show ACME"),
        "Riskbot /risk show": _measure(_riskbot, "/risk show VK-01"),
    }
    floor = measured["bare Bolt echo (process_before_response)"]
    rows = [
        (
            name,
            *(f"{Times.at(series, share):.2f}" for series in (times.ack, times.answer) for share in (0.5, 0.99)),
            f"{statistics.median(times.ack) / statistics.median(floor.ack):.2f}",
            f"{statistics.median(times.answer) / statistics.median(floor.answer):.2f}",
        )
        for name, times in measured.items()
    ]
    print(f"{ROUNDS} rounds each, one after the other, milliseconds; ratios of medians to the process_before_response echo")
    print(tabulate(rows, headers=["app", "ack p50", "ack p99", "answer p50", "answer p99", "ack ratio", "answer ratio"]))


def _measure(start: Callable[[Playground], Any], line: str) -> Times:
    with tempfile.TemporaryDirectory() as folder, Playground(folder, rate_limits=False) as workspace, start(workspace):
        workspace.wait_for_bot(10)
        ana, answered = workspace.person("ana"), threading.Event()
        workspace.wire.listeners.append(lambda entry: answered.set() if "response" in entry.what else None)
        ack, answer = [], []
        for _round in range(WARM + ROUNDS):
            answered.clear()
            began = time.perf_counter()
            ack.append(float(ana.send("general", line)["ack_ms"]))
            assert answered.wait(5), "every round is answered"
            answer.append((time.perf_counter() - began) * 1000)
        return Times(sorted(ack[WARM:]), sorted(answer[WARM:]))


@contextmanager
def _echo(workspace: Playground, *, before_response: bool) -> Iterator[None]:
    """The least that a Bolt app can do: acknowledge and answer one sentence."""
    client = WebClient(workspace.bot_token, base_url=workspace.api_url)
    app = App(client=client, signing_secret="unused", process_before_response=before_response)

    @app.command("/risk")
    def echo(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        # with process_before_response the frame goes out when the listener returns
        if before_response:
            threading.Thread(target=lambda: respond(command["text"])).start()
            ack()
        else:
            ack()
            respond(command["text"])

    handler = SocketModeHandler(app, workspace.app_token)
    handler.connect()
    try:
        yield
    finally:
        handler.close()


@contextmanager
def _riskbot(workspace: Playground) -> Iterator[None]:
    """The product, on SQLite with the sample book."""
    with tempfile.TemporaryDirectory() as folder, riskbot(workspace, Path(folder)):
        yield


if __name__ == "__main__":
    main()
