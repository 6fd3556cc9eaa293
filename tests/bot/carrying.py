"""A courier in the hand: stepped one message at a time, under a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient

from bot.clock import Clock
from bot.delivering.channels import Channels
from bot.delivering.courier import Courier, Pace
from bot.policy_in_force import PolicyBook
from bot.settings import Settings
from bot.slack.client import web_client
from bot.slack.people import People
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import deliveries, outbox
from storage.sight import EVERYTHING

# the lease has to be longer than the network's timeout; what lies beyond it is reached by moving the clock
PACE = Pace(
    lease=timedelta(seconds=20),
    settle=timedelta(seconds=1),
    cure=timedelta(seconds=30),
    longest=timedelta(seconds=15),
    poll=0.02,
    between_posts=0.0,
)
ALERTS = "route:alerts"


class HandClock(Clock):
    """The machine's clock, ahead of it by as much as it was moved."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def now(self):
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def move(self, seconds: float) -> None:
        self.ahead += seconds


def slack(workspace: Playground) -> WebClient:
    return web_client(Settings(slack_bot_token=workspace.bot_token, slack_api_url=workspace.api_url))


@dataclass
class Outbox:
    """An outbox, the workspace that it is carried to, and a courier between them."""

    workspace: Playground
    database: Database
    policy: Policy
    clock: HandClock = field(default_factory=HandClock)
    pace: Pace = PACE

    def __post_init__(self) -> None:
        self.courier = self.another()

    def another(self, *, clock: Clock | None = None, client: WebClient | None = None) -> Courier:
        """One more courier, as another replica has or the same one after a restart."""
        client, clock, policy = client or slack(self.workspace), clock or self.clock, PolicyBook(self.database, self.policy)
        people = People(client, clock, masked=lambda: policy.now.privacy.masked)
        return Courier(
            self.database,
            client,
            Channels(client, policy, people, clock),
            people,
            policy,
            clock,
            self.pace,
        )

    def queue(self, *texts: str, audience: str = ALERTS, **more: Any) -> None:
        """Queue messages, each a thread of its own unless said otherwise."""
        with self.database.begin(EVERYTHING, write=True) as tx:
            for text in texts:
                told = {"thread": f"thread of {text}", "reason": "a test", **more}
                deliveries.enqueue(tx, "answer", facts={"text": text, "blocks": []}, audience=audience, at=self.clock.now(), **told)

    def carry(self, courier: Courier | None = None, most: int = 200) -> int:
        """Step until nothing is due; how many steps it took."""
        for steps in range(most):
            if not (courier or self.courier).step():
                return steps
        raise AssertionError(f"after {most} steps there is still something due")

    def after(self, seconds: float) -> int:
        """Move the clock, then carry."""
        self.clock.move(seconds)
        return self.carry()

    def posted(self, channel: str = "risk-alerts", thread: str | None = None) -> list[str]:
        """What people read in a channel, oldest first."""
        return [message["text"] for message in self.workspace.person("ana").messages(channel, thread)]

    def calls(self, method: str = "chat.postMessage") -> int:
        """How often the bot has called a method."""
        return len(self.workspace.wire.calls(method))

    def states(self) -> dict[str, int]:
        with self.database.begin(EVERYTHING) as tx:
            return deliveries.counts(tx)

    def status(self) -> list[tuple[str, str, int]]:
        """What /risk status would call stuck, two minutes being its patience."""
        with self.database.begin(EVERYTHING) as tx:
            stuck = outbox.causes(tx, before=self.clock.now() - timedelta(minutes=2))
            return [(cause.audience, cause.error, cause.count) for cause in stuck]
