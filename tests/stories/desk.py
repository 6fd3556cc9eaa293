"""A running bot with a small book in a workspace of its own, and short words for what people do there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.application import Application
from bot.receiving import forms, request_queue
from bot.settings import Settings
from bot.working import questions
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from playground.block_kit.blocks import elements, text_of
from playground.hosting import Playground
from playground.person import PATIENCE, Person
from playground.transport import tickets
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies
from tests.conftest import BRISK, MANIFEST, anchored_in, free_port

Json = dict[str, Any]

HOSTILE = "<!channel> *x* <@U0MEI>"
CUSTOMERS = f"""id,name,sector,country,manager
ACME,Acme Steel,Metals,DE,U0MEI
NOVA,Nova Power,Energy,PT,
NORD,Nordwind Energie,Energy,DE,U0ANA
PAYL,Payload Logistics,Transport,NL,
EVIL,{HOSTILE},Trickery,XX,
"""
FACILITIES = "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,5000000,4200000\nF2,NOVA,revolver,EUR,900000,250000\n"


# On a loaded machine a request finds the database busy for seconds and is refused, and a form's trigger runs out;
# the tests of these limits set their own.
PATIENT: tuple[tuple[ModuleType, str], ...] = (
    (questions, "PATIENCE"),
    (forms, "PATIENCE"),
    (request_queue, "PATIENCE"),
    (tickets, "TRIGGER_SECONDS"),
)


@dataclass(frozen=True)
class Desk:
    """The workspace, the bot in it, and its database."""

    workspace: Playground
    application: Application
    database: Database
    policy: Policy
    folder: Path

    def person(self, name: str) -> Person:
        return self.workspace.person(name)

    def load(self, kind: Any, text: str) -> None:
        """Import a file as the command line does."""
        file, now = self.folder / f"{kind}.csv", datetime.now(UTC)
        file.write_text(text, "utf-8")
        run_import(self.database, kind, file, at=now, progress=False, after_load=follow_up(self.policy, file=file.name, by="import"))


def ask(who: Person, line: str, channel: str = "general") -> Json:
    """Type a line and read the answer to it."""
    last = newest(who, channel)
    sent = who.send(channel, line)
    assert sent["ok"], sent
    return who.wait_message(channel, after=last)


def newest(who: Person, channel: str) -> str:
    """The time stamp of the last message that somebody sees."""
    seen = who.messages(channel)
    return str(seen[-1]["ts"]) if seen else "0.000000"


def current(who: Person, message: Json, channel: str) -> Json:
    """A message as it stands now: a request is rewritten when the facts have changed."""
    return next((seen for seen in who.messages(channel) if seen["ts"] == message["ts"]), message)


def press(who: Person, message: Json, action: str, channel: str = "general") -> Json:
    """Press a button and read what the presser alone is told."""
    last = newest(who, channel)
    assert who.press(current(who, message, channel), action)["ok"]
    return who.wait_message(channel, after=last)


def acknowledge(who: Person, alert: Json, channel: str, **plan: str) -> Json:
    """Acknowledge a breach with a plan, as its form asks, and read what the presser alone is told."""
    last = newest(who, channel)
    assert who.press(current(who, alert, channel), "breach.ack")["ok"]
    assert who.submit(who.wait_modal(), plan)["ok"]
    return who.wait_message(channel, after=last)


def words(thing: Json) -> str:
    """Everything that can be read in a message or a view."""
    return text_of(thing)


def buttons(message: Json) -> list[str]:
    """What can be pressed under a message."""
    return [element["action_id"] for block in message.get("blocks", []) for element in elements(block)]


def labels(thing: Json) -> list[str]:
    """What stands on a message's buttons."""
    return [element["text"]["text"] for block in thing.get("blocks", []) for element in elements(block)]


@contextmanager
def open_desk(
    transport: str = "socket", change: Callable[[Policy], Policy] = lambda policy: policy, *, admins: tuple[str, ...] = ()
) -> Iterator[Desk]:
    """Everything, started; and put down at the end."""
    folder = Path(tempfile.mkdtemp())
    policy, port = anchored_in(folder, change(policies.read(None))), free_port()
    database = Database(f"sqlite:///{folder / 'riskbot.db'}")
    migrate.upgrade(database)
    http = transport == "http"
    with Playground(
        folder / "playground",
        rate_limits=False,
        manifest=MANIFEST,
        ack_seconds=PATIENCE,
        transport=transport,
        bot_url=f"http://127.0.0.1:{port}/slack/events" if http else None,
    ) as workspace:
        env = Settings(
            slack_bot_token=workspace.bot_token,
            slack_app_token=None if http else workspace.app_token,
            slack_signing_secret=workspace.signing_secret,
            slack_api_url=workspace.api_url,
            riskbot_audit_key="a key that nobody guesses, for tests",
            port=port if http else None,
            riskbot_bind="127.0.0.1",
            riskbot_admins=admins,
        )
        application = Application(env, database, policy, pace=BRISK)
        application.start()
        patch = pytest.MonkeyPatch()
        for module, name in PATIENT:
            patch.setattr(module, name, PATIENCE)
        try:
            workspace.wait_for_bot()
            desk = Desk(workspace, application, database, policy, folder)
            desk.load("customers", CUSTOMERS)
            desk.load("facilities", FACILITIES)
            yield desk
        finally:
            patch.undo()
            application.close()
            shutil.rmtree(folder, ignore_errors=True)


def markup(thing: Any, top: bool = True) -> Iterator[str]:
    """Every text that Slack reads as markup, where a stored mention would come alive: a message's own, and mrkdwn."""
    if isinstance(thing, dict):
        if isinstance(thing.get("text"), str) and (thing.get("type") == "mrkdwn" or top):
            yield thing["text"]
        if thing.get("type") in {"user", "broadcast", "link", "channel", "usergroup"}:
            yield f"live: {thing}"
        for value in thing.values():
            yield from markup(value, top=False)
    if isinstance(thing, list):
        for value in thing:
            yield from markup(value, top=False)
