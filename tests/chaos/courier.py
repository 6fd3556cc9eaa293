"""Kill couriers at every point of their way while the network breaks, and count what people read.

Run with ``python -m tests.chaos.courier [--kills 200] [--postgres] [--minutes M] [--seed N]``.
"""

from __future__ import annotations

import math
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.faults.faults import Fault
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery.deliveries import Operation
from tests.bot.carrying import PACE, Outbox
from tests.chaos import running
from tests.chaos.life import CALLS, COMMITS, OUTSIDE, Life, carry
from tests.chaos.processes import Mortal

PLACES = (*COMMITS, *CALLS, OUTSIDE, OUTSIDE)
METHODS = (*["chat.postMessage"] * 3, "chat.update", "conversations.history", "conversations.replies")
FAULTS = (
    *("reset_before", "reset_after", "500_before", "500_after", "429"),
    *("html_before", "html_after", "truncated_after", "list_after", "error:of_next_year"),
)
# a campaign that was shorter than this proves no more than that nothing was lost
LONG = 100
THREADS_A_ROUND = 3


@dataclass
class Tally:
    """What a campaign came to."""

    queued: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    killed_at: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    found_again: int = 0
    out_of_order: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return self.killed_at.total()

    @property
    def lost(self) -> list[str]:
        return sorted((self.queued - self.read).elements())

    @property
    def doubled(self) -> list[str]:
        return sorted((self.read - self.queued).elements())

    def lines(self) -> list[str]:
        return [
            f"{self.queued.total()} messages, {self.kills} kills, {self.faults.total()} faults, {self.found_again} found in the channel",
            f"killed {dict(sorted(self.killed_at.items()))}",
            f"faults {dict(sorted(self.faults.items()))}",
            f"lost {self.lost}, doubled {self.doubled}, out of order {self.out_of_order}",
        ]


def campaign(
    workspace: Playground, database: Database, url: str, policy: Policy, *, kills: int, dice: random.Random, until: float = math.inf
) -> Tally:
    """Queue, break and kill until so many have died; then let everything settle, and read."""
    outbox, tally, ordered = Outbox(workspace, database, policy), Tally(), []
    places: Iterator[str] = iter(())
    while tally.kills < kills and time.monotonic() < until:
        place = next(places, None)
        if place is None:
            places = iter(dice.sample(PLACES, len(PLACES)))
            settle(outbox, url)
            continue
        _queue(outbox, tally, dice)
        ordered.append(_break(workspace, dice))
        life = Life(url, workspace.api_url, workspace.bot_token, outbox.clock.ahead, place, dice.randint(1, 1 if "history" in place else 4))
        if Mortal(carry, life, dice).end() == -signal.SIGKILL:
            tally.killed_at[place] += 1
        outbox.clock.move(PACE.lease.total_seconds() + 1)
    tally.faults.update(fault.kind for fault in ordered if fault.times == 0)
    workspace.faults.clear()
    settle(outbox, url)
    _read(outbox, tally)
    return tally


def settle(outbox: Outbox, url: str) -> None:
    """Carry what is left, without kills; the clock starts anew, well within the margin for clocks that differ."""
    for _ in range(20):
        outbox.after(PACE.lease.total_seconds() + 1)
        if set(outbox.states()) <= {"sent"}:
            break
    outbox.clock.ahead = 0.0


def _queue(outbox: Outbox, tally: Tally, dice: random.Random) -> None:
    for _ in range(THREADS_A_ROUND):
        name = f"B-{tally.queued.total()}"
        audience = dice.choice(["route:alerts", "route:alerts", "route:digest"])
        texts = [f"{name} opened", f"{name} worsened", f"{name} closed"]
        outbox.queue(texts[0], thread=name, audience=audience)
        if dice.random() < 0.5:
            outbox.queue(f"{texts[0]}, acknowledged", thread=name, audience=audience, operation=Operation.UPDATE)
            outbox.queue(*texts[1:], thread=name, audience=audience, operation=Operation.REPLY)
            tally.queued.update([f"{texts[0]}, acknowledged", *texts[1:]])
        else:
            tally.queued[texts[0]] += 1


def _break(workspace: Playground, dice: random.Random) -> Fault:
    return workspace.faults.add(dice.choice(METHODS), dice.choice(FAULTS), after=dice.randint(0, 3))


def _read(outbox: Outbox, tally: Tally) -> None:
    ana = outbox.workspace.person("ana")
    for channel in ("risk-alerts", "risk-digest"):
        for opening in ana.messages(channel):
            messages = ana.messages(channel, opening["ts"]) if opening.get("reply_count") else [opening]
            thread = [message["text"] for message in messages]
            tally.read.update(thread)
            if [text.split()[-1] for text in thread[1:]] not in ([], ["worsened", "closed"]):
                tally.out_of_order.append(" / ".join(thread))
    tally.found_again = running.found_again(outbox.database)


def main() -> None:
    """A long campaign; fails aloud."""
    wanted = running.arguments(__doc__)
    with running.staged(postgres=wanted.postgres) as (workspace, database, url, policy):
        tally = campaign(workspace, database, url, policy, kills=wanted.kills, dice=random.Random(wanted.seed), until=wanted.until)
    print("\n".join(tally.lines()))
    assert not tally.lost, "nothing may be lost"
    assert not tally.doubled, "nothing may be posted twice"
    assert not tally.out_of_order, "nothing may overtake"
    assert tally.kills, "nobody was killed"
    assert tally.faults, "faults have to be met, or nothing was tried"
    if tally.kills >= LONG:
        assert set(tally.killed_at) == set(PLACES), f"never killed {set(PLACES) - set(tally.killed_at)}: let it run for longer"
        assert set(tally.faults) == set(FAULTS), f"never met {set(FAULTS) - set(tally.faults)}: let it run for longer"
        assert tally.found_again > tally.kills // 20, "messages have to be found in the channel"


if __name__ == "__main__":
    main()
