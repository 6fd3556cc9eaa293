"""An executor without Slack's requests: tickets are handed in, answers are read where people read them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.clock import Clock
from bot.working.executor import Executor, Ticket
from bot.working.held_up import HeldUp
from bot.working.read_notes import Notes
from commands.approvals import deciding
from commands.data.importing import run_import
from playground.hosting import Playground
from playground.workspace.seed import TEAM_ID
from risk_engine.policy.policy import Policy
from storage.approvals import approvals
from storage.database import Database
from storage.delivery import inbox
from storage.schema import InboxRow, RiskRow
from storage.sight import EVERYTHING
from tests.bot.carrying import Outbox

MAKER, OMAR, EVA = "U0ANA", "U0OMAR", "U0EVA"
NUMBERS = itertools.count(1)
BOOK = "id,name,sector,manager\nACME,Acme Steel,Metals,U0MEI\nNOVA,Nova Power,Energy,\n"
RISK = {"customer": "ACME", "category": "credit", "likelihood": 4, "severity": 3, "scope": 2, "title": "lost its main buyer"}
ANSWER = {"strategy": "reduce", "measure": "assign the receivables to us", "risk": "R-1"}


def load(database: Database, folder: Path, kind: Any = "customers", text: str = BOOK) -> None:
    (folder / f"{kind}.csv").write_text(text, "utf-8")
    run_import(database, kind, folder / f"{kind}.csv", at=datetime.now(UTC), progress=False)


def executor_for(workspace: Playground, database: Database, policy: Policy, clock: Clock | None = None) -> Executor:
    courier = Outbox(workspace, database, policy).courier
    return Executor(
        database,
        courier.policies,
        courier.people,
        courier.client,
        courier,
        clock or courier.clock,
        list,
        TEAM_ID,
        Notes(database),
        HeldUp(database),
    )


def ticket(command: str, values: Mapping[str, Any], person: str = MAKER, *, channel: str | None = "C0GENERAL") -> Ticket:
    return Ticket(f"test {next(NUMBERS)}", command, values, person, datetime.now(UTC), channel)


def keep(database: Database, asked: Ticket) -> str:
    """Accept a request, as the counter does before it acknowledges; returns its key."""
    with database.begin(EVERYTHING, write=True) as tx:
        inbox.accept(tx, asked.key, asked.written(), at=asked.received_at)
    return asked.key


def carry_out(executor: Executor, command: str, values: Mapping[str, Any], person: str = MAKER) -> None:
    executor.write(keep(executor.database, ticket(command, values, person)))


def approval_waits(executor: Executor, count: int = 1) -> list[str]:
    """Responses to one risk, each waiting for approval; the keys of their buttons, oldest first."""
    carry_out(executor, "log", RISK)
    for _ in range(count):
        carry_out(executor, "respond", ANSWER)
    return button_keys(executor.database, executor.policies.now)


def button_keys(database: Database, policy: Policy) -> list[str]:
    """What the buttons of all that waits carry now, oldest first: the key, and the name of what lies before whoever presses."""
    with database.begin(EVERYTHING) as tx:
        _count, waiting = approvals.waiting(tx, limit=100)
        return [deciding.button_key(one, deciding.present(one, policy, tx)) for one in waiting]


def heard(workspace: Playground, person: str, channel: str = "general") -> list[str]:
    """What somebody was told, and only they, oldest first."""
    return [message["text"] for message in workspace.person(person).messages(channel) if message.get("ephemeral")]


def titles(database: Database) -> list[str]:
    with database.begin(EVERYTHING) as tx:
        return list(tx.connection.execute(sa.select(RiskRow.title).order_by(RiskRow.id)).scalars())


def ends(database: Database) -> list[str]:
    """How requests ended, in the order of their arrival."""
    with database.begin(EVERYTHING) as tx:
        return list(tx.connection.execute(sa.select(InboxRow.state).order_by(InboxRow.received_at)).scalars())
