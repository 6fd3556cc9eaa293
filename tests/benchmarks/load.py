"""People who ask at the same instant and wait: the next round begins when all of them are answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field

from playground.transport.interactions import slash_command
from playground.transport.transport import Envelope
from tests.benchmarks.contestants import Running
from tests.benchmarks.report import Failed

LINE = "show VK-01"
ANSWER_SECONDS = 10.0


@dataclass(slots=True)
class Lap:
    """Milliseconds from sending to the acknowledgement and to the answer, and what was lost on the way."""

    acks: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Clients:
    """Asks one contestant; answers come to the workspace's desk, so that drawing them is not measured."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._numbers = itertools.count(1)

    def lap(self, clients: int, rounds: int) -> Lap:
        """Let so many clients ask at the same instant, so many times.

        Every app meets the same crowd, however long it takes to answer it.

        Raises:
            Failed: nothing was answered at all, or something else was.
        """
        lap = Lap()
        for _round in range(rounds):
            self._running.workspace.run(self._all_at_once(clients, lap))
        if not lap.answers:
            raise Failed(f"{self._running.name}, {clients} clients: no question was answered ({lap.lost[0]})")
        return lap

    async def _all_at_once(self, clients: int, lap: Lap) -> None:
        began = time.perf_counter()
        await asyncio.gather(*(self._ask(lap) for _client in range(clients)))
        lap.seconds += time.perf_counter() - began

    async def _ask(self, lap: Lap) -> None:
        number = str(next(self._numbers))
        answer = self._running.workspace.expected[number] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        ack = await self._running.workspace.core.transport.deliver(self._question(number))
        if not ack.ok or ack.payload:
            lap.lost.append(ack.error or str(ack.payload))
            return
        lap.acks.append(ack.ms)
        try:
            arrived, body = await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError:
            lap.lost.append("no answer")
            return
        if self._running.contestant.expects not in body:
            raise Failed(f"{self._running.name} answered something else: {body[:200]!r}")
        lap.answers.append((arrived - began) * 1000)

    def _question(self, number: str) -> Envelope:
        known = self._running.workspace.core.workspace
        ana = next(member for member in known.members.values() if member.handle == "ana")
        channel = next(channel for channel in known.channels.values() if channel.name == "general")
        fields = slash_command(ana, channel, "/risk", LINE, f"{self._running.workspace.url}/desk/{number}", f"bench.{number}")
        return Envelope("slash_commands", LINE, fields, answerable=True)
