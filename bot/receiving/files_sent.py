"""Files that people send to the bot: each becomes one request for its preview, even if Slack repeats the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.receiving.request_queue import RequestQueue
from bot.working.executor import Executor
from bot.working.ticket import Ticket
from commands.kit.i18n import reading
from commands.kit.registry import registry
from storage.data.files import KIND_NAMES

# of one message; more are a mistake
_MOST = 5


@dataclass(frozen=True, slots=True)
class FilesSent:
    """The entry of files in direct messages."""

    executor: Executor
    request_queue: RequestQueue

    def sent(self, body: Mapping[str, Any]) -> None:
        """Accept the files of a message; its first word may name their kind."""
        event = body["event"]
        command = registry().actions["file.look"]
        words = str(event.get("text") or "").lower().split()
        kind = words[0] if words and words[0] in KIND_NAMES else None
        with reading(self.executor.people.person(event["user"]).reader):
            for file in event.get("files", [])[:_MOST]:
                values = {"file": str(file.get("id")), **({"kind": kind} if kind else {})}
                # without a channel the answer is a direct message, which stays
                ticket = Ticket(
                    f"event {body['event_id']} {file.get('id')}", command.name, values, event["user"], self.executor.clock.now()
                )
                self.request_queue.accept(command, ticket)
