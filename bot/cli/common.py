"""What the commands of the command line share."""

from __future__ import annotations

import argparse
import getpass
from datetime import date
from typing import TypeAlias

from bot.settings import Settings
from risk_engine.policy import Policy
from storage import policies, policies_in_force
from storage.database import Database

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def base_policy(env: Settings) -> Policy:
    """The packaged policy with the file of RISKBOT_POLICY laid over it."""
    return policies.read(env.riskbot_policy)


def policy_of(env: Settings, database: Database) -> Policy:
    """The policy in force: packaged, the file of RISKBOT_POLICY over it, and the approved changes over both.

    Raises:
        PolicyError: the file is not one, or has changed a key that was changed by approval.
    """
    with database.begin() as tx:
        return policies_in_force.with_changes(tx, base_policy(env), file=env.riskbot_policy)


def day(text: str) -> date:
    """A date as an argument of a command.

    Raises:
        ArgumentTypeError: it is none; what is accepted is said.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date: expected year-month-day, such as 2026-12-31") from error


def me() -> str:
    """Who is at the terminal; containers may have nobody."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
